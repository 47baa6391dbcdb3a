import json
import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from claudetray.desktop.first_copy import SAID, FirstCopy, Turn, served_by_first, turn


class Summoned:
    """Hears who is summoned, in whatever thread."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self._came = threading.Event()

    def __call__(self, token: str) -> None:
        self.tokens.append(token)
        self._came.set()

    def wait(self) -> list[str]:
        assert self._came.wait(10)
        return self.tokens


@pytest.fixture
def first(tmp_path: Path) -> Iterator[FirstCopy]:
    copy = FirstCopy(tmp_path, windows=True)
    yield copy
    copy.close()


def test_a_second_copy_is_served_and_hands_on_its_token(first: FirstCopy, tmp_path: Path) -> None:
    summoned = Summoned()
    first.join(summoned)
    assert served_by_first(tmp_path, show=True, environ={"XDG_ACTIVATION_TOKEN": "abc"}) is True
    assert summoned.wait() == ["abc"]


def test_who_asks_before_there_are_windows_is_not_answered_yet(first: FirstCopy, tmp_path: Path) -> None:
    """It may still fail to start: then whoever asked would be gone, too."""
    assert served_by_first(tmp_path, show=True, environ={}) is None
    first.join(Summoned())
    assert served_by_first(tmp_path, show=True, environ={}) is True


def test_what_one_that_was_killed_said_is_removed(tmp_path: Path) -> None:
    (tmp_path / SAID).write_text('{"port": 9, "pid": 1, "key": "old"}')
    copy = FirstCopy(tmp_path, windows=True)
    assert json.loads((tmp_path / SAID).read_text())["pid"] == os.getpid()
    copy.close()
    copy.close()


def test_a_handler_whose_loop_is_closed_does_not_end_the_ear(first: FirstCopy, tmp_path: Path) -> None:
    def closed(token: str) -> None:
        raise RuntimeError("Event loop is closed")

    first.join(closed)
    assert served_by_first(tmp_path, show=True, environ={}) is None
    summoned = Summoned()
    first.join(summoned)
    assert served_by_first(tmp_path, show=True, environ={}) is True
    assert summoned.wait() == [""]


def test_one_that_only_asks_opens_nothing(first: FirstCopy, tmp_path: Path) -> None:
    summoned = Summoned()
    first.join(summoned)
    assert served_by_first(tmp_path, show=False, environ={}) is True
    assert summoned.tokens == []


def test_a_first_copy_without_windows_serves_nobody(tmp_path: Path) -> None:
    copy = FirstCopy(tmp_path, windows=False)
    try:
        assert served_by_first(tmp_path, show=True, environ={}) is False
    finally:
        copy.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_only_its_owner_can_read_the_key(first: FirstCopy, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / SAID).stat().st_mode) == 0o600


@pytest.mark.parametrize("said", [b"{}\n", b'{"key": "wrong", "show": true}\n', b"rubbish\n", b"x" * 9000, b""])
def test_who_has_not_the_key_is_not_heard_and_does_no_harm(first: FirstCopy, tmp_path: Path, said: bytes) -> None:
    summoned = Summoned()
    first.join(summoned)
    port = json.loads((tmp_path / SAID).read_text())["port"]
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(said)
        with suppress(OSError):  # it may have hung up on the rest
            line.shutdown(socket.SHUT_WR)
            assert b"served" not in line.recv(100)
    assert summoned.tokens == []
    assert served_by_first(tmp_path, show=True, environ={}) is True


def test_closed_it_leaves_nothing_and_answers_nobody(tmp_path: Path) -> None:
    copy = FirstCopy(tmp_path, windows=True)
    said = json.loads((tmp_path / SAID).read_text())
    copy.close()
    assert not (tmp_path / SAID).exists()
    (tmp_path / SAID).write_text(json.dumps(said))  # as one that was killed leaves it
    assert served_by_first(tmp_path, show=True, environ={}) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"port": "x", "key": 1, "pid": 2}', '{"port": 1, "key": "k", "pid": 1}']
)
def test_what_is_said_may_be_rubbish(tmp_path: Path, text: str) -> None:
    (tmp_path / SAID).write_text(text)
    assert served_by_first(tmp_path, show=True, environ={}) is None


def answers(*given: bool | None) -> Callable[[], bool | None]:
    waiting = list(given)
    return lambda: waiting.pop(0) if len(waiting) > 1 else waiting[0]


@pytest.mark.parametrize(
    ("asked", "taken", "found"),
    [
        (answers(None), answers(True), Turn.FIRST),
        (answers(True), answers(False), Turn.SERVED),
        (answers(True), answers(True), Turn.FIRST),  # who answers is none of ours
        (answers(None, None, True), answers(False), Turn.SERVED),  # it was still starting
        (answers(None), answers(False, False, True), Turn.FIRST),  # it was just ending
        (answers(False), answers(False), Turn.REFUSED),
        (answers(None), answers(False), Turn.REFUSED),
    ],
)
def test_whose_turn_it_is(asked: Callable[[], bool | None], taken: Callable[[], bool], found: Turn) -> None:
    assert turn(asked, taken, patience_s=0.05) is found
