from datetime import timedelta

import pytest

from claudetray.core.cadence import LONGEST_WAIT, after_failure, after_reading
from claudetray.core.errors import Challenged, RateLimited, SessionExpired, Unreachable
from tests.builders import dollars, thresholds

DEFAULT = timedelta(minutes=120)
ROWS = thresholds("50=60", "20=30", "5=10")


@pytest.mark.parametrize(
    ("left", "minutes", "reason"),
    [
        ("60.36", 120, "above every threshold: every 2 h"),
        ("50", 60, "at $50: every 1 h"),
        ("18.20", 30, "below $20: every 30 min"),
        ("0", 10, "below $5: every 10 min"),
        ("-3", 10, "below $5: every 10 min"),
    ],
)
def test_the_balance_decides_when_to_look_again(left: str, minutes: int, reason: str) -> None:
    following = after_reading(dollars(left), ROWS, DEFAULT)
    assert (following.delay, following.reason) == (timedelta(minutes=minutes), reason)


def test_an_unknown_balance_waits_the_default() -> None:
    assert after_reading(None, ROWS, DEFAULT).delay == DEFAULT


def test_failures_back_off_and_never_stop() -> None:
    waits = [after_failure(Unreachable("x"), n).delay for n in range(1, 100)]
    assert waits[:4] == [timedelta(minutes=m) for m in (1, 2, 5, 10)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=15)
    assert after_failure(Challenged("x"), 99).delay == timedelta(hours=1)


def test_what_a_person_must_cure_is_asked_less_often() -> None:
    assert after_failure(SessionExpired("x"), 1).delay == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(days=9), LONGEST_WAIT),
    ],
)
def test_a_wait_that_was_told_is_kept_within_reason(told: timedelta, waits: timedelta) -> None:
    assert after_failure(RateLimited("x", told), 3).delay == waits
    assert after_failure(Unreachable("x", told), 3).delay == waits


def test_being_told_to_wait_seconds_still_means_a_minute() -> None:
    following = after_failure(RateLimited("x", timedelta(seconds=7)), 5)
    assert (following.delay, following.reason) == (timedelta(minutes=1), "Asked too often: again in 1 min")


def test_a_rate_limit_that_says_nothing_backs_off() -> None:
    assert after_failure(RateLimited("x"), 3).delay == timedelta(minutes=5)
