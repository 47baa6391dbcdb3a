"""Burn rates: money a day, as it was. What it will be is the forecast's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from claudetray.core.spending import DAY, WEEK, Spent
from claudetray.core.times import midnight

USUAL_DAYS, LEAST_USUAL_DAYS = 28, 7
WEEKDAYS_OF = 84  # days
NEARLY_WHOLE = 0.8
LEAST_SEEN = timedelta(hours=1)  # from less no day can be told


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRates:
    """Money a day, as it was; None where nothing is known of that time. `weekdays`: Monday first."""

    today: Decimal | None = None  # since midnight, not a day's
    last_24_hours: Decimal | None = None
    last_7_days: Decimal | None = None
    weekdays: tuple[Decimal | None, ...] = (None,) * 7


NO_RATES = BurnRates()


def burn_rates(spent: Sequence[Spent], now: datetime, tz: tzinfo) -> BurnRates:
    """Burn rates in the local days of `tz`, as means over the time that is known."""
    if not spent:
        return NO_RATES
    return BurnRates(
        today=_sum(spent, midnight(now.astimezone(tz).date(), tz), now),
        last_24_hours=_mean(spent, now - DAY, now),
        last_7_days=_mean(spent, now - WEEK, now),
        weekdays=_weekdays(spent, now, tz),
    )


def usual_day(spent: Sequence[Spent], now: datetime, tz: tzinfo) -> Decimal | None:
    """What a day usually costs: the mean of the whole local days of four weeks; None before there is a week of them."""
    days = [amount for _, amount in _whole_days(spent, now, tz, USUAL_DAYS)]
    return _cents(sum(days, Decimal(0)) / len(days)) if len(days) >= LEAST_USUAL_DAYS else None


def _weekdays(spent: Sequence[Spent], now: datetime, tz: tzinfo) -> tuple[Decimal | None, ...]:
    """Means of whole local days; None for a weekday that was not seen whole yet."""
    sums: list[list[Decimal]] = [[] for _ in range(7)]
    for day, amount in _whole_days(spent, now, tz, WEEKDAYS_OF):
        sums[day.weekday()].append(amount)
    return tuple(_cents(sum(some, Decimal(0)) / len(some)) if some else None for some in sums)


def _whole_days(spent: Sequence[Spent], now: datetime, tz: tzinfo, most: int) -> Iterator[tuple[date, Decimal]]:
    """The local days before today that were seen nearly whole, and what was spent on each."""
    if not spent:
        return
    today = now.astimezone(tz).date()
    first = max(spent[0].since.astimezone(tz).date(), today - most * DAY)
    sums: dict[date, float] = {}
    seen: dict[date, float] = {}
    for one in spent:
        if one.until <= midnight(first, tz):
            continue
        for day, begin, end in _days_of(one, tz):
            sums[day] = sums.get(day, 0.0) + one.within(begin, end)
            seen[day] = seen.get(day, 0.0) + (end - begin) / DAY
    for day in sorted(sums):
        if first <= day < today and seen[day] > NEARLY_WHOLE:
            yield day, Decimal(sums[day])


def _days_of(one: Spent, tz: tzinfo) -> Iterator[tuple[date, datetime, datetime]]:
    """The local days that an interval touches, and its part in each."""
    at = one.since
    while at < one.until:
        day = at.astimezone(tz).date()
        end = min(one.until, midnight(day + DAY, tz))
        yield day, at, end
        at = end


def _sum(spent: Sequence[Spent], since: datetime, until: datetime) -> Decimal | None:
    some = [one for one in spent if one.until > since and one.since < until]
    return _cents(Decimal(sum(one.within(since, until) for one in some))) if some else None


def _seen(spent: Sequence[Spent], since: datetime, until: datetime) -> float:
    known = sum((max(timedelta(0), min(one.until, until) - max(one.since, since)) for one in spent), timedelta(0))
    return known / (until - since) if until > since else 0.0


def _mean(spent: Sequence[Spent], since: datetime, until: datetime) -> Decimal | None:
    amount, seen = _sum(spent, since, until), _seen(spent, since, until)
    return (
        None
        if amount is None or seen * (until - since) < LEAST_SEEN
        else _cents(amount / Decimal((until - since) / DAY * seen))
    )


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
