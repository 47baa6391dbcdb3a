"""Upkeep of the data file: what is too old goes, free space is given back. The roll-ups stay."""

from datetime import datetime, timedelta

from claudetray.core.times import to_millis
from claudetray.store import search
from claudetray.store.database import Database
from claudetray.store.derived import counted
from claudetray.store.statements import change, listed, number, rows

CHUNK = 250  # a tenth of a second at most, even where nothing is in memory (measured at 10 million)
WORTH_BYTES = 16 * 1024 * 1024
_FREE_SHARE = 4  # one part in so many


class Upkeep:
    """Retention and tidying, in small transactions: other writers get their turn in between."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def purge(self, keep: timedelta | None, most: int | None, now: datetime) -> int:
        """Drop the records older than `keep`, then the oldest beyond `most`; None: no bound. How many went.

        Analytics still know what they summed up to.
        """
        gone = 0
        if keep is not None:
            before = to_millis(now - keep)
            while some := await self._database.run(lambda: _drop("WHERE started_at < ?", (before,), CHUNK)):
                gone += some
        if most is not None:
            while some := await self._database.run(lambda: _drop("", (), min(CHUNK, _kept() - most))):
                gone += some
        return gone

    async def shrink(self) -> bool:
        """Give free space back when it is worth it; True when the file was written anew.

        Only while nobody waits: the file is busy meanwhile, for a second or so for each 100 MB.
        """

        def work() -> bool:
            change("PRAGMA analysis_limit = 400")
            change("PRAGMA optimize")
            free, pages, size = (number(f"PRAGMA {name}") for name in ("freelist_count", "page_count", "page_size"))
            worth = free * size >= WORTH_BYTES and free * _FREE_SHARE > pages
            if worth:
                change("VACUUM")
            return worth

        return await self._database.read(work)  # no transaction: VACUUM opens its own


def _kept() -> int:
    return number("SELECT kept FROM usage_count")


def _drop(where: str, values: tuple[int, ...], limit: int) -> int:
    if limit <= 0:
        return 0
    oldest = f"SELECT id FROM usage INDEXED BY usage_started {where} ORDER BY started_at, id LIMIT ?"
    ids = [id for (id,) in rows(oldest, (*values, limit))]
    search.forget(ids)
    gone = change("DELETE FROM usage WHERE id IN (SELECT value FROM json_each(?))", (listed(ids),))
    counted(-gone)
    return gone
