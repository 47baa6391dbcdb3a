"""The forecast: when the money ends, as a median and a range that holds the truth four times in five.

Pure: it is told what was spent, what is left and when. docs/forecast.md has the method, and how well it does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from claudetray.core import burn_model
from claudetray.core.burn_model import Block, BurnModel
from claudetray.core.spending import DAY, HOUR, WEEK, Hours, Spent, by_hours
from claudetray.core.week_profile import LEAST_FOR_HOURS, LEAST_FOR_WEEKDAYS, WeekProfile, profile

MOST_HISTORY = 84  # days
LEAST_HISTORY = DAY
LEAST_SPENDS = 3  # intervals with spending: one burst is no rate
LEAST_LEFT = 0.01  # dollars
HORIZON = timedelta(days=366)
EARLY, MEDIAN, LATE = 0.1, 0.5, 0.9  # chances that the money has run out by then


@dataclass(frozen=True, slots=True)
class Expiring:
    """Credit that lapses at a time, if it is not spent before. What lapses first is spent first."""

    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When the money ends. `low` and `high` are the ends of the 80 % range; None is beyond a year.

    `reason` says why there is no date; `basis` what it was made from.
    """

    at: datetime
    burn_rate: Decimal | None = None  # a day
    runs_out_at: datetime | None = None
    low: datetime | None = None
    high: datetime | None = None
    basis: str = ""
    reason: str = ""
    currency: str = "USD"  # of the burn rate

    @property
    def days(self) -> Decimal | None:
        """Days until it ends, to a hundredth."""
        if self.runs_out_at is None:
            return None
        return Decimal((self.runs_out_at - self.at) / DAY).quantize(Decimal("0.01"))


def forecast(
    left: Decimal | None,
    spent: Sequence[Spent],
    at: datetime,
    tz: tzinfo,
    expiring: Iterable[Expiring] = (),
    known_at: datetime | None = None,
) -> Forecast:
    """The forecast at a time, from what was spent before it. Weekdays and hours are those of `tz`.

    `known_at`: when that much was left, if that was some time ago; what was spent since is not known then.
    """
    since = min(known_at or at, at)
    if left is None:
        return Forecast(at=at, reason="The balance is not known.")
    if left <= 0:
        return Forecast(at=at, runs_out_at=at, low=at, high=at, reason="The credit is used up.")
    learned = _learned(spent, since, at, tz)
    if isinstance(learned, str):
        return Forecast(at=at, reason=learned)
    hours, week, model = learned
    lots = sorted((lot for lot in expiring if lot.at > since and lot.amount > 0), key=lambda lot: lot.at)
    ends = (_runs_out(float(left), model, week, since, lots, chance) for chance in (EARLY, MEDIAN, LATE))
    low, median, high = (None if end is None else max(end, at) for end in ends)
    return Forecast(
        at=at,
        burn_rate=Decimal(model.rate).quantize(Decimal("0.01")),
        runs_out_at=median,
        low=low,
        high=high,
        basis=_basis(hours),
        reason="" if median else "At this rate it lasts for more than a year.",
    )


def expectation(spent: Sequence[Spent], since: datetime, tz: tzinfo) -> "Expectation":
    """What history says of the time from `since` (now) on."""
    learned = _learned(spent, since, since, tz)
    if isinstance(learned, str):
        return Expectation(since, None, 0.0)
    _, week, model = learned
    return Expectation(since, week, model.rate)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is likely to be spent. Learning it takes long, asking it does not."""

    since: datetime
    week: WeekProfile | None
    rate: float  # a usual day

    def until(self, end: datetime) -> Decimal | None:
        """What is likely to be spent until then; None where history says nothing."""
        if self.week is None:
            return None
        return Decimal(self.rate * self.week.days_between(self.since, end)).quantize(Decimal("0.01"))


def expected(spent: Sequence[Spent], since: datetime, until: datetime, tz: tzinfo) -> Decimal | None:
    """What is likely to be spent from `since` (now) to `until`; None where history says nothing."""
    return expectation(spent, since, tz).until(until)


def _learned(
    spent: Sequence[Spent], since: datetime, at: datetime, tz: tzinfo
) -> tuple[Hours, WeekProfile, BurnModel] | str:
    """What history until `since` teaches; or why it says nothing at that time."""
    known = [one for one in spent if one.until <= since]
    hours = by_hours(known, since, MOST_HISTORY)
    if reason := _says_nothing(known, hours, at):
        return reason
    week = profile(hours, tz)
    return hours, week, burn_model.learned(_blocks(hours, week))


def _says_nothing(spent: Sequence[Spent], hours: Hours, at: datetime) -> str:
    """Why there is no forecast, if so."""
    seen = sum(hours.seen) * HOUR
    if seen < LEAST_HISTORY:
        return f"Not enough history yet: {seen // HOUR} of {LEAST_HISTORY // HOUR} hours."
    spends = [one for one in spent if one.amount > 0]
    if not spends:
        return "Nothing was spent yet."
    if max(one.until for one in spends) < at - WEEK:
        return "Nothing was spent in the last 7 days."
    if len(spends) < LEAST_SPENDS:
        return "Not enough history yet: money was spent only once or twice."
    return ""


def _blocks(hours: Hours, week: WeekProfile) -> list[Block]:
    """Days that end at the hour of the forecast: none is cut short by what is still to come."""
    blocks = []
    for end in range(len(hours.spent), 0, -24):
        some = range(max(0, end - 24), end)
        days = sum(week.days_in(hours.begins(index)) * hours.seen[index] for index in some)
        blocks.append(Block(sum(hours.spent[index] for index in some), days))
    return blocks[::-1]


def _runs_out(
    left: float, model: BurnModel, week: WeekProfile, at: datetime, lots: Sequence[Expiring], chance: float
) -> datetime | None:
    """When it has run out with that chance, on the path on which lots lapse as far as they are not spent by then."""
    lapsed = due = 0.0
    for lot in lots:
        end = _emptied(left - lapsed, model, week, at, chance)
        if lot.at - at > HORIZON or (end is not None and end <= lot.at):
            return end
        due += float(lot.amount)
        spent = model.spent_within(week.days_between(at, lot.at), chance)
        lapsed += max(0.0, due - lapsed - spent)
        if left - lapsed - spent < LEAST_LEFT:
            return lot.at
    return _emptied(left - lapsed, model, week, at, chance)


def _emptied(left: float, model: BurnModel, week: WeekProfile, at: datetime, chance: float) -> datetime | None:
    days = model.days_until(left, chance)
    return None if days is None else week.after(at, days, HORIZON)


def _basis(hours: Hours) -> str:
    seen = sum(hours.seen)
    days = max(1, round(len(hours.seen) / 24))
    told = (
        "with working days, weekends and hours told apart"
        if seen >= LEAST_FOR_WEEKDAYS
        else "with the hours of the day told apart"
        if seen >= LEAST_FOR_HOURS
        else "as if every hour were alike"
    )
    return f"{days} {'day' if days == 1 else 'days'} of history, {told}"
