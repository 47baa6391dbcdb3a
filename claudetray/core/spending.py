"""Spending: what left a balance and when, told apart from what was added to it. Statistics never see a top-up.

Money is Decimal up to here; from the intervals on, rates are estimates and therefore floats.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# Credit is mostly bought in steps of $5, or in whole dollars (our guess): what is missing to the step was spent.
STEPS = (Decimal(5), Decimal(1))
PLAUSIBLE = 4  # times the usual rate: what may have been spent beside a top-up
# A drop that is so many times the next largest, and so many times the usual rate, was no use: a tranche that expired.
STANDS_OUT = 6
SHORT = timedelta(hours=6)  # beyond it a large drop is no wonder


@dataclass(frozen=True, slots=True)
class Spent:
    """Money that was spent between two times; at what moments is not known."""

    since: datetime
    until: datetime
    amount: Decimal

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    def within(self, since: datetime, until: datetime) -> float:
        """The part of it that falls between two times, spread evenly over its length."""
        overlap = min(self.until, until) - max(self.since, since)
        return float(self.amount) * (overlap / self.length) if overlap > timedelta(0) else 0.0


def of_balances(balances: Iterable[tuple[datetime, Decimal]]) -> tuple[Spent, ...]:
    """What a bare list of balances tells, oldest first; where it cannot tell, the interval is left out.

    A rise is a top-up, and what was spent beside it is what is missing to a round amount, if that is plausible.
    A single drop that stands out far is no use either: a tranche that expired, or a correction.
    """
    known = sorted(dict(balances).items())
    steps = [(since, until, before - after) for (since, before), (until, after) in pairwise(known)]
    drops = _without_lapses([Spent(*step) for step in steps if step[2] >= 0])
    usual = _rate(drops)
    spent = [*drops, *(found for step in steps if step[2] < 0 and (found := _beside_top_up(Spent(*step), usual)))]
    return tuple(sorted(spent, key=lambda one: one.since))


def _rate(spent: Sequence[Spent]) -> float:
    """Dollars a second."""
    seconds = sum((one.length for one in spent), timedelta(0)).total_seconds()
    return sum(float(one.amount) for one in spent) / seconds if seconds else 0.0


def _beside_top_up(rise: Spent, usual: float) -> Spent | None:
    """What was spent in an interval in which the balance rose by `-rise.amount`; None where nothing tells."""
    most = Decimal(PLAUSIBLE * usual * rise.length.total_seconds())
    for step in STEPS:
        bought = (-rise.amount / step).to_integral_value(ROUND_CEILING) * step
        if bought + rise.amount <= most:
            return Spent(rise.since, rise.until, bought + rise.amount)
    return None


def _without_lapses(drops: list[Spent]) -> list[Spent]:
    largest = sorted((one for one in drops if one.length <= SHORT), key=lambda one: one.amount)[-2:]
    if len(largest) < 2:
        return drops
    second, first = largest
    others = [one for one in drops if one is not first]
    usual = _rate(others) * max(first.length, HOUR).total_seconds()
    if usual > 0 and first.amount > STANDS_OUT * second.amount and float(first.amount) > STANDS_OUT * usual:
        return others
    return drops


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Spending by hours that end at `until`, oldest first. `seen`: the part of each hour that is known, 0 … 1."""

    until: datetime
    spent: tuple[float, ...]
    seen: tuple[float, ...]

    def begins(self, index: int) -> datetime:
        return self.until - (len(self.spent) - index) * HOUR


def by_hours(spent: Iterable[Spent], until: datetime, most_days: int) -> Hours:
    """The spending before `until`, in hours counted back from it."""
    known = [one for one in spent if one.since < until and one.length > timedelta(0)]
    reach = min(most_days * DAY, max((until - one.since for one in known), default=timedelta(0)))
    count = -(-reach // HOUR)
    start = until - count * HOUR
    amounts, seen = [0.0] * count, [0.0] * count
    for one in known:
        rate = float(one.amount) / (one.length / HOUR)
        begin, end = max(0.0, (one.since - start) / HOUR), min(count, (one.until - start) / HOUR)
        for index in range(int(begin), min(count, int(end) + 1)):
            part = min(end, index + 1) - max(begin, index)
            if part > 0:
                amounts[index] += rate * part
                seen[index] += part
    return Hours(until=until, spent=tuple(amounts), seen=tuple(seen))
