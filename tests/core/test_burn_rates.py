from datetime import UTC, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from claudetray.core.burn_rates import NO_RATES, burn_rates, usual_day
from claudetray.core.spending import HOUR, Spent, of_balances
from tests.builders import NOW
from tests.core.traces import balances, office, steady


def test_without_history_nothing_is_known() -> None:
    assert burn_rates((), NOW, UTC) == NO_RATES
    assert usual_day((), NOW, UTC) is None


def test_today_the_last_day_and_the_last_week() -> None:
    rates = burn_rates(of_balances(balances(steady(4.8), "48", 9)), NOW, UTC)
    assert rates.today == Decimal("1.90")  # 9.5 of 24 hours
    assert (rates.last_24_hours, rates.last_7_days) == (Decimal("4.80"), Decimal("4.80"))


def test_a_mean_is_over_the_time_that_is_known() -> None:
    half = [Spent(NOW - 12 * HOUR, NOW, Decimal(6))]
    assert burn_rates(half, NOW, UTC).last_7_days == Decimal("12.00")


def test_each_weekday_has_its_own_mean_once_it_was_seen_whole() -> None:
    rates = burn_rates(of_balances(balances(office(10), "100", 9)), NOW, UTC)  # now is a Saturday
    assert rates.weekdays[4] == Decimal("10.00")
    assert rates.weekdays[6] == Decimal("0.00")
    assert burn_rates(of_balances(balances(steady(), "50", 2)), NOW, UTC).weekdays[:3] == (None, None, None)


def test_days_are_local_ones() -> None:
    spent = [Spent(NOW - 2 * HOUR, NOW - HOUR, Decimal(3))]  # 7:30 to 8:30 UTC
    assert burn_rates(spent, NOW, UTC).today == Decimal("3.00")
    honolulu = ZoneInfo("Pacific/Honolulu")  # 21:30 to 22:30 of the day before; it is 23:30 there now
    assert burn_rates(spent, NOW, honolulu).today == Decimal("3.00")
    kiritimati = ZoneInfo("Pacific/Kiritimati")  # 23:30 there
    assert burn_rates(spent, NOW + timedelta(hours=1), kiritimati).today is None


def test_a_usual_day_wants_a_week_of_whole_days_and_leaves_today_out() -> None:
    assert usual_day(of_balances(balances(steady(4.8), "48", 6)), NOW, UTC) is None
    looks = [*balances(steady(4.8), "48", 12), (NOW + HOUR, Decimal(8))]
    assert usual_day(of_balances(looks), NOW + HOUR, UTC) == Decimal("4.80")


def test_from_a_few_minutes_no_day_is_told() -> None:
    some = [Spent(NOW - timedelta(minutes=5), NOW, Decimal("0.40"))]
    found = burn_rates(some, NOW, UTC)
    assert (found.today, found.last_24_hours, found.last_7_days) == (Decimal("0.40"), None, None)
