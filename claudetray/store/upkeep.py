"""Upkeep of the data file: what is too old goes, free space is given back. The roll-ups and the keys stay."""

from datetime import datetime, timedelta

from claudetray.core.times import to_millis
from claudetray.store import purged, search
from claudetray.store.database import INCREMENTAL, Database
from claudetray.store.derived import counted
from claudetray.store.statements import change, listed, number, rows

CHUNK = 250  # a tenth of a second at most, even where nothing is in memory (measured at 10 million)
WORTH_BYTES = 16 * 1024 * 1024
ANEW_BELOW = 256 * 1024 * 1024  # bytes: a file is written anew in two or three seconds at most
_FREE_SHARE = 4  # one part in so many
_STEP = 256  # pages given back at once: 6 ms, a checkpoint now and then apart (measured with 650 MB)


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
        """Give free space back when it is worth it; True when some was.

        An older file cannot do so bit by bit: unless it is large, it is written anew, once, and can from then on. It
        is busy meanwhile, so only while nobody waits.
        """
        await self._database.maintain(_optimize)
        if await self._database.run(lambda: number("PRAGMA auto_vacuum")) != INCREMENTAL:
            return await self._database.maintain(_written_anew)
        worth = await self._database.read(_worth_giving_back)
        while worth and await self._database.run(_some_given_back):
            pass
        return worth


def _optimize() -> None:
    change("PRAGMA analysis_limit = 400")
    change("PRAGMA optimize")


def _written_anew() -> bool:
    small = number("PRAGMA page_count") * number("PRAGMA page_size") < ANEW_BELOW
    if small:
        change(f"PRAGMA auto_vacuum = {INCREMENTAL}")
        change("VACUUM")
    return small


def _worth_giving_back() -> bool:
    free, pages, size = (number(f"PRAGMA {name}") for name in ("freelist_count", "page_count", "page_size"))
    return free * size >= WORTH_BYTES and free * _FREE_SHARE > pages


def _some_given_back() -> bool:
    for _ in range(_STEP):
        change("PRAGMA incremental_vacuum(1)")  # of a larger number, the driver takes the first step alone
    return number("PRAGMA freelist_count") > 0


def _kept() -> int:
    return number("SELECT kept FROM usage_count")


def _drop(where: str, values: tuple[int, ...], limit: int) -> int:
    if limit <= 0:
        return 0
    oldest = f"SELECT id, key FROM usage INDEXED BY usage_started {where} ORDER BY started_at, id LIMIT ?"
    found = rows(oldest, (*values, limit))
    ids = [id for id, _ in found]
    purged.remember(key for _, key in found)
    search.forget(ids)
    gone = change("DELETE FROM usage WHERE id IN (SELECT value FROM json_each(?))", (listed(ids),))
    counted(-gone)
    return gone
