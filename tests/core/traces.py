"""Simulated balances for the tests of the forecast: spending by the hour, looks, and the moment at which it ends."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from tests.builders import NOW

HOUR = timedelta(hours=1)
Spend = Callable[[datetime], float]


def steady(rate: float = 4.8) -> Spend:
    """Units: dollars a day."""
    return lambda at: rate / 24


def office(rate: float = 10.0) -> Spend:
    """On working days from nine to five."""
    return lambda at: rate / 8 if at.weekday() < 5 and 9 <= at.hour < 17 else 0.0


def noisy(rate: float, seed: int) -> Spend:
    chance = random.Random(seed)
    levels: dict[object, float] = {}

    def spend(at: datetime) -> float:
        level = levels.setdefault(at.date(), chance.lognormvariate(-0.08, 0.4))
        return rate / 24 * level

    return spend


def balances(
    spend: Spend, left: str, days: int, until: datetime = NOW, every: int = 1
) -> list[tuple[datetime, Decimal]]:
    """Looks every so many hours for so many days; at the end so much is left."""
    amount, found = float(left), [(until, Decimal(left))]
    for hour in range(1, days * 24 + 1):
        at = until - hour * HOUR
        amount += spend(at)
        if hour % every == 0:
            found.append((at, Decimal(f"{amount:.2f}")))
    return found[::-1]


def ends(spend: Spend, left: str, since: datetime = NOW) -> datetime:
    """When nothing is left any more."""
    amount, at = float(left), since
    while amount > 0:
        here = spend(at)
        if here >= amount:
            return at + HOUR * (amount / here)
        amount -= here
        at += HOUR
    return at
