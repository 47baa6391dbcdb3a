import asyncio
import base64
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from claudetray.core.errors import VaultError
from claudetray.store import keys


def test_a_made_key_is_read_back() -> None:
    assert len(keys.decoded(keys.made())) == 32
    assert keys.made() != keys.made()


@pytest.mark.parametrize("text", ["", "abc", "not base64 at all!", base64.b64encode(b"x" * 31).decode()])
def test_a_key_that_is_none_is_a_sentence(text: str) -> None:
    with pytest.raises(VaultError, match="32 bytes"):
        keys.decoded(text)


def test_a_call_that_hangs_is_left_behind() -> None:
    never = threading.Event()
    with pytest.raises(TimeoutError):
        asyncio.run(keys.within(timedelta(milliseconds=20), never.wait))
    never.set()


def test_what_a_call_raises_comes_through() -> None:
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(keys.within(timedelta(seconds=5), fails))


def test_without_a_keyring_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(VaultError):
        asyncio.run(keys.from_keyring(tmp_path))
