"""What was spent when, put together from the ledger and from the calls: looks know the sums, calls know the hours."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from claudetray.core.ledger import LedgerEntry
from claudetray.core.spending import HOUR, Spent

ROUGH = timedelta(hours=3)  # a longer interval is told apart by its calls, if there are any
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class HourlyCost:
    """What the calls of an hour cost, in dollars."""

    begins: datetime
    cost: Decimal


def of_ledger(
    entries: Sequence[LedgerEntry], hours: Sequence[HourlyCost], now: datetime, follows_calls: bool
) -> tuple[Spent, ...]:
    """The spending between the entries, oldest first.

    `follows_calls`: do the calls tell of the time since the last entry as well? They do where they explain what was
    spent before; else that time is not known.
    """
    spent: list[Spent] = []
    if follows_calls and entries and hours:
        spent += _of_calls(hours, hours[0].begins, entries[0].since or entries[0].at)
    for entry in entries:
        if entry.since is None or entry.since >= entry.at or entry.spent < 0:
            continue
        whole = Spent(entry.since, entry.at, entry.spent)
        spent += _by_calls(whole, hours) if whole.length > ROUGH else [whole]
    begin = entries[-1].at if entries else hours[0].begins if hours else now
    if follows_calls and begin < now:
        spent += _of_calls(hours, begin, now)
    return tuple(spent)


def of_hours(hours: Sequence[HourlyCost], now: datetime) -> tuple[Spent, ...]:
    """The spending of calls alone, from the first of them on."""
    return tuple(_of_calls(hours, hours[0].begins, now)) if hours else ()


def _of_calls(hours: Sequence[HourlyCost], since: datetime, until: datetime) -> Iterator[Spent]:
    """Every hour between two times, those without a call too."""
    cost = {hour.begins: hour.cost for hour in hours}
    at = since
    while at < until:
        begins = _hour(at)
        end = min(begins + HOUR, until)
        share = Decimal((end - at) / (min(begins + HOUR, until) - begins)) if end > begins else NONE
        yield Spent(at, end, cost.get(begins, NONE) * share)
        at = end


def _by_calls(whole: Spent, hours: Iterable[HourlyCost]) -> list[Spent]:
    """A long interval in hours: the calls where they were, what they do not explain spread evenly."""
    inside = [hour for hour in hours if whole.since - HOUR < hour.begins < whole.until and hour.cost]
    if not inside or not whole.amount:
        return [whole]
    pieces = list(_of_calls(inside, whole.since, whole.until))
    called = sum((piece.amount for piece in pieces), NONE)
    scale = min(Decimal(1), whole.amount / called) if called else NONE
    rest = max(whole.amount - called, NONE) / Decimal(whole.length / HOUR)
    return [
        Spent(piece.since, piece.until, piece.amount * scale + rest * Decimal(piece.length / HOUR)) for piece in pieces
    ]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
