from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from claudetray.core.spending import DAY, HOUR, by_hours, of_balances
from claudetray.core.week_profile import WeekProfile, profile
from tests.builders import NOW
from tests.core.traces import balances, office, steady

SATURDAY = datetime(2026, 11, 21, tzinfo=UTC)


def of_days(days: int) -> WeekProfile:
    return profile(by_hours(of_balances(balances(office(), "100", days)), NOW, 84), UTC)


def test_before_there_is_history_every_hour_is_alike() -> None:
    assert of_days(2) == WeekProfile(UTC)


def test_after_three_days_hours_are_told_apart_and_after_two_weeks_weekends() -> None:
    week = of_days(10)
    assert set(week.weekdays) == {1.0}
    assert week.hours[12] > 1.5 > 0.5 > week.hours[3]
    assert of_days(21).weekdays[5] < 0.2 < 1.2 < of_days(21).weekdays[0]


@pytest.mark.parametrize("days", [0, 10, 40])
def test_a_week_is_seven_average_days(days: int) -> None:
    assert of_days(days).days_between(SATURDAY, SATURDAY + 7 * DAY) == pytest.approx(7)


def test_after_so_many_average_days_is_the_inverse_of_how_many_lie_between() -> None:
    week = of_days(28)
    at = week.after(SATURDAY, 3.2, timedelta(days=60))
    assert at is not None
    assert week.days_between(SATURDAY, at) == pytest.approx(3.2, abs=1e-6)
    assert week.after(SATURDAY, 3.2, timedelta(days=1)) is None


def test_hours_are_those_of_the_persons_zone() -> None:
    tokyo = profile(by_hours(of_balances(balances(office(), "100", 10)), NOW, 84), ZoneInfo("Asia/Tokyo"))
    assert tokyo.hours[21] > 1.5  # noon in UTC


def test_clocks_that_change_leave_no_hour_out() -> None:
    flat = WeekProfile(ZoneInfo("Europe/Berlin"))
    begins = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert flat.after(begins, 1, timedelta(days=3)) == begins + 24 * HOUR


def test_steady_spending_has_a_flat_week() -> None:
    week = profile(by_hours(of_balances(balances(steady(), "100", 28)), NOW, 84), UTC)
    assert max(week.hours) < 1.05
    assert max(week.weekdays) < 1.05
