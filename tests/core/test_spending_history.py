from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from claudetray.core.ledger import EntryKind, LedgerEntry
from claudetray.core.spending import HOUR, Spent
from claudetray.core.spending_history import HourlyCost, of_hours, of_ledger
from tests.builders import NOW, dollars

TEN = NOW.replace(hour=10, minute=0)


def an_entry(since: datetime | None, at: datetime, spent: str) -> LedgerEntry:
    return LedgerEntry(
        at=at, kind=EntryKind.OBSERVED, source="console", balance=dollars("9"), spent=Decimal(spent), since=since
    )


def cost(begins: datetime, amount: str) -> HourlyCost:
    return HourlyCost(begins, Decimal(amount))


def test_short_intervals_are_what_the_looks_say() -> None:
    entries = [an_entry(None, TEN, "0"), an_entry(TEN, TEN + 2 * HOUR, "3")]
    assert of_ledger(entries, [cost(TEN, "1")], TEN + 2 * HOUR, False) == (Spent(TEN, TEN + 2 * HOUR, Decimal(3)),)


def test_a_long_interval_follows_its_calls_and_the_rest_is_spread_over_it() -> None:
    entries = [an_entry(None, TEN, "0"), an_entry(TEN, TEN + 4 * HOUR, "6")]
    found = of_ledger(entries, [cost(TEN + HOUR, "2")], TEN + 4 * HOUR, False)
    assert [one.amount for one in found] == [1, 3, 1, 1]


def test_calls_that_the_console_has_not_taken_off_are_scaled_down() -> None:
    entries = [an_entry(None, TEN, "0"), an_entry(TEN, TEN + 4 * HOUR, "1")]
    found = of_ledger(entries, [cost(TEN, "2"), cost(TEN + HOUR, "2")], TEN + 4 * HOUR, False)
    assert [one.amount for one in found] == [Decimal("0.5"), Decimal("0.5"), 0, 0]


def test_since_the_last_look_only_calls_that_explain_everything_tell() -> None:
    entries = [an_entry(None, TEN, "0")]
    hours = [cost(TEN, "2")]
    assert of_ledger(entries, hours, TEN + 2 * HOUR, follows_calls=False) == ()
    assert [one.amount for one in of_ledger(entries, hours, TEN + 2 * HOUR, follows_calls=True)] == [2, 0]


def test_a_clock_that_was_set_back_makes_no_interval() -> None:
    entries = [an_entry(None, TEN, "0"), an_entry(TEN, TEN - HOUR, "3")]
    assert of_ledger(entries, (), TEN, False) == ()


def test_calls_alone_begin_with_the_first_of_them() -> None:
    assert of_hours((), TEN) == ()
    found = of_hours([cost(TEN, "1"), cost(TEN + 2 * HOUR, "4")], TEN + timedelta(hours=2.5))
    assert [one.amount for one in found] == [1, 0, 4]
    assert found[-1].until == TEN + timedelta(hours=2.5)


@pytest.mark.parametrize("minutes", [0, 17, 59])
def test_no_money_is_lost_or_made(minutes: int) -> None:
    begin = TEN + timedelta(minutes=minutes)
    entries = [an_entry(None, begin, "0"), an_entry(begin, begin + 7 * HOUR, "12.34")]
    hours = [cost(TEN + number * HOUR, "1.1") for number in range(-2, 10)]
    found = of_ledger(entries, hours, begin + 7 * HOUR, False)
    assert sum(one.amount for one in found) == pytest.approx(Decimal("12.34"))
    assert (found[0].since, found[-1].until) == (begin, begin + 7 * HOUR)


def test_where_calls_tell_they_tell_of_the_time_before_the_first_balance_too() -> None:
    first = LedgerEntry(at=NOW, kind=EntryKind.OBSERVED, source="by_hand", balance=dollars("10"))
    hours = [HourlyCost(NOW.replace(minute=0) - 3 * HOUR, Decimal(2))]
    told = of_ledger([first], hours, NOW, follows_calls=True)
    assert (sum(one.amount for one in told), told[-1].until) == (2, NOW)
    assert of_ledger([first], hours, NOW, follows_calls=False) == ()
