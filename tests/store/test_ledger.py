import asyncio
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from claudetray.core.ledger import EntryKind, LedgerEntry
from claudetray.core.reading import Lot, Reading, Tranche
from claudetray.core.watch import Judgement
from claudetray.store import ledger
from claudetray.store.accounts import AccountsKept
from claudetray.store.database import Database
from claudetray.store.ledger import LedgerKept
from claudetray.store.looks import LooksKept
from claudetray.store.usage import UsageKept
from tests.builders import NOW, a_failure, a_look, a_reading, dollars, routes
from tests.store.calls import a_call

HOUR = timedelta(hours=1)


@pytest.fixture
def account(data: Database) -> int:
    return asyncio.run(AccountsKept(data).watch("anthropic", "h", "o", "")).id


def take(data: Database, account: int, reading: Reading | None, kind: EntryKind = EntryKind.OBSERVED) -> None:
    look = a_look(None if reading is None else "1", failure=a_failure() if reading is None else None)
    asyncio.run(LooksKept(data).add(account, look, reading, lambda state, _: Judgement(state), routes(), kind))


def latest(data: Database, account: int) -> tuple[LedgerEntry, ...]:
    return asyncio.run(LedgerKept(data).latest(account))


def call(data: Database, at: datetime, cost: str = "0.25") -> None:
    asyncio.run(UsageKept(data).add([a_call(f"{at}", at, cost_pico=int(Decimal(cost).scaleb(12)), duration=None)]))


def test_each_reading_is_an_entry_with_what_was_measured_since_the_one_before(data: Database, account: int) -> None:
    take(data, account, a_reading("20"))
    call(data, NOW + HOUR / 2)
    call(data, NOW + 2 * HOUR)  # after the next look
    take(data, account, a_reading("19", NOW + HOUR))
    second, first = latest(data, account)
    assert (first.balance, first.since) == (dollars("20"), None)
    assert (second.spent, second.measured, second.unmeasured) == (Decimal(1), Decimal("0.25"), Decimal("0.75"))
    assert (second.since, second.source, second.kind) == (NOW, "console", EntryKind.OBSERVED)


def test_a_look_that_failed_or_was_told_nothing_is_no_entry(data: Database, account: int) -> None:
    take(data, account, a_reading("20"))
    take(data, account, None)
    take(data, account, a_reading(None, NOW + HOUR))
    take(data, account, a_reading("18", NOW + 2 * HOUR))
    second, first = latest(data, account)
    assert (second.since, second.spent, first.balance) == (NOW, Decimal(2), dollars("20"))


def test_a_slow_answer_beside_a_quick_one_is_no_entry(data: Database, account: int) -> None:
    take(data, account, a_reading("20", NOW + timedelta(seconds=30)))
    take(data, account, a_reading("21", NOW))
    assert len(latest(data, account)) == 1


def test_what_somebody_tells_keeps_its_kind(data: Database, account: int) -> None:
    take(data, account, a_reading("20"))
    take(data, account, a_reading("30", NOW + HOUR), EntryKind.TOP_UP)
    take(data, account, a_reading("25", NOW + 2 * HOUR), EntryKind.CORRECTION)
    third, second, _ = latest(data, account)
    assert (second.added, second.spent) == (Decimal(10), Decimal(0))
    assert (third.corrected, third.spent) == (Decimal(-5), Decimal(0))


def test_accounts_have_ledgers_of_their_own(data: Database, account: int) -> None:
    other = asyncio.run(AccountsKept(data).watch("anthropic", "h", "o2", "")).id
    take(data, account, a_reading("20"))
    take(data, other, a_reading("500", NOW + HOUR))
    assert [entry.since for entry in (*latest(data, account), *latest(data, other))] == [None, None]


def test_the_live_balance_counts_down_between_looks(data: Database, account: int) -> None:
    kept = LedgerKept(data)
    assert asyncio.run(kept.live(account, NOW)) is None
    take(data, account, a_reading("20"))
    call(data, NOW - HOUR, "9")
    call(data, NOW + HOUR, "0.40")
    found = asyncio.run(kept.live(account, NOW + 2 * HOUR))
    assert found is not None
    assert (found.left, found.measured) == (dollars("19.60"), Decimal("0.40"))
    take(data, account, a_reading(None, NOW + 3 * HOUR))  # it was asked, and not told
    assert asyncio.run(kept.live(account, NOW + 3 * HOUR)) is None


def test_credit_that_lapses_between_looks_is_gone_at_its_time(data: Database, account: int) -> None:
    lots = tuple(
        Tranche(lot=Lot.PAID, name="", remaining=dollars(left), granted=None, expires_at=NOW + hours * HOUR)
        for left, hours in (("8", 2), ("12", 999))
    )
    reading = Reading(taken_at=NOW, source="by_hand", meters=a_reading("20").meters, tranches=lots)
    take(data, account, reading)
    call(data, NOW + HOUR, "3")
    call(data, NOW + 3 * HOUR, "1")
    kept = LedgerKept(data)
    before = asyncio.run(kept.live(account, NOW + 1.5 * HOUR))
    after = asyncio.run(kept.live(account, NOW + 4 * HOUR))
    assert before is not None
    assert after is not None
    assert (before.lapsed, after.left, after.lapsed) == (Decimal(0), dollars("11.00"), Decimal(5))


def test_entries_since_a_time_come_oldest_first(data: Database, account: int) -> None:
    for hours in range(4):
        take(data, account, a_reading(f"{20 - hours}", NOW + hours * HOUR))
    found = asyncio.run(data.read(lambda: ledger.hours_since(account, NOW + HOUR)))
    assert [entry.balance for entry in found] == [dollars("18"), dollars("17")]


def test_those_of_one_hour_are_one_entry_that_adds_up(data: Database, account: int) -> None:
    for minutes, left in ((0, "20"), (40, "19"), (45, "18.5"), (55, "48"), (100, "47")):
        take(data, account, a_reading(left, NOW + timedelta(minutes=minutes)))
    first, second, third = asyncio.run(data.read(lambda: ledger.hours_since(account, NOW - HOUR)))
    assert (first.balance, first.since) == (dollars("20"), None)
    assert (second.since, second.at, second.balance) == (NOW, NOW + timedelta(minutes=55), dollars("48"))
    assert (second.spent, second.added, second.corrected) == (Decimal("1.5"), Decimal("29.5"), 0)
    assert third.since == second.at


def test_spending_beside_the_calls_is_a_sum_of_dollars(data: Database, account: int) -> None:
    take(data, account, a_reading("20"))
    call(data, NOW + HOUR / 2)
    take(data, account, a_reading("19", NOW + HOUR))
    take(data, account, a_reading("18.5", NOW + 2 * HOUR))
    sums = [
        asyncio.run(data.read(lambda begin=begin: ledger.unmeasured_since(account, begin)))  # type: ignore[misc]
        for begin in (NOW, NOW + HOUR, NOW + 3 * HOUR)
    ]
    assert sums == [Decimal("1.25"), Decimal("0.5"), 0]
