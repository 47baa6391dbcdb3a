"""The monitor: looks in time, for ever. One per home."""

import asyncio
import logging
import random
from datetime import datetime, timedelta

from claudetray.core import cadence, health, words
from claudetray.core.announcement import Announcement
from claudetray.core.cadence import NextLook
from claudetray.core.channel import SLACK
from claudetray.core.errors import NotConfigured, StoreError
from claudetray.core.look import Plan, Trigger
from claudetray.core.session import SessionState, renew_at
from claudetray.core.settings import WEBHOOK
from claudetray.core.status import Status
from claudetray.core.times import from_millis, to_millis
from claudetray.services.connection import NEW_SESSION
from claudetray.services.parts import Parts
from claudetray.services.refresher import Outcome
from claudetray.services.tasks import Tasks
from claudetray.services.timetable import Timetable

SNOOZE = timedelta(hours=4)
CHECK_EVERY = timedelta(minutes=5)
AFTER_TROUBLE = timedelta(minutes=1)  # when even the store failed
PAUSED = "paused"
WIPED, WAITING = "signed out", "waiting for a sign-in"
log = logging.getLogger(__name__)


class Monitor:
    """Looks, plans the next look, raises and delivers alerts. Events: `status_changed`, with everything known now;
    `store_failed` when not even a failure can be noted (a full disk).

    `pace` shortens every wait (demo): 60 makes a minute pass in a second.
    """

    def __init__(self, parts: Parts, tasks: Tasks, pace: float = 1.0) -> None:
        self._refresher, self._outbox, self._board = parts.refresher, parts.outbox, parts.board
        self._watcher = parts.kept.watcher
        self._looks, self._changes = parts.kept.looks, parts.kept.database.changes
        self._preferences, self._tasks = parts.preferences, tasks
        self._clock, self._pace = parts.clock, pace
        self._running: asyncio.Task[Outcome] | None = None
        self._unfinished: set[asyncio.Task[Outcome]] = (
            set()
        )  # looked already, perhaps, but not planned the next one yet
        self._replan_after_look = False
        self._soon_at: datetime | None = None  # a look beside the plan, after sleep or with the network
        self._trigger = Trigger.SCHEDULE
        self._plan = Plan(next_look_at=None, reason="starting")
        self._seen_changes = 0
        self._sessions = parts.sessions
        self._renew_at: datetime | None = None
        self._renew_after, self._renew_unplanned = parts.clock(), False
        self._shown: Status | None = None
        self._checked_at: datetime | None = None
        self._timetable = Timetable(
            look=lambda: tasks.start(self._look_in_time()),
            deliver=lambda: tasks.start(self._deliver()),
            renew=lambda: tasks.start(self._renew()),
            beat=lambda slept: tasks.start(self._on_heartbeat(slept)),
            clock=parts.clock,
        )
        self.status_changed: Announcement[Status] = Announcement()
        self.store_failed: Announcement[StoreError] = Announcement()
        parts.channels.changed.listen(lambda name: tasks.start(self._on_channel_changed(name)))
        parts.preferences.changed.listen(lambda keys: tasks.start(self._on_preferences_changed(keys)))

    async def start(self) -> None:
        """Begin: at once when a look is overdue, else when it is due. Raises: StoreError."""
        self._seen_changes = await self._changes()
        self._timetable.start()
        self._trigger = Trigger.STARTED
        await self.replan()
        self._tasks.start(self._check())

    async def stop(self) -> None:
        """Look no more; a look that is under way is broken off."""
        self._timetable.stop()
        for look in tuple(self._unfinished):
            look.cancel()
        await asyncio.gather(*self._unfinished, return_exceptions=True)

    @property
    def paused(self) -> bool:
        return self._plan.paused

    async def fetch_now(self, trigger: Trigger = Trigger.ASKED) -> Outcome:
        """Look now. A look that is under way is joined: never two at once. Raises: StoreError."""
        running = self._running
        self._soon_at = None
        if running is None:
            running = self._running = asyncio.get_running_loop().create_task(self._look(trigger))
            self._unfinished.add(running)
            running.add_done_callback(self._unfinished.discard)
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
        """Another request is kept: look with it, and not with the old one any more."""
        await self._broken_off()
        await self.fetch_now(Trigger.CHANGED)

    async def told(self) -> None:
        """Somebody told a balance."""
        await self.replan()
        await self._check()

    async def session_ended(self) -> None:
        """The person signed out: no look goes on with what was wiped."""
        await self._broken_off()
        await self.replan()

    async def replan(self) -> None:
        """Plan the next look from the last one and the settings of now. Raises: StoreError."""
        if self._running is not None:
            self._replan_after_look = True  # it plans when it ends, and then we plan anew
            return
        if self.paused:
            await self._planned(self._plan)  # again: another process may have planned meanwhile
            return
        status = await self._board.status()
        kept = await self._looks.plan()
        if status.session.state is SessionState.SIGNED_OUT or status.account is None:
            await self._planned(Plan(next_look_at=None, reason=WIPED if status.account else WAITING))
            return
        if kept is not None and kept.reason in NEW_SESSION:  # kept by another process, or before this one started
            await self._planned(Plan(next_look_at=self._clock(), reason=kept.reason))
            return
        if not status.looks:
            await self._planned(Plan(next_look_at=self._clock(), reason="first look"))
            return
        if status.failure is not None:
            # A failure's wait was planned when it happened; only a start or another process finds none.
            at = kept.next_look_at if kept and kept.next_look_at else self._clock()
            at = min(at, self._clock() + cadence.LONGEST_WAIT)
            reason = kept.reason if kept and kept.next_look_at else status.failure.title
            await self._planned(Plan(next_look_at=at, reason=reason))
            return
        last = min(status.looks[0].started_at, self._clock())  # a clock that was set back must not put looks off
        await self._planned(self._after(last, status.following(self._clock())))

    async def _look_in_time(self) -> None:
        trigger, self._trigger = self._trigger, Trigger.SCHEDULE
        try:
            await self.fetch_now(trigger)
        except StoreError as error:
            log.warning("%s: %s", error.title, error.message)
            self.store_failed(error)
        except Exception:  # whatever it was, looking goes on: silence is the worst failure
            log.exception("a look could not be finished")
            self._timetable.look_at(self._clock() + AFTER_TROUBLE)

    async def _look(self, trigger: Trigger) -> Outcome:
        self._trigger = Trigger.SCHEDULE
        try:
            outcome = await self._refresher.look(trigger)
        except StoreError:
            self._timetable.look_at(self._clock() + AFTER_TROUBLE)
            raise
        finally:
            self._running = None  # from here on a look that is due is a new one, not this one
        self._tasks.start(self._check())
        await self._planned(await self._following(outcome))
        if self._replan_after_look:
            self._replan_after_look = False
            self._tasks.start(self.replan())
        return outcome

    async def _following(self, outcome: Outcome) -> Plan:
        """The plan after a look."""
        if self.paused:
            return self._plan
        kept = await self._looks.plan()
        if kept and kept.reason in NEW_SESSION and kept.next_look_at and outcome.look.started_at < kept.next_look_at:
            return kept  # another process kept a request after this look had begun
        if type(outcome.error) is NotConfigured:
            known = (await self._board.status()).account is not None
            return Plan(next_look_at=None, reason=WIPED if known else WAITING)
        return self._after(self._clock(), outcome.next_look)

    async def _broken_off(self) -> None:
        if (running := self._running) is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _on_preferences_changed(self, keys: frozenset[str]) -> None:
        await self.replan()
        self._tasks.start(self._check())
        if WEBHOOK.key in keys:  # perhaps it was mended: what failed is due now
            await self._outbox.hurry(SLACK)
            await self._deliver()

    async def _on_channel_changed(self, name: str) -> None:
        """Perhaps it was mended: what failed to get through is due now."""
        await self._outbox.hurry(name)
        await self._deliver()

    def _after(self, last: datetime, following: NextLook) -> Plan:
        at = from_millis(to_millis(last + following.delay / self._pace))  # as it is kept, so that it compares equal
        return Plan(next_look_at=at, reason=following.reason)

    async def _planned(self, plan: Plan) -> None:
        self._plan = plan
        if plan != await self._looks.plan():
            await self._looks.keep_plan(plan)
        times = [at for at in (plan.next_look_at, self._soon_at) if at is not None]
        self._timetable.look_at(min(times, default=None))
        await self._announce()

    async def _announce(self) -> None:
        self._shown = await self._board.status(looking=self._running is not None)
        due = None if self._plan.paused else renew_at(self._shown.session)
        if self._renew_unplanned or due != self._renew_at:  # only when it changed: planning again would put it off
            self._renew_at, self._renew_unplanned = due, False
            self._timetable.renew_at(max(due, self._renew_after) if due else None)
        self.status_changed(self._shown)

    async def _renew(self) -> None:
        if self.paused:
            return
        try:
            await self._sessions.renew_in_time()
        except StoreError as error:
            log.warning("%s: %s", error.title, error.message)
        except Exception:  # whatever it was, the next one is planned
            log.exception("the session could not be renewed")
        self._renew_after, self._renew_unplanned = self._clock() + AFTER_TROUBLE, True
        self._timetable.renew_at(self._renew_after)  # in case that not even the status can be read
        await self._announce()

    def _check_is_due(self) -> bool:
        """Days begin, credit lapses and summaries fall due without anybody writing anything."""
        return self._checked_at is None or not timedelta(0) <= self._clock() - self._checked_at < CHECK_EVERY

    async def _check(self) -> None:
        """Raise what is news by now, and deliver what is due."""
        self._checked_at = self._clock()
        try:
            await self._watcher.check()
        except StoreError as error:
            log.warning("%s: %s", error.title, error.message)
        except Exception:  # whatever it was, what waits is delivered, and the next check comes
            log.exception("what is known could not be checked")
        await self._deliver()

    async def _deliver(self) -> None:
        try:
            self._timetable.deliver_at(await self._outbox.deliver_due())
        except StoreError as error:
            log.warning("%s: %s", error.title, error.message)
            self._timetable.deliver_at(self._clock() + AFTER_TROUBLE)
        except Exception:  # an alert that waits is tried again, whatever it was
            log.exception("alerts could not be delivered")
            self._timetable.deliver_at(self._clock() + AFTER_TROUBLE)

    async def _on_heartbeat(self, slept: timedelta) -> None:
        if slept and not self.paused:
            log.info("resumed after %s", words.duration(slept))
            self._soon(Trigger.RESUMED, 2, 10)
        try:
            changes = await self._changes()
            if slept or changes != self._seen_changes:  # another process wrote: a fetch, settings, an acknowledgement
                self._seen_changes = changes
                await self.replan()
                await self._check()
            elif self._check_is_due():
                await self._announce()
                await self._check()
            elif self._grown_stale():
                await self._announce()
        except StoreError as error:
            log.warning("%s: %s", error.title, error.message)

    def _grown_stale(self) -> bool:
        """Has the reading that is shown grown old since?"""
        shown = self._shown
        if shown is None or shown.stale or shown.reading is None:
            return False
        return health.stale(shown.reading.taken_at, shown.following(shown.now).delay, self._clock())

    def _soon(self, trigger: Trigger, least_s: float, most_s: float) -> None:
        """A look in some seconds: not every machine at the same one."""
        self._trigger = trigger
        self._soon_at = self._clock() + timedelta(seconds=random.uniform(least_s, most_s))
        self._timetable.look_at(self._soon_at)
