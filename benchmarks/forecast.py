"""How well the forecast does on simulated traces, against the mean of the last seven days.

    .venv/bin/python benchmarks/forecast.py [TRACES] [SEED]

So many traces of each kind, 150 by default. A trace is spending hour by hour and looks at the balance, cut at a time;
the truth is when the same spending, going on without a top-up, empties the balance. Prints a line for each kind, and
exits 1 when the median date error is not below the mean's, or the 80 % range does not hold 75 to 85 % of the truths.
"""

import math
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from claudetray.core.forecast import Forecast, forecast
from claudetray.core.spending import of_balances

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HISTORY = (3, 5, 7, 10, 14, 21, 28, 42, 60)  # days
LOOKS = (0.25, 0.5, 1, 2, 4)  # hours
AHEAD = (0.5, 45)  # days that the balance is meant to last
FURTHEST = 75 * 24  # hours
COVERED = (0.75, 0.85)
Levels = Iterator[float]  # spending of each hour, 1 on average
Kind = Callable[[random.Random], Levels]


def steady(chance: random.Random) -> Levels:
    spread = chance.choice([0, 0.1, 0.3, 0.6])
    while True:
        yield max(0.0, chance.gauss(1, spread))


def daily(chance: random.Random) -> Levels:
    """Days differ, and nights are quiet."""
    spread, night = chance.uniform(0.2, 0.7), chance.uniform(0, 0.5)
    while True:
        day = _level(chance, spread)
        for hour in range(24):
            yield day * (1.5 if 8 <= hour < 22 else night)


def bursty(chance: random.Random) -> Levels:
    """Jobs of an hour, now and then."""
    often, spread = chance.uniform(0.02, 0.15), chance.uniform(0.3, 1.2)
    while True:
        yield _level(chance, spread) / often if chance.random() < often else 0.0


def rare_days(chance: random.Random) -> Levels:
    often = chance.uniform(0.1, 0.4)
    while True:
        busy, day = chance.random() < often, _level(chance, 0.5)
        for _ in range(24):
            yield day / often * chance.uniform(0, 2) if busy else 0.1 * chance.random()


def weekdays(chance: random.Random) -> Levels:
    spread, weekend = chance.uniform(0.1, 0.5), chance.choice([0, 0, 0.1, 0.2])
    while True:
        for day in range(7):
            level = _level(chance, spread) * (1.4 if day < 5 else weekend)
            for hour in range(24):
                yield level * (2.6 if 9 <= hour < 18 else 0.1) * chance.uniform(0.5, 1.5)


def idle_gaps(chance: random.Random) -> Levels:
    spread, on = chance.uniform(0.1, 0.5), True
    while True:
        for _ in range(chance.randint(3, 12) if on else chance.randint(1, 5)):
            level = _level(chance, spread) if on else 0.0
            for hour in range(24):
                yield level * (2 if 9 <= hour < 19 else 0.3)
        on = not on


def changed(chance: random.Random) -> Levels:
    """Twice or half as much, from some day on."""
    spread, factor = chance.uniform(0.1, 0.4), chance.choice([0.4, 0.5, 2, 2.5])
    day, when = 0, chance.randint(2, 50)
    while True:
        level = _level(chance, spread) * (factor if day >= when else 1)
        yield from (level * chance.uniform(0.3, 1.7) for _ in range(24))
        day += 1


KINDS: dict[str, Kind] = {
    "steady": steady,
    "days differ": daily,
    "bursts": bursty,
    "rare busy days": rare_days,
    "weekdays only": weekdays,
    "idle gaps": idle_gaps,
    "changed habit": changed,
}


def _level(chance: random.Random, spread: float) -> float:
    return chance.lognormvariate(-spread * spread / 2, spread)


@dataclass(frozen=True)
class Trace:
    looks: list[tuple[datetime, Decimal]]
    ends: datetime

    @property
    def at(self) -> datetime:
        return self.looks[-1][0]


def traces(kind: str, count: int, seed: int) -> Iterator[Trace]:
    chance = random.Random(f"{kind} {seed}")
    while count:
        if (made := _trace(KINDS[kind], chance)) is not None:
            count -= 1
            yield made


def _trace(kind: Kind, chance: random.Random) -> Trace | None:
    """None where the balance would end too soon or too late to be a question."""
    days, rate = chance.choice(HISTORY), math.exp(chance.uniform(math.log(0.5), math.log(60))) / 24
    spending = kind(chance)
    for _ in range(begins := chance.randrange(7 * 24)):
        next(spending)
    past = [rate * next(spending) for _ in range(days * 24)]
    ahead = math.exp(chance.uniform(*map(math.log, AHEAD)))
    left = round(rate * 24 * ahead * chance.uniform(0.8, 1.25), 2)
    future, spent = 0, 0.0
    while (cost := rate * next(spending)) + spent < left:
        future, spent = future + 1, spent + cost
        if future > FURTHEST:
            return None
    hours = future + (left - spent) / cost
    if hours < 12 or sum(past) <= 0 or left < 0.5:
        return None
    at = BEGIN + (begins + days * 24) * HOUR
    return Trace(_looks(past, left, at, chance), at + hours * HOUR)


def _looks(past: list[float], left: float, at: datetime, chance: random.Random) -> list[tuple[datetime, Decimal]]:
    """Looks at irregular times, the last one at the cut; in half of the traces with top-ups between them."""
    step, tops = chance.choice(LOOKS), chance.random() < 0.5
    size = max(5, 5 * round((sum(past) + left) * 0.4 / 5))
    total, hour, found = left, float(len(past)), [(at, Decimal(f"{left:.2f}"))]
    while hour > 0:
        before = max(0.0, hour - step * chance.uniform(0.7, 1.3))
        total += _between(past, before, hour)
        if tops and total > size * 1.2 and chance.random() < 0.2:
            total -= size
        hour = before
        found.append((at - (len(past) - hour) * HOUR, Decimal(f"{total:.2f}")))
    return found[::-1]


def _between(past: list[float], since: float, until: float) -> float:
    hours = range(int(since), min(len(past), math.ceil(until)))
    return sum(past[hour] * (min(until, hour + 1) - max(since, hour)) for hour in hours)


def seven_day_mean(trace: Trace) -> datetime | None:
    """The rival: what was spent in seven days, or in as many as there are."""
    looks = [look for look in trace.looks if look[0] > trace.at - 7 * DAY]
    spent = sum(max(before[1] - after[1], Decimal(0)) for before, after in pairwise(looks))
    length = trace.at - looks[0][0]
    return trace.at + float(looks[-1][1] / spent) * length if spent else None


def told(trace: Trace) -> Forecast:
    return forecast(trace.looks[-1][1], of_balances(trace.looks), trace.at, UTC, known_at=trace.at)


def main(count: int, seed: int) -> int:
    errors: list[float] = []
    rivals: list[float] = []
    held: list[bool] = []
    print(f"{'kind':<16} {'error':>7} {'7 days':>7} {'closer':>7} {'held':>6}   (medians in days; traces; range)")
    for kind in KINDS:
        ours, theirs, inside = [], [], []
        for trace in traces(kind, count, seed):
            found, rival = told(trace), seven_day_mean(trace)
            if found.runs_out_at is None or found.low is None or rival is None:
                continue
            ours.append(abs(found.runs_out_at - trace.ends) / DAY)
            theirs.append(abs(rival - trace.ends) / DAY)
            inside.append(found.low <= trace.ends and (found.high is None or trace.ends <= found.high))
        closer = sum(one < other for one, other in zip(ours, theirs, strict=True)) / len(ours)
        print(
            f"{kind:<16} {statistics.median(ours):>7.2f} {statistics.median(theirs):>7.2f} {closer:>6.0%}"
            f" {sum(inside) / len(inside):>6.0%}   {len(ours)} of {count}"
        )
        errors, rivals, held = errors + ours, rivals + theirs, held + inside
    median, rival_median, share = statistics.median(errors), statistics.median(rivals), sum(held) / len(held)
    print(f"{'all':<16} {median:>7.2f} {rival_median:>7.2f} {'':>7} {share:>6.0%}")
    print(f"{'mean error':<16} {statistics.mean(errors):>7.2f} {statistics.mean(rivals):>7.2f}")
    return 0 if median < rival_median and COVERED[0] <= share <= COVERED[1] else 1


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [150, 1][len(arguments) :])))
