from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.spending import DAY, HOUR, Spent, by_hours, of_balances
from tests.builders import NOW
from tests.core.traces import balances, steady


def rows(*amounts: str, step: timedelta = HOUR) -> list[tuple[object, Decimal]]:
    return [(NOW + number * step, Decimal(amount)) for number, amount in enumerate(amounts)]


def spent(*amounts: str, step: timedelta = HOUR) -> list[str]:
    return [f"{one.amount:f}" for one in of_balances(rows(*amounts, step=step))]  # type: ignore[arg-type]


def test_a_fall_is_spending_and_standing_still_is_none() -> None:
    assert spent("10", "9.50", "9.50", "9") == ["0.50", "0.00", "0.50"]


def test_a_top_up_is_no_spending_and_what_is_missing_to_a_round_amount_was_spent() -> None:
    assert spent("10", "9", "8", "57.20", "56.20") == ["1", "1", "0.80", "1.00"]


def test_where_nothing_tells_what_was_spent_beside_a_top_up_the_hour_is_left_out() -> None:
    assert spent("10", "9.99", "9.98", "42.41", "42.40") == ["0.01", "0.01", "0.01"]


def test_credit_that_expired_is_no_spending() -> None:
    assert spent("100", "99", "98", "77", "76", "75", "74") == ["1", "1", "1", "1", "1"]


def test_a_burst_among_bursts_is_spending() -> None:
    assert spent("100", "90", "75", "63", "48") == ["10", "15", "12", "15"]


def test_much_after_long_without_a_look_is_spending() -> None:
    looks = [*balances(steady(24.0), "100", 3), (NOW + timedelta(days=2), Decimal("52"))]
    assert max(one.amount for one in of_balances(looks)) == Decimal("48.00")


def test_looks_come_in_any_order_and_the_last_word_on_a_time_counts() -> None:
    looks = [(NOW + HOUR, Decimal(9)), (NOW, Decimal(3)), (NOW, Decimal(10))]
    assert of_balances(looks) == (Spent(NOW, NOW + HOUR, Decimal(1)),)


def test_part_of_an_interval_is_spread_evenly() -> None:
    one = Spent(NOW, NOW + 4 * HOUR, Decimal(8))
    assert one.within(NOW + HOUR, NOW + 2 * HOUR) == 2.0
    assert one.within(NOW - DAY, NOW) == 0.0
    assert one.within(NOW - DAY, NOW + DAY) == 8.0


def test_hours_are_counted_back_and_know_what_was_not_seen() -> None:
    hours = by_hours([Spent(NOW - 3 * HOUR, NOW - HOUR, Decimal(4))], NOW, most_days=84)
    assert (hours.spent, hours.seen) == ((2.0, 2.0, 0.0), (1.0, 1.0, 0.0))
    assert hours.begins(0) == NOW - 3 * HOUR


def test_history_is_read_as_far_back_as_is_asked_for() -> None:
    hours = by_hours([Spent(NOW - 10 * DAY, NOW, Decimal(240))], NOW, most_days=2)
    assert len(hours.spent) == 48
    assert sum(hours.spent) == 48.0


@given(st.lists(st.decimals(0, 1000, places=2), max_size=30), st.integers(1, 600))
def test_no_balances_ever_make_negative_spending(amounts: list[Decimal], minutes: int) -> None:
    found = of_balances((NOW + number * timedelta(minutes=minutes), amount) for number, amount in enumerate(amounts))
    assert all(one.amount >= 0 and one.length > timedelta(0) for one in found)
