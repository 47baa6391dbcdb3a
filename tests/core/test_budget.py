from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claudetray.core.budget import Budget, BudgetState, Period, Scope, amount, checked, levels, window
from claudetray.core.errors import SettingRefused
from tests.builders import NOW

BERLIN = ZoneInfo("Europe/Berlin")


def a_budget(**more: Any) -> Budget:
    return Budget(name="coding", amount=Decimal(20), **more)


def state(spent: str, **more: Any) -> BudgetState:
    return BudgetState(
        budget=a_budget(**more), since=NOW - timedelta(days=1), until=NOW + timedelta(days=1), spent=Decimal(spent)
    )


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        (Period.DAY, "2026-11-20T23:00", "2026-11-21T23:00"),
        (Period.WEEK, "2026-11-15T23:00", "2026-11-22T23:00"),  # Monday the 16th
        (Period.MONTH, "2026-10-31T23:00", "2026-11-30T23:00"),
    ],
)
def test_a_period_is_local(period: Period, since: str, until: str) -> None:
    found = window(a_budget(period=period), NOW, BERLIN)
    assert found == tuple(datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (since, until))


def test_a_day_with_another_clock_is_longer() -> None:
    found = window(a_budget(period=Period.DAY), datetime(2026, 10, 25, 12, tzinfo=UTC), BERLIN)
    assert found is not None
    assert found[1] - found[0] == timedelta(hours=25)


def test_december_is_followed_by_january() -> None:
    found = window(a_budget(), datetime(2026, 12, 31, tzinfo=UTC), UTC)
    assert found == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_a_fixed_period_holds_from_its_first_day_to_its_last() -> None:
    fixed = a_budget(period=Period.FIXED, begins=date(2026, 11, 20), ends=date(2026, 11, 21))
    days = {day: window(fixed, datetime(2026, 11, day, 12, tzinfo=UTC), UTC) for day in (19, 20, 21, 22)}
    assert [day for day, found in days.items() if found] == [20, 21]
    assert days[21] == (datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("spent", "percent", "level"),
    [("0", 0, None), ("9.999999", 49, None), ("10", 50, 50), ("17.99", 89, 80), ("20", 100, 100), ("45", 225, 100)],
)
def test_how_much_is_spent_and_which_level_that_reaches(spent: str, percent: int, level: int | None) -> None:
    assert (state(spent).percent, state(spent).level) == (percent, level)


def test_only_a_hard_stop_that_is_used_up_and_not_lifted_stops() -> None:
    assert not state("20").stops(NOW)
    assert not state("19.99", hard_stop=True).stops(NOW)
    assert state("20", hard_stop=True).stops(NOW)
    assert not state("20", hard_stop=True, lifted_until=NOW + timedelta(minutes=1)).stops(NOW)
    assert state("20", hard_stop=True, lifted_until=NOW).stops(NOW)
    assert not state("20", hard_stop=True).stops(NOW + timedelta(days=1))  # another period


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"amount": Decimal(0)}, "over 0"),
        ({"amount": Decimal("1e10")}, "not over"),
        ({"amount": Decimal("0.0000001")}, "six decimals"),
        ({"scope": Scope.TAG}, "names one tag"),
        ({"scope_name": "x"}, "names one tag"),
        ({"period": Period.FIXED}, "first and a last day"),
        ({"period": Period.FIXED, "begins": date(2026, 2, 1), "ends": date(2026, 1, 1)}, "first and a last day"),
        ({"begins": date(2026, 2, 1)}, "Only a fixed period"),
        ({"levels": (0,)}, "levels"),
        ({"levels": tuple(range(1, 12))}, "levels"),
    ],
)
def test_what_is_no_budget_is_refused_in_a_sentence(wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(SettingRefused, match=word):
        checked(replace(a_budget(), **wrong))


def test_a_budget_is_kept_in_order() -> None:
    kept = checked(replace(a_budget(levels=(100, 50, 50)), name="  coding "))
    assert (kept.name, kept.levels) == ("coding", (50, 100))


def test_amounts_and_levels_are_read_as_people_type_them() -> None:
    assert amount(" $7.50 ") == Decimal("7.50")
    assert levels("100 %, 50") == (50, 100)
    assert levels("") == ()
    for wrong in ("x", "1e9", "0.0000001"):
        with pytest.raises(SettingRefused):
            amount(wrong)
    for wrong in ("half", "50.5", "-3"):
        with pytest.raises(SettingRefused):
            levels(wrong)
