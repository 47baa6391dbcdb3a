"""Cadence: when to look again, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from claudetray.core import words
from claudetray.core.errors import SourceError, Unreachable
from claudetray.core.money import Money
from claudetray.core.thresholds import Threshold, reached

LEAST = timedelta(minutes=1)  # never more often than this by itself
LONGEST_WAIT = timedelta(hours=24)  # even when told to wait longer: monitoring never ends
# After the first, second, … failure in a row; the last one stays.
PASSING = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 20, 30, 60))
OFFLINE = (*PASSING[:4], timedelta(minutes=15))  # not every system tells when the network is back
FOR_A_PERSON = tuple(timedelta(minutes=m) for m in (15, 30, 60))


@dataclass(frozen=True, slots=True)
class NextLook:
    """How long to wait before the next look, and the reason."""

    delay: timedelta
    reason: str


def after_reading(
    left: Money | None, thresholds: Iterable[Threshold], default: timedelta, least: timedelta = timedelta(0)
) -> NextLook:
    """The lowest threshold reached decides, else `default`; never sooner than `least`, which the web page asks for."""
    wanted = _wanted(left, thresholds, default)
    if wanted.delay >= least:
        return wanted
    return NextLook(least, f"through the web page: every {words.duration(least)}")


def _wanted(left: Money | None, thresholds: Iterable[Threshold], default: timedelta) -> NextLook:
    if left is None:
        return NextLook(default, f"balance not known: every {words.duration(default)}")
    here = reached(thresholds, left)
    if here is None:
        return NextLook(default, f"above every threshold: every {words.duration(default)}")
    mark = words.short_money(Money(here.at, left.currency))
    side = "at" if left.amount == here.at else "below"
    return NextLook(here.look_every, f"{side} {mark}: every {words.duration(here.look_every)}")


def after_failure(error: SourceError, failures: int, least: timedelta = timedelta(0)) -> NextLook:
    """Back off with each failure in a row (`failures` ≥ 1), but never stop; never sooner than `least`."""
    ladder = FOR_A_PERSON if error.needs_person else OFFLINE if isinstance(error, Unreachable) else PASSING
    delay = ladder[min(failures, len(ladder)) - 1]
    if error.retry_after is not None and error.retry_after > LEAST:
        told = min(error.retry_after, LONGEST_WAIT)
        return NextLook(told, f"told to wait {words.duration(told)}")
    if error.retry_after is not None:
        delay = LEAST
    delay = max(delay, least)
    return NextLook(delay, f"{error.title}: again in {words.duration(delay)}")
