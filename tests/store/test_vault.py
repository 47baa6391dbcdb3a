import asyncio
import secrets
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claudetray.core.errors import VaultError
from claudetray.store.database import Database
from claudetray.store.vault import MemoryVault, OpeningVault, SealedVault

KEY = secrets.token_bytes(32)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=5000))
def test_any_secret_comes_back(data: Database, text: str) -> None:
    vault = SealedVault(data, KEY)
    asyncio.run(vault.keep("a", text.replace("\ud800", "")))
    assert asyncio.run(SealedVault(data, KEY).secret("a")) == text


def test_nothing_is_on_disk_in_clear(data: Database, file: Path) -> None:
    asyncio.run(SealedVault(data, KEY).keep("a", "PLANTED-SECRET"))
    assert all(b"PLANTED" not in part.read_bytes() for part in file.parent.glob("claudetray.db*"))


def test_a_box_opens_under_its_own_name_and_key_alone(data: Database) -> None:
    asyncio.run(SealedVault(data, KEY).keep("a", "secret"))
    with pytest.raises(VaultError, match="another one"):
        asyncio.run(SealedVault(data, secrets.token_bytes(32)).secret("a"))
    asyncio.run(data.run(lambda: data._db.execute_sql("UPDATE secret SET name = 'b'")))
    with pytest.raises(VaultError):
        asyncio.run(SealedVault(data, KEY).secret("b"))


@pytest.mark.parametrize("lasting", [True, False])
def test_a_renewed_secret_is_kept_only_over_the_one_that_was_used(data: Database, lasting: bool) -> None:
    vault = SealedVault(data, KEY) if lasting else MemoryVault(data, "no keyring")
    asyncio.run(vault.keep("a", "used"))
    assert asyncio.run(vault.swap("a", "used", "renewed"))
    assert not asyncio.run(vault.swap("a", "used", "late"))
    assert asyncio.run(vault.secret("a")) == "renewed"
    asyncio.run(vault.forget("a"))
    assert asyncio.run(vault.secret("a")) is None
    assert not asyncio.run(vault.swap("a", "renewed", "x"))


async def no_key() -> bytes:
    raise VaultError("There is no system keyring here.")


async def a_key() -> bytes:
    return KEY


def test_without_a_key_secrets_last_until_quit_and_it_says_so(data: Database) -> None:
    async def work() -> None:
        vault = OpeningVault(data, no_key)
        await vault.keep("a", "secret")
        assert await vault.secret("a") == "secret"
        assert await vault.kept("a")
        assert not vault.lasting
        assert "no system keyring" in vault.why
        assert not await OpeningVault(data, no_key).kept("a")

    asyncio.run(work())


def test_a_locked_keyring_is_not_taken_for_an_empty_one(data: Database) -> None:
    async def work() -> None:
        await OpeningVault(data, a_key).keep("a", "secret")
        with pytest.raises(VaultError, match="no system keyring"):
            await OpeningVault(data, no_key).secret("a")
        assert await OpeningVault(data, no_key).kept("a")
        assert await OpeningVault(data, a_key).secret("a") == "secret"

    asyncio.run(work())
