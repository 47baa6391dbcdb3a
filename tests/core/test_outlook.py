from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from claudetray.core import runway_words
from claudetray.core.budget import Budget, Scope
from claudetray.core.ledger import EntryKind, LedgerEntry, LiveBalance
from claudetray.core.money import Money
from claudetray.core.outlook import BudgetFacts, Facts, outlook
from claudetray.core.reading import Lot, Tranche
from claudetray.core.spending_history import HourlyCost
from tests.builders import NOW, dollars

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEN = NOW.replace(hour=9, minute=0)


def live(left: str, *lots: Tranche, currency: str = "USD") -> LiveBalance:
    money = Money(Decimal(left), currency)
    return LiveBalance(left=money, since=NOW, measured=Decimal(0), lapsed=Decimal(0), tranches=lots)


def entries(days: int, a_day: str = "4.80", measured: str = "0", **more: Any) -> tuple[LedgerEntry, ...]:
    """Looks every two hours, the last one now."""
    spent = Decimal(a_day) / 12
    return tuple(
        LedgerEntry(
            at=NOW - number * 2 * HOUR,
            since=NOW - (number + 1) * 2 * HOUR,
            kind=EntryKind.OBSERVED,
            source="console",
            balance=dollars("48"),
            spent=spent,
            measured=spent * Decimal(measured),
            **more,
        )
        for number in reversed(range(days * 12))
    )


def hours(days: int, a_day: str = "4.80", until: datetime = TEN) -> tuple[HourlyCost, ...]:
    return tuple(HourlyCost(until - number * HOUR, Decimal(a_day) / 24) for number in reversed(range(days * 24)))


def test_nothing_is_known_of_nothing() -> None:
    found = outlook(Facts(now=NOW), UTC)
    assert (found.live, found.budgets, found.unmeasured_today, found.full) == (None, (), None, None)
    assert found.forecast.reason == "The balance is not known."
    assert found.course.days is None


def test_looks_alone_make_a_forecast() -> None:
    found = outlook(Facts(now=NOW, live=live("48"), entries=entries(14)), UTC)
    assert found.forecast.burn_rate == Decimal("4.80")
    assert found.forecast.days is not None
    assert abs(found.forecast.days - 10) < Decimal("0.3")
    assert found.usual_day == Decimal("4.80")
    assert found.course.today == found.rates.today == Decimal("1.90")
    assert found.unmeasured_today is None


def test_calls_alone_make_a_forecast_of_a_balance_that_was_typed() -> None:
    typed = LedgerEntry(at=NOW - 14 * DAY, kind=EntryKind.OBSERVED, source="by_hand", balance=dollars("115"))
    found = outlook(Facts(now=NOW, live=live("48"), by_hand=True, entries=(typed,), hours=hours(14)), UTC)
    assert found.forecast.burn_rate is not None
    assert abs(found.forecast.burn_rate - Decimal("4.8")) < Decimal("0.2")


def test_spending_beside_the_calls_is_known_where_calls_are_measured() -> None:
    found = outlook(
        Facts(now=NOW, live=live("48"), entries=entries(3, measured="0.5"), unmeasured_today=Decimal(1)), UTC
    )
    assert found.unmeasured_today == Decimal(1)


def test_a_period_that_ends_later_than_the_money_calls_for_caution() -> None:
    facts = Facts(now=NOW, live=live("48"), entries=entries(14), period_ends_at=NOW + 20 * DAY)
    assert outlook(facts, UTC).course.ends_early
    early = Facts(now=NOW, live=live("48"), entries=entries(14), period_ends_at=NOW + 5 * DAY)
    assert not outlook(early, UTC).course.ends_early


def test_a_budget_has_what_is_spent_and_what_is_likely() -> None:
    budget = BudgetFacts(
        budget=Budget(id=1, name="all", amount=Decimal(200)),
        since=NOW - 10 * DAY,
        until=NOW + 10 * DAY,
        measured=Decimal(48),
        unmeasured=Decimal(2),
        hours=hours(14),
    )
    (state,) = outlook(Facts(now=NOW, live=live("48"), entries=entries(14), budgets=(budget,)), UTC).budgets
    assert (state.spent, state.percent) == (Decimal(50), 25)
    assert state.projected is not None
    assert abs(state.projected - 98) < 4


def test_a_budget_without_history_says_no_more_than_what_is_spent() -> None:
    budget = BudgetFacts(
        budget=Budget(id=1, name="x", amount=Decimal(9), scope=Scope.TAG, scope_name="t"),
        since=NOW - HOUR,
        until=NOW + DAY,
        measured=Decimal(1),
        unmeasured=Decimal(0),
        hours=(),
    )
    (state,) = outlook(Facts(now=NOW, budgets=(budget,)), UTC).budgets
    assert (state.spent, state.projected) == (Decimal(1), None)


def test_the_gauge_is_full_at_the_last_top_up() -> None:
    def at(hours_ago: int, balance: str, added: str = "0") -> LedgerEntry:
        return LedgerEntry(
            at=NOW - hours_ago * HOUR,
            kind=EntryKind.OBSERVED,
            source="console",
            balance=dollars(balance),
            added=Decimal(added),
        )

    some = (at(9, "90"), at(6, "60", "50"), at(3, "55"))
    assert outlook(Facts(now=NOW, live=live("50"), entries=some), UTC).full == Decimal(60)
    granted = Tranche(lot=Lot.PAID, name="", remaining=dollars("50"), granted=dollars("80"), expires_at=None)
    assert outlook(Facts(now=NOW, live=live("50", granted), entries=some), UTC).full == Decimal(80)


def test_dollars_of_calls_say_nothing_of_another_currency() -> None:
    found = outlook(Facts(now=NOW, live=live("48", currency="EUR"), by_hand=True, hours=hours(14)), UTC)
    assert found.forecast.runs_out_at is None


def test_what_is_spent_of_a_balance_is_in_its_currency() -> None:
    found = outlook(Facts(now=NOW, live=live("48", currency="EUR"), entries=entries(14)), UTC)
    assert runway_words.line(found.forecast, UTC).endswith("at €4.80 a day")
