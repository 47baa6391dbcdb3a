import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from claudetray.core.budget import Budget, Period, Scope
from claudetray.core.outlook import BudgetFacts, Facts
from claudetray.core.reading import BY_HAND, Reading
from claudetray.core.watch import Judgement
from claudetray.store.accounts import AccountsKept
from claudetray.store.budgets import BudgetsKept
from claudetray.store.database import Database
from claudetray.store.looks import LooksKept
from claudetray.store.outlook import OutlookKept, StopFacts
from claudetray.store.usage import UsageKept
from tests.builders import NOW, a_look, a_reading, dollars, routes
from tests.store.calls import a_call

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def account(data: Database) -> int:
    return asyncio.run(AccountsKept(data).watch("anthropic", "h", "o", "")).id


def take(data: Database, account: int, reading: Reading) -> None:
    asyncio.run(LooksKept(data).add(account, a_look(), reading, lambda state, _: Judgement(state), routes()))


def call(data: Database, at: datetime, cost: str = "1", **more: object) -> None:
    made = a_call(f"{at}{more}", at, cost_pico=int(Decimal(cost).scaleb(12)), duration=None, **more)
    asyncio.run(UsageKept(data).add([made]))


def facts(data: Database, account: int | None, now: datetime = NOW, past: bool = False) -> Facts:
    return asyncio.run(OutlookKept(data).facts(account, now, UTC, past))


def budgets(data: Database, account: int | None = None, now: datetime = NOW) -> dict[str, BudgetFacts]:
    return {one.budget.name: one for one in facts(data, account, now).budgets}


def test_of_an_empty_home_nothing_is_known(data: Database) -> None:
    assert facts(data, None) == Facts(now=NOW, by_hand=True)


def test_entries_hours_and_the_live_balance_belong_together(data: Database, account: int) -> None:
    take(data, account, a_reading("20", NOW - 3 * HOUR))
    take(data, account, a_reading("19", NOW - HOUR))
    call(data, NOW - HOUR / 2, "0.40")
    found = facts(data, account)
    assert [entry.balance for entry in found.entries] == [dollars("20"), dollars("19")]
    assert [hour.cost for hour in found.hours] == [Decimal("0.40")]
    assert found.live is not None
    assert found.live.left == dollars("18.60")
    assert (found.by_hand, found.period_ends_at) == (False, None)


def test_the_end_of_a_period_counts_only_where_somebody_told_it(data: Database, account: int) -> None:
    typed = a_reading("20")
    take(data, account, Reading(taken_at=NOW, source=BY_HAND, meters=typed.meters, next_expires_at=NOW + DAY))
    found = facts(data, account)
    assert (found.by_hand, found.period_ends_at) == (True, NOW + DAY)


def test_of_the_past_only_what_was_known_then_counts(data: Database, account: int) -> None:
    for hours, left in ((4, "20"), (2, "15"), (0, "90")):
        take(data, account, a_reading(left, NOW - hours * HOUR))
    call(data, NOW - 1.9 * HOUR)
    call(data, NOW - 0.5 * HOUR)
    found = facts(data, account, NOW - HOUR, past=True)
    assert [entry.balance.amount for entry in found.entries] == [20, 15]
    assert found.live is not None
    assert found.live.left == dollars("14.00")


def test_budgets_count_their_calls_in_their_period(data: Database) -> None:
    kept = BudgetsKept(data)
    for budget in (
        Budget(name="day", amount=Decimal(9), period=Period.DAY),
        Budget(name="month", amount=Decimal(9)),
        Budget(name="opus", amount=Decimal(9), scope=Scope.MODEL, scope_name="claude-opus-4-6"),
        Budget(name="web", amount=Decimal(9), scope=Scope.TAG, scope_name="web"),
        Budget(name="cli", amount=Decimal(9), scope=Scope.CLIENT, scope_name="claude-cli/2.0"),
        Budget(name="nobody", amount=Decimal(9), scope=Scope.TAG, scope_name="nobody"),
    ):
        asyncio.run(kept.keep(budget))
    call(data, NOW - HOUR, "1")
    call(data, NOW - 2 * DAY, "2", model="claude-haiku-4-5", tags=("web",))
    call(data, NOW - 40 * DAY, "4", client="other")
    found = {name: one.measured for name, one in budgets(data).items()}
    assert found == {"day": 1, "month": 3, "opus": 1, "web": 2, "cli": 3, "nobody": 0}
    assert [hour.cost for hour in budgets(data)["month"].hours] == [4, 2, 1]  # history for what is likely


def test_a_budget_of_everything_has_what_no_call_explains(data: Database, account: int) -> None:
    asyncio.run(BudgetsKept(data).keep(Budget(name="all", amount=Decimal(9), period=Period.DAY)))
    take(data, account, a_reading("30", NOW - 2 * DAY))
    take(data, account, a_reading("25", NOW - DAY))  # yesterday's
    call(data, NOW - 2 * HOUR, "1")
    take(data, account, a_reading("22", NOW - HOUR))
    one = budgets(data, account)["all"]
    assert (one.measured, one.unmeasured) == (
        1,
        (2 * Decimal("8.5") / 23).quantize(Decimal("0.000001")),
    )  # since midnight


def test_a_period_begins_at_midnight_of_the_persons_zone(data: Database) -> None:
    asyncio.run(BudgetsKept(data).keep(Budget(name="day", amount=Decimal(9), period=Period.DAY)))
    call(data, NOW.replace(hour=23) - DAY)
    (berlin,) = asyncio.run(OutlookKept(data).facts(None, NOW, ZoneInfo("Europe/Berlin"))).budgets
    assert berlin.measured == 1
    assert budgets(data)["day"].measured == 0


def test_hard_stops_are_told_with_the_names_that_a_model_goes_by(data: Database) -> None:
    kept = BudgetsKept(data)
    asyncio.run(kept.keep(Budget(name="soft", amount=Decimal(9))))
    hard = Budget(name="h", amount=Decimal(9), hard_stop=True, scope=Scope.MODEL, scope_name="claude-opus-4-6")
    asyncio.run(kept.keep(hard))
    call(data, NOW, requested_model="claude-opus-latest")
    call(data, NOW - HOUR, requested_model=None)
    found: StopFacts = asyncio.run(OutlookKept(data).stops(None, NOW, UTC))
    assert [one.budget.name for one in found.budgets] == ["h"]
    assert found.asked_for == {"claude-opus-4-6": frozenset({"claude-opus-latest"})}
    assert (found.budgets[0].measured, found.budgets[0].hours, found.last_id) == (2, (), 2)


def test_a_day_that_begins_in_the_middle_of_an_hour_has_all_of_its_calls(data: Database) -> None:
    india = ZoneInfo("Asia/Kolkata")
    begins = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    kept = BudgetsKept(data)
    scopes = {
        "all": (Scope.ALL, ""),
        "model": (Scope.MODEL, "m"),
        "tag": (Scope.TAG, "T"),
        "client": (Scope.CLIENT, "c"),
    }
    for name, (scope, scope_name) in scopes.items():
        day = Budget(name=name, amount=Decimal(9), period=Period.DAY, scope=scope, scope_name=scope_name)
        asyncio.run(kept.keep(day))
    call(data, begins - timedelta(minutes=1), "4", model="m", client="c", tags=("t",))
    call(data, begins + timedelta(minutes=1), "1", model="m", client="c", tags=("t",))
    call(data, begins + timedelta(minutes=2), "0.5", model="n", client="d")
    call(data, begins + HOUR, "2", model="m", client="c", tags=("t",))
    found = asyncio.run(OutlookKept(data).facts(None, NOW, india)).budgets
    assert {one.budget.name: one.measured for one in found} == {
        "all": Decimal("3.5"),
        "model": 3,
        "tag": 3,
        "client": 3,
    }
