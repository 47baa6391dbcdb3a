"""The monitor: looks in time, for ever. One per home."""

import asyncio
import logging
import random
from datetime import datetime, timedelta

from claudetray.core import cadence, words
from claudetray.core.announcement import Announcement
from claudetray.core.cadence import NextLook
from claudetray.core.errors import StoreError
from claudetray.core.look import Plan, Trigger
from claudetray.core.status import Status
from claudetray.services.connection import NEW_SNIPPET
from claudetray.services.parts import Parts
from claudetray.services.refresher import Outcome
from claudetray.services.tasks import Tasks
from claudetray.services.timetable import Timetable

SNOOZE = timedelta(hours=4)
AFTER_TROUBLE = timedelta(minutes=1)  # when even the store failed
PAUSED = "paused"
log = logging.getLogger(__name__)


class Monitor:
    """Looks, plans the next look, delivers alerts. Events: `status_changed`, with everything known now.

    `pace` shortens every wait (demo): 60 makes a minute pass in a second.
    """

    def __init__(self, parts: Parts, tasks: Tasks, pace: float = 1.0) -> None:
        self._refresher, self._outbox, self._board = parts.refresher, parts.outbox, parts.board
        self._looks, self._changes = parts.kept.looks, parts.kept.database.changes
        self._preferences, self._tasks = parts.preferences, tasks
        self._clock, self._pace = parts.clock, pace
        self._running: asyncio.Task[Outcome] | None = None
        self._replan_after_look = False
        self._soon_at: datetime | None = None  # a look beside the plan, after sleep or with the network
        self._trigger = Trigger.SCHEDULE
        self._plan = Plan(next_look_at=None, reason="starting")
        self._seen_changes = 0
        self._timetable = Timetable(
            look=lambda: tasks.start(self._look_in_time()),
            deliver=lambda: tasks.start(self._deliver()),
            beat=lambda slept: tasks.start(self._on_heartbeat(slept)),
            clock=parts.clock,
        )
        self.status_changed: Announcement[Status] = Announcement()
        parts.preferences.changed.listen(lambda _: tasks.start(self.replan()))

    async def start(self) -> None:
        """Begin: at once when a look is overdue, else when it is due. Raises: StoreError."""
        self._seen_changes = await self._changes()
        self._timetable.start()
        self._trigger = Trigger.STARTED
        await self.replan()
        await self._deliver()

    def stop(self) -> None:
        self._timetable.stop()

    @property
    def paused(self) -> bool:
        return self._plan.paused

    async def fetch_now(self, trigger: Trigger = Trigger.ASKED) -> Outcome:
        """Look now. A look that is under way is joined: never two at once. Raises: StoreError."""
        running = self._running
        self._soon_at = None
        if running is None:
            running = self._running = asyncio.get_running_loop().create_task(self._look(trigger))
            await self._announce()
        return await asyncio.shield(running)

    async def pause(self, paused: bool) -> None:
        """Plan no looks, or plan them again. *Fetch now* works all the same."""
        if paused:
            await self._planned(Plan(next_look_at=None, reason=PAUSED, paused=True))
        else:
            self._plan = Plan(next_look_at=None, reason="")
            await self.replan()

    async def snooze(self) -> None:
        """Hold alerts back for a while."""
        await self._preferences.snooze(self._clock() + SNOOZE)
        log.info("alerts are snoozed for %s", words.duration(SNOOZE))

    async def went_online(self) -> None:
        """The network is back: what could not be reached is asked again."""
        failure = (await self._board.status()).failure
        if failure is not None and failure.kind == "unreachable" and not self.paused:
            self._soon(Trigger.ONLINE, 1, 4)

    async def connection_changed(self) -> None:
        """Another request is kept: look with it."""
        await self.fetch_now(Trigger.CHANGED)

    async def replan(self) -> None:
        """Plan the next look from the last one and the settings of now. Raises: StoreError."""
        if self._running is not None:
            self._replan_after_look = True  # it plans when it ends, and then we plan anew
            return
        if self.paused:
            await self._announce()
            return
        status = await self._board.status()
        kept = await self._looks.plan()
        if kept is not None and kept.reason == NEW_SNIPPET:  # kept by another process, or before this one started
            await self._planned(Plan(next_look_at=self._clock(), reason=NEW_SNIPPET))
            return
        if status.account is None or not status.looks:
            reason = "first look" if status.account else "waiting for a snippet"
            await self._planned(Plan(next_look_at=self._clock() if status.account else None, reason=reason))
            return
        if status.failure is not None:
            # A failure's wait was planned when it happened; only a start or another process finds none.
            at = kept.next_look_at if kept and kept.next_look_at else self._clock()
            at = min(at, self._clock() + cadence.LONGEST_WAIT)
            reason = kept.reason if kept and kept.next_look_at else status.failure.title
            await self._planned(Plan(next_look_at=at, reason=reason))
            return
        following = cadence.after_reading(status.left, status.thresholds, status.preferences.interval)
        last = min(status.looks[0].started_at, self._clock())  # a clock that was set back must not put looks off
        await self._planned(self._after(last, following))

    async def _look_in_time(self) -> None:
        trigger, self._trigger = self._trigger, Trigger.SCHEDULE
        try:
            await self.fetch_now(trigger)
        except Exception:  # whatever it was, looking goes on: silence is the worst failure
            log.exception("a look could not be finished")
            self._timetable.look_at(self._clock() + AFTER_TROUBLE)

    async def _look(self, trigger: Trigger) -> Outcome:
        try:
            outcome = await self._refresher.look(trigger)
        except StoreError:
            self._timetable.look_at(self._clock() + AFTER_TROUBLE)
            raise
        finally:
            self._running = None  # from here on a look that is due is a new one, not this one
        if not self.paused:
            not_configured = outcome.error is not None and outcome.error.kind == "not_configured"
            following = self._after(self._clock(), outcome.next_look)
            await self._planned(
                Plan(next_look_at=None, reason="waiting for a snippet") if not_configured else following
            )
        else:
            await self._announce()
        self._tasks.start(self._deliver())
        if self._replan_after_look:
            self._replan_after_look = False
            self._tasks.start(self.replan())
        return outcome

    def _after(self, last: datetime, following: NextLook) -> Plan:
        return Plan(next_look_at=last + following.delay / self._pace, reason=following.reason)

    async def _planned(self, plan: Plan) -> None:
        self._plan = plan
        if plan != await self._looks.plan():
            await self._looks.keep_plan(plan)
        times = [at for at in (plan.next_look_at, self._soon_at) if at is not None]
        self._timetable.look_at(min(times, default=None))
        await self._announce()

    async def _announce(self) -> None:
        self.status_changed(await self._board.status(looking=self._running is not None))

    async def _deliver(self) -> None:
        try:
            self._timetable.deliver_at(await self._outbox.deliver_due())
        except StoreError as error:
            log.warning("%s: %s", error.title, error.message)
            self._timetable.deliver_at(self._clock() + AFTER_TROUBLE)

    async def _on_heartbeat(self, slept: timedelta) -> None:
        if slept and not self.paused:
            log.info("resumed after %s", words.duration(slept))
            self._soon(Trigger.RESUMED, 2, 10)
        try:
            changes = await self._changes()
            if changes != self._seen_changes:  # another process wrote: a fetch, settings, an acknowledgement
                self._seen_changes = changes
                await self.replan()
                await self._deliver()
        except StoreError as error:
            log.warning("%s: %s", error.title, error.message)

    def _soon(self, trigger: Trigger, least_s: float, most_s: float) -> None:
        """A look in some seconds: not every machine at the same one."""
        self._trigger = trigger
        self._soon_at = self._clock() + timedelta(seconds=random.uniform(least_s, most_s))
        self._timetable.look_at(self._soon_at)
