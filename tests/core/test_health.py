from datetime import timedelta

import pytest

from claudetray.core.health import Health, assess, stale
from tests.builders import NOW, dollars, thresholds

THREE = thresholds("50=60", "20=30", "5=10")


@pytest.mark.parametrize(
    ("left", "health"),
    [
        ("60", Health.HEALTHY),
        ("50", Health.CAUTION),
        ("20.01", Health.CAUTION),
        ("20", Health.WARNING),
        ("5", Health.CRITICAL),
        ("0", Health.CRITICAL),
        ("-1", Health.CRITICAL),
    ],
)
def test_the_persons_thresholds_decide(left: str, health: Health) -> None:
    assert assess(dollars(left), THREE).health is health


@pytest.mark.parametrize(
    ("left", "health"), [("10", Health.HEALTHY), ("9.99", Health.WARNING), ("4.99", Health.CRITICAL)]
)
def test_without_thresholds_ten_and_five_dollars_do(left: str, health: Health) -> None:
    assert assess(dollars(left), ()).health is health


def test_an_empty_account_is_critical_even_above_every_threshold() -> None:
    assert assess(dollars("0"), ()).health is Health.CRITICAL


def test_not_known_is_unknown_and_each_health_says_why() -> None:
    assert assess(None, THREE).health is Health.UNKNOWN
    assert all(assess(left, THREE).reason.endswith(".") for left in (None, dollars("0"), dollars("60"), dollars("20")))


def test_a_reading_is_stale_once_two_looks_are_overdue() -> None:
    every = timedelta(minutes=30)
    assert not stale(NOW, every, NOW + timedelta(minutes=70))
    assert stale(NOW, every, NOW + timedelta(minutes=71))
    assert not stale(NOW, every, NOW - timedelta(days=1))
