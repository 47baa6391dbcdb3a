"""Health: how bad a balance is, and why, in a sentence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from claudetray.core import words
from claudetray.core.money import Money
from claudetray.core.thresholds import Threshold, reached, remaining

# Where nobody set a threshold: the levels of the budget ledger that people know (facts, a2).
CRITICAL_BELOW = Decimal(5)
WARNING_BELOW = Decimal(10)
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


def assess(left: Money | None, thresholds: Collection[Threshold]) -> Assessment:
    """The health of a balance. The person's thresholds decide; without any, $5 and $10 do.

    The last threshold passed is critical, the one before it a warning, any earlier one calls for caution.
    """
    if left is None:
        return Assessment(Health.UNKNOWN, "The balance is not known.")
    if left.amount <= 0:
        return Assessment(Health.CRITICAL, "The credit is used up.")
    if not thresholds:
        return _without_thresholds(left)
    here = reached(thresholds, left)
    if here is None:
        return Assessment(Health.HEALTHY, "Above every threshold.")
    health = {0: Health.CRITICAL, 1: Health.WARNING}.get(remaining(thresholds, left), Health.CAUTION)
    return Assessment(health, f"At or below {words.short_money(Money(here.at, left.currency))}.")


def _without_thresholds(left: Money) -> Assessment:
    for below, health in ((CRITICAL_BELOW, Health.CRITICAL), (WARNING_BELOW, Health.WARNING)):
        if left.amount < below:
            return Assessment(health, f"Below {words.short_money(Money(below, left.currency))}.")
    return Assessment(Health.HEALTHY, "No thresholds are set.")


def stale(taken_at: datetime, look_every: timedelta, now: datetime) -> bool:
    """Has the reading grown old: are two looks overdue?"""
    return now - taken_at > 2 * look_every + LATE
