import random

import pytest

from claudetray.core.burn_model import MOST_DAYS, Block, BurnModel, learned


def model(*spent: float) -> BurnModel:
    return learned([Block(amount, 1.0) for amount in spent])


def width(found: BurnModel, amount: float) -> float:
    low, high = found.days_until(amount, 0.1), found.days_until(amount, 0.9)
    assert low is not None
    assert high is not None
    return high / low


def test_steady_days_are_expected_to_go_on() -> None:
    found = model(*[4.0] * 14)
    assert found.rate == pytest.approx(4.0, rel=0.01)
    assert found.days_until(40, 0.5) == pytest.approx(10, rel=0.02)
    assert width(found, 40) < 1.3


def test_the_more_it_varies_the_wider_the_range() -> None:
    chance = random.Random(1)
    calm = model(*(chance.uniform(3.5, 4.5) for _ in range(28)))
    wild = model(*(chance.choice((0.0, 0.0, 0.0, 16.0)) for _ in range(28)))
    assert width(calm, 40) < width(wild, 40)


def test_the_shorter_the_history_the_wider_the_range() -> None:
    some = [3.0, 5.0, 4.5, 3.5]
    assert width(model(*some * 7), 40) < width(model(*some), 40) < width(model(3.0, 5.0), 40)


def test_a_changed_habit_is_noticed_within_days() -> None:
    assert model(*[2.0] * 20, *[8.0] * 5).rate > 7.0
    assert model(*[8.0] * 20, *[2.0] * 5).rate < 3.0


def test_a_single_large_day_is_no_new_habit() -> None:
    chance = random.Random(2)
    days = [chance.uniform(3, 5) for _ in range(27)]
    assert model(*days, 12.0).rate < 7.0


def test_chances_grow_with_time_and_fall_with_the_amount() -> None:
    found = model(3.0, 5.0, 4.0, 2.0, 6.0)
    over_time = [found.chance(20, days) for days in (1, 3, 5, 8, 30)]
    assert over_time == sorted(over_time)
    by_amount = [found.chance(amount, 5) for amount in (5, 10, 20, 40)]
    assert by_amount == sorted(by_amount, reverse=True)


def test_what_is_spent_within_some_days_fits_how_long_an_amount_lasts() -> None:
    found = model(3.0, 5.0, 4.0, 2.0, 6.0)
    days = found.days_until(30, 0.9)
    assert days is not None
    assert found.spent_within(days, 0.9) == pytest.approx(30, rel=1e-3)
    assert found.spent_within(0, 0.5) == 0.0


def test_beyond_the_horizon_nobody_knows() -> None:
    assert model(*[1.0] * 10).days_until(2.0 * MOST_DAYS, 0.5) is None


def test_days_that_were_hardly_seen_say_nothing() -> None:
    days = [Block(4.0, 1.0)] * 5
    assert learned([Block(0.0, 0.001), *days]).days_until(20, 0.1) == learned(days).days_until(20, 0.1)


def test_without_spending_there_is_no_model() -> None:
    with pytest.raises(ValueError, match="nothing was spent"):
        model(0.0, 0.0)
