"""The timetable: APScheduler on the one loop. When the next look, the next delivery and the heartbeat are.

Never decides what to do: it calls.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

HEARTBEAT = timedelta(seconds=30)
FURTHEST = timedelta(days=7)
_LOOK, _DELIVER, _RENEW = "look", "deliver", "renew"
log = logging.getLogger(__name__)


class Timetable:
    """Calls `look`, `deliver`, `renew` and `beat` in time; `beat` learns how long the machine slept since the last one.

    What is called only starts the work: APScheduler drops a run of a job that still runs, and a look plans the
    next one before it has ended.
    """

    def __init__(
        self,
        look: Callable[[], None],
        deliver: Callable[[], None],
        renew: Callable[[], None],
        beat: Callable[[timedelta], None],
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._deliver, self._renew, self._beat = look, deliver, renew, beat
        self._clock, self._monotonic = clock, monotonic
        self._pulse = Pulse(clock(), monotonic())
        # coalesce and no grace time: a machine that slept over several looks makes up for exactly one (measured).
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._heart: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        self._scheduler.start()
        # Not a job of the scheduler: that sleeps by the wall clock, and one set back by hours would stop the heart.
        self._heart = asyncio.get_running_loop().create_task(self._beats())

    def stop(self) -> None:
        if self._heart is not None:
            self._heart.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def look_at(self, at: datetime | None) -> None:
        """Look then, in place of any time planned before; None: not at all."""
        self._plan(_LOOK, self._look, at)

    def deliver_at(self, at: datetime | None) -> None:
        """Deliver then, in place of any time planned before; None: not at all."""
        self._plan(_DELIVER, self._deliver, at)

    def renew_at(self, at: datetime | None) -> None:
        """Renew the session then, or call earlier to be asked again: Qt's timers end at 24.8 days. None: not at all."""
        self._plan(_RENEW, self._renew, None if at is None else min(at, self._clock() + FURTHEST))

    def _plan(self, job: str, call: Callable[[], None], at: datetime | None) -> None:
        if at is None:
            if self._scheduler.get_job(job):
                self._scheduler.remove_job(job)
            return
        self._scheduler.add_job(partial(_called, call), DateTrigger(at, timezone=UTC), id=job, replace_existing=True)

    async def _beats(self) -> None:
        """Every half minute, for ever: a far job alone would overflow the loop's timer after 24.8 days."""
        while True:
            await asyncio.sleep(HEARTBEAT.total_seconds())
            slept = self._pulse.slept(self._clock(), self._monotonic())
            # The loop's clock stood still meanwhile, and a failed pass may have left the scheduler without a timer
            # (APScheduler pull request 1132): looking at the jobs again costs nothing.
            self._scheduler.wakeup()
            self._beat(slept)


async def _called(call: Callable[[], None]) -> None:
    """A coroutine function, so that it runs on the loop and not in APScheduler's thread pool."""
    call()


class Pulse:
    """Compares the wall clock with the monotonic one, to notice sleep and a clock that was set."""

    def __init__(self, now: datetime, monotonic: float) -> None:
        self._now, self._monotonic = now, monotonic

    def slept(self, now: datetime, monotonic: float) -> timedelta:
        """How long the machine slept, or how far its clock was set, since the last call; else zero.

        In sleep the monotonic clock stands still on Linux and runs on on Windows: either may show it.
        """
        wall, steady = now - self._now, timedelta(seconds=monotonic - self._monotonic)
        self._now, self._monotonic = now, monotonic
        if abs(wall - steady) > HEARTBEAT or steady > 2 * HEARTBEAT:
            return max(abs(wall), steady)
        return timedelta(0)
