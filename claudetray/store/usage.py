"""Usage records: kept, listed, changed and deleted. What is derived from them follows in the same transaction."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from functools import partial

from claudetray.core.analytics import Sums
from claudetray.core.usage import REAL, UsagePage, UsageQuery, UsageRecord
from claudetray.store import rollups, usage_changes
from claudetray.store.database import Database
from claudetray.store.selection import selection
from claudetray.store.statements import Row, number, rows
from claudetray.store.usage_changes import Repriced
from claudetray.store.usage_rows import COLUMNS, SELECTED, as_records, fitting

CHUNK = 1_000


class UsageKept:
    """The calls on record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, records: Iterable[UsageRecord]) -> tuple[UsageRecord | None, ...]:
        """Keep records, all in one transaction; they come back as they are kept, in their order.

        None stands for one whose key is kept already, or was until retention took it. A proxied call that was
        delivered twice (same request, message, model and tokens) is kept with the flag `duplicate`: it costs nothing,
        and its tokens count nowhere. Tags that are not known are made, as long as there are not many; but those that
        rules gave were deleted since, and are left out.
        """
        wanted = tuple(records)
        try:
            return await self._database.run(lambda: usage_changes.add(wanted))
        except (UnicodeEncodeError, OverflowError):  # from outside; checking each record beforehand costs a tenth
            return await self._database.run(lambda: usage_changes.add(tuple(map(fitting, wanted))))

    async def page(self, query: UsageQuery, cursor: str | None = None, limit: int = 50) -> UsagePage:
        """Some records, newest first: by when they began; a search, by when they were kept.

        Raises: NotFound on a cursor that does not belong to the query.
        """

        def work() -> UsagePage:
            wanted = selection(query)
            found = wanted.page(SELECTED, limit + 1, cursor) if wanted else []
            items = as_records(found[:limit])
            more = wanted.cursor(*_position(found[limit - 1])) if wanted and len(found) > limit else None
            return UsagePage(items=items, next_cursor=more)

        return await self._database.read(work)

    async def one(self, id: int) -> UsageRecord | None:
        return await self._database.read(lambda: usage_changes.one(id))

    async def latest(self, most: int = 10) -> tuple[UsageRecord, ...]:
        """Newest first."""
        return (await self.page(UsageQuery(), limit=most)).items

    async def to_retag(self, after_id: int, limit: int) -> tuple[UsageRecord, ...]:
        """The next records by their numbers: for going through all of them, from 0 on."""
        return await self._database.read(partial(_next, after_id, limit, "true"))

    async def to_reprice(self, after_id: int, limit: int) -> tuple[UsageRecord, ...]:
        """The next records that say what they used."""
        return await self._database.read(partial(_next, after_id, limit, "usage IS NOT NULL"))

    async def stream(self, query: UsageQuery, batch: int = 500) -> AsyncIterator[tuple[UsageRecord, ...]]:
        """All records that a query wants, oldest first; none that is added meanwhile."""
        last = await self._database.read(lambda: number("SELECT max(id) FROM usage"))
        after: tuple[int, int] | None = None
        while found := await self._database.read(partial(_some, query, batch, after, last)):
            yield await self._database.read(partial(as_records, found))
            after = _position(found[-1])

    async def count(self) -> int:
        """How many are kept."""
        return await self._database.read(lambda: number("SELECT kept FROM usage_count"))

    async def today(self, since: datetime) -> Sums:
        """The sums of the real calls of the hours that began since then."""
        where = "grain = ? AND tag_id = ? AND model = '' AND client = '' AND bucket >= ? AND origin IN (?, ?, ?)"
        hourly = rollups.grain(daily=False, by_model=False, by_client=False)
        values = (hourly, rollups.ALL, rollups.first_hour(since), *REAL)
        return await self._database.read(
            lambda: rollups.sums(rows(f"SELECT {rollups.SUMS} FROM rollup WHERE {where}", values)[0])
        )

    async def unpriced_models(self) -> tuple[tuple[str, int], ...]:
        """The models that calls could not be priced for, and how many; most calls first."""
        daily = rollups.grain(daily=True, by_model=True, by_client=False)
        return await self._database.read(
            lambda: tuple(
                rows(
                    "SELECT model, SUM(unpriced) FROM rollup WHERE grain = ? AND tag_id = ? AND model <> ''"
                    " GROUP BY model HAVING SUM(unpriced) > 0 ORDER BY 2 DESC, 1",
                    (daily, rollups.ALL),
                )
            )
        )

    async def delete(self, what: Iterable[int] | UsageQuery) -> int:
        """A person's wish: the records are gone, and their sums with them. How many there were.

        Where everything is wanted gone, so are the sums of what retention took before.

        In many small transactions, so that other writers get their turn; what is added meanwhile stays.
        """
        gone = 0
        async for some in self._wanted(what) if isinstance(what, UsageQuery) else _in_chunks(list(what)):
            gone += await self._database.run(partial(usage_changes.delete, some))
        if what == UsageQuery():
            await self._database.run(usage_changes.forget_sums)
        return gone

    async def _wanted(self, query: UsageQuery) -> AsyncIterator[list[int]]:
        last = await self._database.read(lambda: number("SELECT max(id) FROM usage"))
        while found := await self._database.read(lambda: _some(query, CHUNK, None, last, "u.id")):
            yield [id for (id,) in found]

    async def tag(self, id: int, add: Iterable[str] = (), remove: Iterable[str] = ()) -> UsageRecord | None:
        """Give and take tags by hand; rules do not take away what was given so. None when there is no such record."""
        more, fewer = tuple(add), tuple(remove)
        return await self._database.run(lambda: usage_changes.tag(id, more, fewer))

    async def set_rule_tags(self, updates: Iterable[tuple[int, frozenset[str]]]) -> int:
        """Give records the tags that the rules say now, in place of those that rules gave. How many changed.

        Names that no tag has any more are left out.

        All in one transaction: in chunks of a thousand, others get their turn.
        """
        wanted = dict(updates)
        return await self._database.run(lambda: usage_changes.set_rule_tags(wanted))

    async def reprice(self, updates: Iterable[Repriced]) -> int:
        """Give records another price; how many changed. All in one transaction.

        A call that was delivered twice still costs nothing. A price beyond any there is leaves it unpriced, with the
        flag `odd_usage`.
        """
        wanted = {update[0]: update for update in updates}
        return await self._database.run(lambda: usage_changes.reprice(wanted))


def _some(
    query: UsageQuery, limit: int, after: tuple[int, int] | None, last: int, columns: str = SELECTED
) -> list[Row]:
    wanted = selection(query)
    return wanted.oldest(columns, limit, after, last) if wanted else []


def _next(after_id: int, limit: int, where: str) -> tuple[UsageRecord, ...]:
    sql = f"SELECT {SELECTED} FROM usage AS u WHERE id > ? AND {where} ORDER BY id LIMIT ?"
    return as_records(rows(sql, (after_id, limit)))


async def _in_chunks(ids: list[int]) -> AsyncIterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _position(row: Row) -> tuple[int, int]:
    return row[COLUMNS.index("started_at")], row[0]
