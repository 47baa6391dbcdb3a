import asyncio

from claudetray.store.accounts import AccountsKept
from claudetray.store.database import Database


def test_nobody_is_watched_at_first(data: Database) -> None:
    assert asyncio.run(AccountsKept(data).watched()) is None


def test_an_account_seen_before_is_the_same_one(data: Database) -> None:
    kept = AccountsKept(data)
    first = asyncio.run(kept.watch("anthropic", "platform.claude.com", "o-1", ""))
    other = asyncio.run(kept.watch("anthropic", "platform.claude.com", "o-2", "Two"))
    again = asyncio.run(kept.watch("anthropic", "platform.claude.com", "o-1", "One"))
    assert first.id == again.id != other.id
    assert again.name == "One"
    assert asyncio.run(kept.watched()) == again
    assert asyncio.run(kept.watch("anthropic", "platform.claude.com", "o-1", "")).name == "One"
