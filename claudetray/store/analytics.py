"""Answers about usage, from the roll-ups alone: they cost the same at ten thousand calls and at ten million.

A roll-up's hour belongs to the local day and hour in which it begins; that matters only where clocks differ from UTC
by a fraction of an hour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from claudetray.core.analytics import AnalyticsQuery, Day, HeatCell, Share, Sums
from claudetray.core.times import EPOCH
from claudetray.core.usage import REAL
from claudetray.store import rollups
from claudetray.store.database import Database
from claudetray.store.rollups import ALL, DAY_HOURS, SUMS, UNTAGGED, first_hour
from claudetray.store.selection import refuse_half
from claudetray.store.statements import Row, row, rows

HOUR_S, DAY_S = 3_600, 86_400
_THURSDAY = 3  # 1 January 1970
_ZERO = Sums()


class AnalyticsKept:
    """What the calls of a range sum up to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def summary(self, query: AnalyticsQuery) -> Sums:
        return await self._database.read(lambda: _summary(query))

    async def daily(self, query: AnalyticsQuery, tz: tzinfo) -> tuple[Day, ...]:
        """Every local day of the range, oldest first, those without calls too."""
        return await self._database.read(lambda: _daily(query, tz))

    async def by_model(self, query: AnalyticsQuery) -> tuple[Share, ...]:
        """Dearest first, as all shares."""
        return await self._database.read(lambda: _shares(query, "model"))

    async def by_client(self, query: AnalyticsQuery) -> tuple[Share, ...]:
        return await self._database.read(lambda: _shares(query, "client"))

    async def by_tag(self, query: AnalyticsQuery) -> tuple[Share, ...]:
        """A call counts for each of its tags; those without any are the share without a name."""
        return await self._database.read(lambda: _shares(query, "tag_id"))

    async def heatmap(self, query: AnalyticsQuery, tz: tzinfo) -> tuple[HeatCell, ...]:
        """The 168 hours of a local week, from Monday 0:00 on."""
        return await self._database.read(lambda: _heatmap(query, tz))


def cost(query: AnalyticsQuery) -> int:
    """What the calls of a range cost, in 10^-12 dollars. For use inside the store's thread."""
    return _summary(query).cost_pico


def by_hour(query: AnalyticsQuery) -> list[Row]:
    """The hours of a range with a call, each with its sums, as `SUMS` selects them.

    For use inside the store's thread.
    """
    wanted = _slice(query)
    first, last = first_hour(query.since), first_hour(query.until)
    return sorted(wanted.sums(False, first, last, "bucket")) if wanted else []


@dataclass(frozen=True, slots=True)
class _Slice:
    """Rows of the roll-ups: of one grain, with some columns fixed. `free` is the column that is told apart."""

    query: AnalyticsQuery
    tag_id: int
    free: str | None = None

    def sums(self, daily: bool, first: int, last: int, by: str, *values: int) -> list[Row]:
        """Sums of the buckets `first <= bucket < last`, grouped by an expression."""
        where, fixed = self._where(daily, first, last)
        return rows(f"SELECT {by}, {SUMS} FROM rollup WHERE {where} GROUP BY 1", (*values, *fixed))

    def _where(self, daily: bool, first: int, last: int) -> tuple[str, tuple[object, ...]]:
        query = self.query
        by_model, by_client = query.model is not None, query.client is not None
        number = rollups.grain(
            daily=daily, by_model=by_model or self.free == "model", by_client=by_client or self.free == "client"
        )
        origins = REAL if query.origin is None else (query.origin,)
        fixed: dict[str, object] = {"tag_id": self.tag_id, "model": query.model or "", "client": query.client or ""}
        terms, values = ["grain = ?"], [number]  # type: tuple[list[str], list[object]]
        for name, value in fixed.items():
            if name == self.free:
                # One by one, for each is a short stretch of the key; together they would be all of it.
                names, parameters = self._names(name, daily, first, last)
                terms.append(f"{name} IN ({names})")
                values += parameters
            else:
                terms.append(f"{name} = ?")
                values.append(value)
        terms += ["bucket >= ?", "bucket < ?", f"origin IN ({', '.join('?' * len(origins))})"]
        return " AND ".join(terms), (*values, first, last, *origins)

    def _names(self, name: str, daily: bool, first: int, last: int) -> tuple[str, tuple[object, ...]]:
        own = getattr(self.query, {"model": "model", "client": "client", "tag_id": "tag"}[name])
        if own is not None:
            return "?", (self.tag_id if name == "tag_id" else own,)
        if name == "tag_id":
            return f"SELECT id FROM tag UNION ALL SELECT {UNTAGGED}", ()
        number = rollups.grain(daily=True, by_model=name == "model", by_client=name == "client")
        days = (first, last) if daily else (first // DAY_HOURS, -(-last // DAY_HOURS))
        sql = f"SELECT DISTINCT {name} FROM rollup WHERE grain = ? AND tag_id = ? AND bucket >= ? AND bucket < ?"
        return sql, (number, self.tag_id, *days)


def _summary(query: AnalyticsQuery) -> Sums:
    wanted = _slice(query)
    return sum((part for found in _parts(wanted, query) for part in found.values()), _ZERO) if wanted else _ZERO


def _daily(query: AnalyticsQuery, tz: tzinfo) -> tuple[Day, ...]:
    first, last = first_hour(query.since), first_hour(query.until)
    if first >= last:
        return ()
    start, end = ((_begins(hour).astimezone(tz)).date() for hour in (first, last - 1))
    sums = dict.fromkeys((start + timedelta(days=day) for day in range((end - start).days + 1)), _ZERO)
    for day, one in _by_local_hour(query, tz, f"(bucket * {HOUR_S} + ?) / {DAY_S}"):
        sums[date.fromordinal(EPOCH.toordinal() + day)] += one
    return tuple(Day(date=day, sums=one) for day, one in sums.items())


def _heatmap(query: AnalyticsQuery, tz: tzinfo) -> tuple[HeatCell, ...]:
    sums = dict.fromkeys(range(7 * DAY_HOURS), _ZERO)
    hour_of_week = f"((bucket * {HOUR_S} + ?) / {HOUR_S} + {_THURSDAY * DAY_HOURS}) % {7 * DAY_HOURS}"
    for hour, one in _by_local_hour(query, tz, hour_of_week):
        sums[hour] += one
    return tuple(HeatCell(weekday=hour // DAY_HOURS, hour=hour % DAY_HOURS, sums=one) for hour, one in sums.items())


def _shares(query: AnalyticsQuery, by: str) -> tuple[Share, ...]:
    wanted = _slice(query, by)
    shares: dict[object, Sums] = {}
    for found in _parts(wanted, query, by) if wanted else ():
        for name, one in found.items():
            shares[name] = shares.get(name, _ZERO) + one
    named: dict[object, str | None] = {"": None, UNTAGGED: None}
    if by == "tag_id":
        named.update(rows("SELECT id, name FROM tag"))
    found_shares = [Share(name=named.get(key, str(key)), sums=one) for key, one in shares.items()]
    return tuple(sorted(found_shares, key=lambda share: (-share.sums.cost_pico, -share.sums.calls, share.name or "")))


def _slice(query: AnalyticsQuery, free: str | None = None) -> _Slice | None:
    """None when the query names a tag that nobody has. Raises: QueryRefused."""
    refuse_half(query.model, query.client, query.tag)
    if query.tag is None:
        return _Slice(query, ALL, free)
    found = row("SELECT id FROM tag WHERE name = ?", (query.tag,))
    return _Slice(query, found[0], free) if found else None


def _parts(wanted: _Slice, query: AnalyticsQuery, by: str = "0") -> Iterator[dict[object, Sums]]:
    """The range as whole UTC days, and the hours before and after them."""
    first, last = first_hour(query.since), first_hour(query.until)
    day, end = -(-first // DAY_HOURS), last // DAY_HOURS
    inner = (True, day, end), (False, first, day * DAY_HOURS), (False, end * DAY_HOURS, last)
    for daily, start, stop in inner if day < end else ((False, first, last),):
        if start < stop:
            yield {found[0]: rollups.sums(found[1:]) for found in wanted.sums(daily, start, stop, by)}


def _by_local_hour(query: AnalyticsQuery, tz: tzinfo, by: str) -> Iterator[tuple[int, Sums]]:
    """Sums by an expression in `bucket` and the seconds that local time is ahead of UTC."""
    wanted = _slice(query)
    if wanted is None:
        return
    for first, last, ahead in _offsets(first_hour(query.since), first_hour(query.until), tz):
        for number, *found in wanted.sums(False, first, last, by, ahead):
            yield number, rollups.sums(tuple(found))


def _offsets(first: int, last: int, tz: tzinfo) -> Iterator[tuple[int, int, int]]:
    """The hours `first … last` cut where clocks change, each stretch with its seconds ahead of UTC."""
    start, ahead = first, _ahead(first, tz)
    for day in (*range(first + DAY_HOURS, last, DAY_HOURS), last - 1):
        if (now := _ahead(day, tz)) != ahead and start < day:
            change = next(hour for hour in range(max(start, day - DAY_HOURS), day + 1) if _ahead(hour, tz) == now)
            yield start, change, ahead
            start, ahead = change, now
    if start < last:
        yield start, last, ahead


def _ahead(hour: int, tz: tzinfo) -> int:
    offset = _begins(hour).astimezone(tz).utcoffset()
    return offset // timedelta(seconds=1) if offset else 0


def _begins(hour: int) -> datetime:
    return EPOCH + timedelta(hours=hour)
