"""When in the week money is spent: a weight for each local weekday and each hour, 1 on average.

An *average day* is the unit of what follows from it: a quiet Sunday is a small part of one, a busy Monday more than
one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from claudetray.core.spending import HOUR, Hours

LEAST_FOR_HOURS = 3 * 24  # hours that were seen before the hour of the day is told apart
LEAST_FOR_WEEKDAYS = 14 * 24  # … and weekdays from weekends
PRIOR_DAYS = 1.0  # of flat spending that every part of the week starts with
PRIOR_HOURS = 2.0
WEEKEND = 5  # from here on; Monday is 0
_FLAT_HOURS, _FLAT_DAYS = (1.0,) * 24, (1.0,) * 7


@dataclass(frozen=True, slots=True)
class WeekProfile:
    """Weights of the local hours of `tz`, and of the weekdays from Monday on."""

    tz: tzinfo
    hours: tuple[float, ...] = _FLAT_HOURS
    weekdays: tuple[float, ...] = _FLAT_DAYS

    def days_in(self, begins: datetime) -> float:
        """How much of an average day the hour that begins then is."""
        local = begins.astimezone(self.tz)
        return self.weekdays[local.weekday()] * self.hours[local.hour] / 24

    def days_between(self, since: datetime, until: datetime) -> float:
        """How many average days lie between two times."""
        days = 0.0
        while since < until:
            step = min(HOUR, until - since)
            days += self.days_in(since) * (step / HOUR)
            since += step
        return days

    def after(self, since: datetime, days: float, most: timedelta) -> datetime | None:
        """The time at which so many average days have passed; None when that is further away than `most`."""
        at = since
        while at - since < most:
            here = self.days_in(at)
            if days <= here:
                return at + (HOUR * (days / here) if here else timedelta(0))
            days -= here
            at += HOUR
        return None


def profile(hours: Hours, tz: tzinfo) -> WeekProfile:
    """The profile of what was spent, as far as there is history for it; flat before."""
    seen, spent = sum(hours.seen), sum(hours.spent)
    if not seen or not spent or seen < LEAST_FOR_HOURS:
        return WeekProfile(tz)
    local = [hours.begins(index).astimezone(tz) for index in range(len(hours.spent))]
    rate = spent / seen
    by_hour = _weights((at.hour for at in local), hours, rate, 24, PRIOR_HOURS)
    if seen < LEAST_FOR_WEEKDAYS:
        return WeekProfile(tz, hours=by_hour)
    # Working days against weekends: single weekdays differ too little for what a few weeks can tell (measured).
    parts = _weights((int(at.weekday() >= WEEKEND) for at in local), hours, rate, 2, PRIOR_DAYS * 24)
    return WeekProfile(tz, hours=by_hour, weekdays=_around_one([parts[day >= WEEKEND] for day in range(7)]))


def _weights(slots: Iterable[int], hours: Hours, rate: float, count: int, prior: float) -> tuple[float, ...]:
    """The rate in each slot in proportion to `rate`; what was seen little of stays near 1."""
    spent, seen = [prior * rate] * count, [prior] * count
    for slot, amount, part in zip(slots, hours.spent, hours.seen, strict=True):
        spent[slot] += amount
        seen[slot] += part
    return _around_one([amount / part / rate for amount, part in zip(spent, seen, strict=True)])


def _around_one(weights: Sequence[float]) -> tuple[float, ...]:
    mean = sum(weights) / len(weights)
    return tuple(weight / mean for weight in weights)
