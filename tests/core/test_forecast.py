from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claudetray.core.forecast import Expiring, Forecast, expected, forecast
from claudetray.core.spending import DAY, HOUR, of_balances
from tests.builders import NOW
from tests.core.traces import balances, ends, noisy, office, steady


def of(looks: Sequence[tuple[datetime, Decimal]], at: datetime = NOW, *lots: Expiring) -> Forecast:
    when, left = looks[-1]
    return forecast(left, of_balances(looks), at, UTC, lots, when)


def test_steady_spending_ends_when_it_must() -> None:
    found = of(balances(steady(4.8), "48", 14))
    assert found.burn_rate == Decimal("4.80")
    assert found.runs_out_at is not None
    assert abs(found.runs_out_at - (NOW + 10 * DAY)) < timedelta(hours=6)
    assert found.days is not None
    assert abs(found.days - 10) < Decimal("0.3")
    assert found.reason == ""
    assert found.basis.startswith("14 days of history")


def test_weekends_without_work_are_foreseen() -> None:
    """Ten dollars on working days alone: the naive mean of seven days would be days off."""
    looks = balances(office(10), "38", 28)
    truth = ends(office(10), "38")
    found = of(looks)
    assert found.runs_out_at is not None
    assert abs(found.runs_out_at - truth) < timedelta(hours=12)
    assert found.basis.endswith("with working days, weekends and hours told apart")


def test_the_range_is_around_the_median_and_lies_ahead() -> None:
    found = of(balances(noisy(5, 3), "40", 20))
    assert found.low is not None
    assert found.high is not None
    assert found.runs_out_at is not None
    assert NOW < found.low < found.runs_out_at < found.high


def test_the_range_holds_the_truth_about_four_times_in_five() -> None:
    held = []
    for seed in range(60):
        spend = noisy(6, seed)
        found, truth = of(balances(spend, "45", 16)), ends(spend, "45")
        assert found.low is not None
        held.append(found.low <= truth and (found.high is None or truth <= found.high))
    assert 0.65 < sum(held) / len(held) < 0.95


@pytest.mark.parametrize(
    ("left", "looks", "reason"),
    [
        (None, balances(steady(), "50", 9), "not known"),
        ("0", balances(steady(), "50", 9), "used up"),
        ("-1.20", balances(steady(), "50", 9), "used up"),
        ("50", [], "Not enough history yet: 0 of 24 hours"),
        ("50", balances(steady(), "50", 0), "Not enough history yet: 0 of 24 hours"),
        ("50", balances(steady(), "50", 2, every=48), "only once or twice"),
        ("50", balances(lambda at: 0.0, "50", 9), "Nothing was spent yet"),
        ("50", balances(lambda at: 1.0 if at < NOW - 9 * DAY else 0.0, "50", 12), "in the last 7 days"),
        ("9000", balances(steady(1), "9000", 9), "more than a year"),
    ],
)
def test_where_there_is_nothing_to_say_the_reason_is_said(
    left: str | None, looks: list[tuple[datetime, Decimal]], reason: str
) -> None:
    found = forecast(None if left is None else Decimal(left), of_balances(looks), NOW, UTC)
    assert reason in found.reason
    assert (found.runs_out_at is None) or left in ("0", "-1.20")


def test_after_hours_without_use_the_date_stays_where_it_was() -> None:
    looks = balances(steady(4.8), "48", 10)
    before = of(looks)
    assert before.runs_out_at is not None
    for hours in (3, 6, 12, 24):
        idle = of([*looks, (NOW + hours * HOUR, Decimal(48))], NOW + hours * HOUR)
        assert idle.runs_out_at is not None
        assert abs(idle.runs_out_at - before.runs_out_at) < timedelta(hours=4 * hours)


def test_top_ups_are_never_read_as_negative_burn() -> None:
    looks = [(at, amount + (50 if at > NOW - 3 * DAY else 0)) for at, amount in balances(steady(4.8), "30", 9)]
    found = of(looks)
    assert found.burn_rate is not None
    assert abs(found.burn_rate - Decimal("4.8")) < Decimal("0.5")


def test_what_comes_after_the_time_of_the_forecast_does_not_count() -> None:
    looks = balances(steady(4.8), "48", 10)
    later = [*looks, (NOW + DAY, Decimal(5)), (NOW + 2 * DAY, Decimal(95))]
    spent = of_balances([look for look in later if look[0] <= NOW])
    assert forecast(Decimal(48), of_balances(looks), NOW, UTC) == forecast(Decimal(48), spent, NOW, UTC)


def test_credit_that_lapses_first_is_spent_first_and_the_rest_of_it_is_lost() -> None:
    looks = balances(steady(4.8), "48", 14)
    soon = of(looks, NOW, Expiring(Decimal("28.80"), NOW + 2 * DAY))
    # 9.60 of it are spent by then, 19.20 lapse; 19.20 are left for four more days.
    assert soon.runs_out_at is not None
    assert abs(soon.runs_out_at - (NOW + 6 * DAY)) < timedelta(hours=8)


def test_credit_that_is_spent_before_it_lapses_changes_nothing() -> None:
    looks = balances(steady(4.8), "48", 14)
    assert of(looks, NOW, Expiring(Decimal(5), NOW + 9 * DAY)) == of(looks)
    assert of(looks, NOW, Expiring(Decimal(48), NOW + 300 * DAY)) == of(looks)


def test_when_everything_lapses_that_is_the_end() -> None:
    end = NOW + 3 * DAY
    found = of(balances(steady(4.8), "480", 14), NOW, Expiring(Decimal(480), end))
    assert found.runs_out_at == found.low == found.high == end


def test_a_balance_of_some_time_ago_goes_on_from_there() -> None:
    looks = balances(steady(4.8), "48", 10)
    fresh, old = of(looks), of(looks, NOW + 5 * HOUR)
    assert fresh.runs_out_at == old.runs_out_at
    assert of(looks, NOW + 40 * DAY).runs_out_at is None  # nothing for weeks


def test_what_is_likely_to_be_spent_follows_the_week() -> None:
    spent = of_balances(balances(office(10), "100", 28))
    friday = NOW - DAY
    assert expected(spent, NOW, NOW + 7 * DAY, UTC) == pytest.approx(50, abs=5)
    weekend = expected(spent, NOW.replace(hour=0), NOW.replace(hour=0) + 2 * DAY, UTC)
    assert weekend is not None
    assert weekend < 5
    assert expected(of_balances(balances(office(10), "100", 0)), friday, NOW, UTC) is None


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30 * 24 * 60), st.decimals(0, 500, places=2)), max_size=60),
    st.integers(0, 40),
)
def test_whatever_the_history_the_forecast_is_in_order(rows: list[tuple[int, Decimal]], ahead: int) -> None:
    looks = sorted({NOW - timedelta(minutes=minutes): amount for minutes, amount in rows}.items())
    found = forecast(looks[-1][1] if looks else None, of_balances(looks), NOW + ahead * HOUR, UTC)
    assert found.burn_rate is None or found.burn_rate >= 0
    assert found.reason or found.runs_out_at
    dates = [at for at in (found.low, found.runs_out_at, found.high) if at is not None]
    assert dates == sorted(dates)
    assert all(at >= found.at for at in dates)
