"""Health: how bad a balance is, and why, in a sentence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from claudetray.core import words
from claudetray.core.money import Money
from claudetray.core.thresholds import Threshold, reached, remaining

LATE = timedelta(minutes=10)


class Health(StrEnum):
    HEALTHY = "healthy"
    CAUTION = "caution"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A health and the reason for it."""

    health: Health
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of the rules. The amounts hold where nobody set a threshold: levels that people know (facts, a2).

    `busy`: how many times a usual day's spending calls for caution.
    """

    critical_below: Decimal = Decimal(5)
    warning_below: Decimal = Decimal(10)
    critical_days: Decimal = Decimal(1)
    warning_days: Decimal = Decimal(2)
    busy: Decimal = Decimal(2)


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where the balance is heading; None for what is not known. Units: days; dollars a day.

    `ends_early`: will it run out before the period that it is meant for ends?
    """

    days: Decimal | None = None
    ends_early: bool = False
    today: Decimal | None = None
    usual_day: Decimal | None = None


NO_COURSE = Course()


def assess(
    left: Money | None,
    thresholds: Collection[Threshold],
    course: Course = NO_COURSE,
    limits: Limits = DEFAULT_LIMITS,
) -> Assessment:
    """The health of a balance: the worst that any rule finds, and why. Where two find the same, the first one speaks.

    The person's thresholds come first (without any, two amounts do), then the runway, then how fast money goes.
    """
    if left is None:
        return Assessment(Health.UNKNOWN, "The balance is not known.")
    if left.amount <= 0:
        return Assessment(Health.CRITICAL, "The credit is used up.")
    by_balance = _by_thresholds(left, thresholds) if thresholds else _by_amounts(left, limits)
    found = [one for one in (by_balance, _by_runway(course, limits), _by_pace(course, limits)) if one is not None]
    return max(found, key=lambda one: SEVERITY[one.health])


# How bad, for comparing. Unknown is worse than healthy: nobody can say.
SEVERITY = {Health.HEALTHY: 0, Health.UNKNOWN: 1, Health.CAUTION: 2, Health.WARNING: 3, Health.CRITICAL: 4}


def _by_thresholds(left: Money, thresholds: Collection[Threshold]) -> Assessment:
    """The last threshold passed is critical, the one before it a warning, any earlier one calls for caution."""
    here = reached(thresholds, left)
    if here is None:
        return Assessment(Health.HEALTHY, "Above every threshold.")
    health = {0: Health.CRITICAL, 1: Health.WARNING}.get(remaining(thresholds, left), Health.CAUTION)
    return Assessment(health, f"At or below {words.short_money(Money(here.at, left.currency))}.")


def _by_amounts(left: Money, limits: Limits) -> Assessment:
    for below, health in ((limits.critical_below, Health.CRITICAL), (limits.warning_below, Health.WARNING)):
        if left.amount < below:
            return Assessment(health, f"Below {words.short_money(Money(below, left.currency))}.")
    return Assessment(Health.HEALTHY, "No thresholds are set.")


def _by_runway(course: Course, limits: Limits) -> Assessment | None:
    if course.days is None:
        return None
    for under, health in ((limits.critical_days, Health.CRITICAL), (limits.warning_days, Health.WARNING)):
        if course.days < under:
            return Assessment(health, f"It is likely to be empty in {words.runway(course.days)}.")
    return None


def _by_pace(course: Course, limits: Limits) -> Assessment | None:
    if course.ends_early:
        return Assessment(Health.CAUTION, "At this rate it runs out before its period ends.")
    today, usual = course.today, course.usual_day
    if today is not None and usual is not None and usual > 0 and today > limits.busy * usual:
        return Assessment(
            Health.CAUTION,
            f"{words.money(Money(today))} was spent today, where a usual day takes {words.money(Money(usual))}.",
        )
    return None


def stale(taken_at: datetime, look_every: timedelta, now: datetime) -> bool:
    """Has the reading grown old: are two looks overdue?"""
    return now - taken_at > 2 * look_every + LATE
