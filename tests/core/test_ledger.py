from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.ledger import EntryKind, LedgerEntry, entry, live, looking_points
from claudetray.core.money import Money
from claudetray.core.reading import TOTAL, Balance, Lot, Reading, Spend, Tranche
from tests.builders import NOW, dollars

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTH_ENDS = NOW + 9 * DAY


def reading(
    left: str | None,
    at: datetime = NOW,
    *,
    bought: str | None = None,
    month: str | None = None,
    lots: tuple[tuple[str, datetime], ...] = (),
    currency: str = "USD",
) -> Reading:
    spend = (Spend(key="month", label="", spent=dollars(month), resets_at=MONTH_ENDS),) if month is not None else ()
    money = None if left is None else Money(Decimal(left), currency)
    return Reading(
        taken_at=at,
        source="console",
        meters=(Balance(key=TOTAL, label="Balance", left=money), *spend),
        tranches=tuple(
            Tranche(lot=Lot.PAID, name="", remaining=Money(Decimal(amount), currency), granted=None, expires_at=end)
            for amount, end in lots
        ),
        last_purchase=None if bought is None else dollars(bought),
    )


def moved(before: Reading, after: Reading, measured: str = "0", kind: EntryKind = EntryKind.OBSERVED) -> dict[str, str]:
    """What moved, without what did not."""
    made = entry(kind, before, replace(after, taken_at=NOW + HOUR), Decimal(measured))
    names = ("spent", "added", "expired", "corrected", "unmeasured")
    return {name: f"{getattr(made, name).normalize():f}" for name in names if getattr(made, name)}


def test_the_first_entry_has_nothing_before_it() -> None:
    made = entry(EntryKind.OBSERVED, None, reading("20"), Decimal(0))
    assert (made.balance, made.since, made.spent) == (dollars("20"), None, Decimal(0))


def test_a_fall_is_spending_and_what_no_call_explains_is_unmeasured() -> None:
    assert moved(reading("20"), reading("18"), "1.5") == {"spent": "2", "unmeasured": "0.5"}


def test_where_the_console_lags_unmeasured_is_below_zero_and_the_next_look_evens_it_out() -> None:
    first = entry(EntryKind.OBSERVED, reading("20"), reading("19.5", NOW + HOUR), Decimal("0.8"))
    second = entry(EntryKind.OBSERVED, reading("19.5", NOW + HOUR), reading("19.2", NOW + 2 * HOUR), Decimal(0))
    assert (first.unmeasured, second.unmeasured) == (Decimal("-0.3"), Decimal("0.3"))


@pytest.mark.parametrize(
    ("before", "after", "measured", "expected"),
    [
        # a rise without a word: a top-up, and the calls beside it
        ({"left": "5"}, {"left": "54"}, "1", {"spent": "1", "added": "50"}),
        # the Console names the purchase: what is missing to it was spent
        (
            {"left": "5", "bought": "25"},
            {"left": "54", "bought": "50"},
            "0.4",
            {"spent": "1", "added": "50", "unmeasured": "0.6"},
        ),
        # a purchase smaller than what was spent beside it
        (
            {"left": "12", "bought": "50"},
            {"left": "10", "bought": "5"},
            "0",
            {"spent": "7", "added": "5", "unmeasured": "7"},
        ),
        # the month's spend tells it exactly
        (
            {"left": "5", "month": "100"},
            {"left": "43", "month": "112"},
            "0",
            {"spent": "12", "added": "50", "unmeasured": "12"},
        ),
        # a small rise is a refund
        ({"left": "20"}, {"left": "20.3"}, "0.1", {"spent": "0.1", "corrected": "0.4"}),
    ],
)
def test_what_is_added_is_told_from_what_is_spent(
    before: dict[str, Any], after: dict[str, Any], measured: str, expected: dict[str, str]
) -> None:
    assert moved(reading(**before), reading(**after), measured) == expected


def test_credit_that_lapsed_is_not_spending() -> None:
    before = reading("30", lots=(("8", NOW + HOUR / 2), ("22", NOW + 90 * DAY)))
    assert moved(before, reading("21"), "1") == {"spent": "1", "expired": "8"}
    assert moved(before, reading("27"), "1") == {"spent": "1", "expired": "2"}
    assert moved(before, reading("29.5"), "1") == {"spent": "0.5", "unmeasured": "-0.5"}


def test_a_top_up_that_somebody_tells_and_a_correction_are_believed() -> None:
    assert moved(reading("20"), reading("28"), "2", EntryKind.TOP_UP) == {"spent": "2", "added": "10"}
    assert moved(reading("20"), reading("28"), "2", EntryKind.CORRECTION) == {"spent": "2", "corrected": "10"}
    assert moved(reading("20"), reading("12"), "2", EntryKind.CORRECTION) == {"spent": "2", "corrected": "-6"}


def test_another_currency_begins_anew_and_calls_are_priced_in_dollars() -> None:
    made = entry(EntryKind.OBSERVED, reading("20"), reading("18", NOW + HOUR, currency="EUR"), Decimal(1))
    assert (made.since, made.spent) == (None, Decimal(0))
    euros = entry(
        EntryKind.OBSERVED, reading("20", currency="EUR"), reading("18", NOW + HOUR, currency="EUR"), Decimal(1)
    )
    assert (euros.spent, euros.measured) == (Decimal(2), Decimal(0))


def test_a_reading_without_a_balance_is_no_entry() -> None:
    with pytest.raises(ValueError, match="without a balance"):
        entry(EntryKind.OBSERVED, None, reading(None), Decimal(0))


amounts = st.decimals(0, 200, places=2)


@given(amounts, amounts, amounts, amounts, st.none() | amounts, st.none() | amounts, st.sampled_from(EntryKind))
def test_whatever_happened_the_entry_adds_up(
    left: Decimal,
    then: Decimal,
    measured: Decimal,
    lapsing: Decimal,
    bought: Decimal | None,
    month: Decimal | None,
    kind: EntryKind,
) -> None:
    before = reading(f"{left}", bought="10", month="50", lots=((f"{min(lapsing, left)}", NOW + HOUR / 2),))
    after = reading(
        f"{then}",
        NOW + HOUR,
        bought=None if bought is None else f"{bought}",
        month=None if month is None else f"{50 + month}",
    )
    made: LedgerEntry = entry(kind, before, after, measured)
    assert left + made.added + made.corrected - made.expired - made.spent == then
    assert made.expired >= 0
    assert made.added >= 0 or kind is EntryKind.TOP_UP
    assert made.spent >= 0


def test_the_live_balance_counts_the_calls_down_to_the_cent() -> None:
    found = live(reading("20"), [(NOW + HOUR, Decimal("1.234567"))])
    assert found is not None
    assert (found.left, found.measured, found.since) == (dollars("18.77"), Decimal("1.234567"), NOW)
    assert live(reading(None), [(NOW + HOUR, Decimal(0))]) is None


def test_a_lot_that_lapses_takes_what_was_not_spent_of_it() -> None:
    told = reading("20", lots=(("8", NOW + 2 * HOUR), ("12", NOW + 90 * DAY)))
    assert looking_points(told, NOW + HOUR) == (NOW + HOUR,)
    assert looking_points(told, NOW + 3 * HOUR) == (NOW + 2 * HOUR, NOW + 3 * HOUR)
    before = live(told, [(NOW + HOUR, Decimal(3))])
    assert before is not None
    assert (before.left, before.lapsed) == (dollars("17.00"), Decimal(0))
    after = live(told, [(NOW + 2 * HOUR, Decimal(3)), (NOW + 3 * HOUR, Decimal(4))])
    assert after is not None
    assert (after.left, after.lapsed) == (dollars("11.00"), Decimal(5))
    assert [lot.remaining for lot in after.tranches] == [dollars("11")]


def test_calls_do_not_count_down_another_currency() -> None:
    found = live(reading("20", currency="EUR"), [(NOW + HOUR, Decimal(3))])
    assert found is not None
    assert found.left == Money(Decimal("20.00"), "EUR")
