"""Puts calls on record: a line in the journal as a call goes out and before its last byte comes back, rows soon after.

The journal costs microseconds and survives a killed process; rows are written in batches, in the store's thread.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hmac import digest
from itertools import count
from uuid import uuid4

from claudetray.core.announcement import Announcement
from claudetray.core.body import Bodies
from claudetray.core.errors import StoreError
from claudetray.core.exchange import CallBegun, Ear
from claudetray.core.rates import PriceTable
from claudetray.core.usage import CallError, CallState, UsageRecord
from claudetray.services import call_ear
from claudetray.services.call_ear import CallEar
from claudetray.services.tagging import Tagger
from claudetray.store.bodies import BodiesKept
from claudetray.store.journal import Journal
from claudetray.store.usage import UsageKept

FLUSH_AFTER_S = 0.1  # so that many become one batch: most of its cost is the same for one record and for a hundred
MOST_BATCH = 500
AGAIN_AFTER_S = 1.0
SETTLE_S = 2.0
MOST_HELD = 64 * 1024 * 1024  # bytes of requests that are still to be read, of all calls; and of bodies to be kept
ENDED = "claudetray was ended before the answer was whole."
MOST_WAITING = 200_000  # records in memory while the store cannot be written; the journal has them all the same
FINGERPRINT_BYTES = 8
UNRECORDED = (("HEAD", "/"),)  # Claude Code's hello to a base URL: no call
log = logging.getLogger(__name__)


class Measures:
    """What calls are measured by. Replaced as a whole when prices, tags or settings change."""

    def __init__(
        self, prices: PriceTable, tagger: Tagger, fingerprint_key: bytes, read_prompts: bool, keep_bodies: bool
    ) -> None:
        self.prices, self.tagger = prices, tagger
        self.read_prompts, self.keep_bodies = read_prompts, keep_bodies

        @lru_cache(maxsize=256)
        def fingerprint(key: str) -> str:
            return digest(fingerprint_key, key.encode("utf-8", "replace"), "sha256")[:FINGERPRINT_BYTES].hex()

        self.fingerprint: Callable[[str], str] = fingerprint


class UsageRecorder:
    """Hears every call. Events: `heard`, with the records of a call that has just ended, before its last byte goes
    out; `recorded`, with the records that were just kept.
    """

    def __init__(
        self,
        journal: Journal,
        usage: UsageKept,
        bodies: BodiesKept,
        measures: Measures,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._journal, self._usage, self._bodies = journal, usage, bodies
        self.measures = measures
        self._clock, self._monotonic = clock, monotonic
        self._prefix, self._numbers = uuid4().hex[:16], count(1)
        self._waiting: list[tuple[str, list[UsageRecord], Bodies | None]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._troubled = self._unjournaled = False
        self._hurry = asyncio.Event()  # somebody asks for the rows
        self._held = self._bodies_held = 0
        self.under_way = 0
        self.heard: Announcement[list[UsageRecord]] = Announcement()
        self.recorded: Announcement[tuple[UsageRecord, ...]] = Announcement()

    @property
    def waiting(self) -> int:
        """Finished calls that are not rows yet."""
        return len(self._waiting)

    def begun(self, call: CallBegun) -> Ear:
        key = f"{self._prefix}-{next(self._numbers)}"
        path = call.target.partition("?")[0]
        if (call.method, path) in UNRECORDED:
            return Unheard()
        self.under_way += 1
        self._journaled(lambda: self._journal.begin(key, call_ear.begun(call, key)))
        return CallEar(call, key, lambda: self.measures, self, self._clock, self._monotonic)

    def held(self, size: int) -> bool:
        self._held += size
        return self._held <= MOST_HELD

    def results(self, key: str, records: list[UsageRecord]) -> None:
        self._journaled(lambda: self._journal.finish(key, records))
        self.heard(records)
        self._wait_for_rows(key, records, None)

    def noted(self, key: str, record: UsageRecord) -> None:
        self._journaled(lambda: self._journal.begin(key, record))

    def finished(self, key: str, records: list[UsageRecord], bodies: Bodies | None = None) -> None:
        self.under_way -= 1
        self._journaled(lambda: self._journal.finish(key, records))
        self.heard(records)
        self._wait_for_rows(key, records, bodies)

    def _wait_for_rows(self, key: str, records: list[UsageRecord], bodies: Bodies | None) -> None:
        if len(self._waiting) >= MOST_WAITING:  # the journal has it
            return
        if bodies is not None:
            self._bodies_held += bodies.size
            if self._bodies_held > MOST_HELD:  # the store is behind: records go before bodies
                self._bodies_held -= bodies.size
                bodies = None
        self._waiting.append((key, records, bodies))
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def settled(self) -> None:
        """When this returns, every call that had ended is a row, unless the store cannot be written just now."""
        self._hurry.set()
        until = self._monotonic() + SETTLE_S
        while self._flushing is not None and not self._troubled and (left := until - self._monotonic()) > 0:
            await asyncio.wait([self._flushing], timeout=left)

    async def close(self) -> None:
        """Write what waits. What cannot be written stays in the journal, and is folded in at the next start."""
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        try:
            while self._waiting:
                await self._batch()
        except StoreError as error:
            log.warning("calls wait in the journal: %s", error.message)

    async def fold_in(self, leftovers: Sequence[UsageRecord]) -> None:
        """Keep the calls of a process that was killed. Those that had become rows are known by their keys."""
        for place in range(0, len(leftovers), MOST_BATCH):
            await self._usage.add([_left_behind(record) for record in leftovers[place : place + MOST_BATCH]])

    async def _flush(self) -> None:
        self._hurry.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_AFTER_S):
                await self._hurry.wait()
        while self._waiting:
            try:
                await self._batch()
                self._troubled = False
            except Exception as error:  # a StoreError mostly; whatever it is, it must not end the writing
                if not self._troubled:
                    log.warning("calls wait in the journal: %s", error, exc_info=not isinstance(error, StoreError))
                self._troubled = True
                await asyncio.sleep(AGAIN_AFTER_S)
        self._flushing = None

    async def _batch(self) -> None:
        calls = self._waiting[:MOST_BATCH]
        kept = await self._kept([record for _, records, _ in calls for record in records])
        del self._waiting[: len(calls)]
        self._bodies_held -= sum(one.size for _, _, one in calls if one is not None)
        self._journaled(lambda: self._journal.committed([key for key, _, _ in calls]))
        await self._keep_bodies({key: bodies for key, _, bodies in calls if bodies is not None}, kept)
        self.recorded(kept)

    async def _kept(self, records: Sequence[UsageRecord]) -> tuple[UsageRecord, ...]:
        """The records that were not rows before. One that cannot be kept at all must not hold up the others."""
        try:
            kept = await self._usage.add(records)
        except StoreError:
            raise
        except Exception:
            if len(records) == 1:
                log.exception("a call cannot be kept")
                return ()
            return tuple([found for record in records for found in await self._kept([record])])
        return tuple(record for record in kept if record is not None)

    async def _keep_bodies(self, bodies: Mapping[str, Bodies], kept: Iterable[UsageRecord]) -> None:
        """A body that cannot be kept is no reason to keep the record once more."""
        found = [(record.id, bodies[record.key]) for record in kept if record.key in bodies and record.id is not None]
        try:
            await self._bodies.add(found)
        except StoreError as error:
            log.warning("bodies are not kept: %s", error.message)

    def _journaled(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            if not self._unjournaled:
                log.warning("the journal of calls cannot be written (%s); calls go on", error.strerror or error)
            self._unjournaled = True
        else:
            self._unjournaled = False


def _left_behind(record: UsageRecord) -> UsageRecord:
    """A call that was under way when its process was killed: how long it took, nobody knows."""
    if record.state is not CallState.INTERRUPTED or record.error is not None:
        return record
    return replace(record, duration=None, error=CallError(kind=call_ear.ENDED, message=ENDED))


class Unheard:
    """An exchange that is no call."""

    def asked(self, piece: bytes) -> None: ...

    def answering(self, status: int, headers: object) -> None: ...

    def answered(self, piece: bytes) -> None: ...

    def ended(self) -> None: ...

    def left(self) -> None: ...

    def broke(self, kind: str, message: str) -> None: ...
