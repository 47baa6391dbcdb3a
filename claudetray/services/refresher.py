"""One look: ask, keep, judge, announce. The same road for a scheduled look, *Fetch now* and `claudetray fetch`."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from claudetray.core import cadence, watch
from claudetray.core.account import Account
from claudetray.core.alert_rules import Routes
from claudetray.core.announcement import Announcement
from claudetray.core.cadence import NextLook
from claudetray.core.errors import (
    Challenged,
    NotConfigured,
    SecretsClosed,
    SourceError,
    UnexpectedAnswer,
    WrongOrganization,
)
from claudetray.core.look import Failure, Look, Plan, Trigger
from claudetray.core.reading import Reading
from claudetray.core.session import page_spacing
from claudetray.core.thresholds import Threshold
from claudetray.core.watch import Judgement, WatchState
from claudetray.services.connection import Asking, Connection
from claudetray.services.preferences import PreferencesService
from claudetray.services.sessions import Road, Sessions
from claudetray.store.looks import LooksKept

Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a look: a reading or an error, and when to look again."""

    look: Look
    reading: Reading | None
    error: SourceError | None
    next_look: NextLook


class Refresher:
    """Looks. Events: `look_ended`, whatever came of it."""

    def __init__(
        self,
        connection: Connection,
        sessions: Sessions,
        looks: LooksKept,
        preferences: PreferencesService,
        clock: Clock,
    ) -> None:
        self._connection, self._sessions, self._looks = connection, sessions, looks
        self._preferences, self._clock = preferences, clock
        self._failing: str | None = None
        self.look_ended: Announcement[Outcome] = Announcement()

    async def look(self, trigger: Trigger) -> Outcome:
        """Look once; a failure is an outcome, not an exception. Raises: StoreError."""
        began, started_at = time.monotonic(), self._clock()
        try:
            asking = await self._connection.asking()
        except SecretsClosed as error:
            account = await self._connection.watched()
            if account is not None:
                outcome = await self._failed(account, trigger, started_at, began, error)
                self.look_ended(outcome)
                return outcome
            return self._not_configured(trigger, started_at, error)
        except NotConfigured as error:
            return self._not_configured(trigger, started_at, error)

        def note(resolved: Asking) -> None:
            nonlocal asking
            asking = resolved

        try:
            asking, reading = await self._asked(asking, started_at, note)
        except SourceError as error:
            outcome = await self._failed(asking.account, trigger, started_at, began, error)
        else:
            outcome = await self._read(asking, reading, trigger, started_at, began)
        self.look_ended(outcome)
        return outcome

    async def keep_plan(self, plan: Plan) -> None:
        """Keep a plan where no monitor does; one that is paused stays so."""
        await self._looks.suggest_plan(plan)

    def _not_configured(self, trigger: Trigger, started_at: datetime, error: NotConfigured) -> Outcome:
        """There is no account yet whose history this could be."""
        look = Look(started_at=started_at, took=timedelta(0), trigger=trigger, failure=failure(error))
        outcome = Outcome(look=look, reading=None, error=error, next_look=cadence.after_failure(error, 1))
        self.look_ended(outcome)
        return outcome

    async def _read(
        self, asking: Asking, reading: Reading, trigger: Trigger, started_at: datetime, began: float
    ) -> Outcome:
        if self._failing:
            log.info("the Console answers again")
        self._failing = None
        label = account_label(asking.account)
        preferences = await self._preferences.now()
        spacing = page_spacing(await self._sessions.now(), preferences.page_looks, self._clock())

        routes = await self._preferences.routes()

        def judge(state: WatchState, thresholds: tuple[Threshold, ...]) -> Judgement:
            following = cadence.after_reading(reading.left, thresholds, preferences.interval, spacing)
            return watch.after_reading(state, reading, thresholds, following, label, started_at, routes.unknown_after)

        took = timedelta(seconds=time.monotonic() - began)
        look = Look(started_at=started_at, took=took, trigger=trigger, left=reading.left)
        await self._keep(asking.account, look, reading, judge, routes)
        thresholds = await self._preferences.thresholds()
        following = cadence.after_reading(reading.left, thresholds, preferences.interval, spacing)
        return Outcome(look=look, reading=reading, error=None, next_look=following)

    async def _asked(self, asking: Asking, now: datetime, note: Callable[[Asking], None]) -> tuple[Asking, Reading]:
        """The reading, by whichever way the session goes, with the organization looked up where it was not known.

        What was looked up is noted: a failure after that belongs to that organization.
        """

        async def work(road: Road) -> tuple[Asking, Reading]:
            resolved = await self._connection.resolved(asking, road)
            note(resolved)
            request = road.request.for_organization(resolved.account.organization)
            try:
                reading = await road.source.read(request, now, road.keep)
            except WrongOrganization as error:
                raise await self._connection.explained(resolved, error, road) from error
            return await self._connection.name(resolved, road), reading

        return await self._sessions.ask(asking.request, work)

    async def _failed(
        self, account: Account, trigger: Trigger, started_at: datetime, began: float, error: SourceError
    ) -> Outcome:
        if self._failing != error.kind:  # said once, not at every look
            log.warning("%s: %s", error.title, error)
        self._failing = error.kind
        took = timedelta(seconds=time.monotonic() - began)
        look = Look(started_at=started_at, took=took, trigger=trigger, failure=failure(error))
        label = account_label(account)
        routes = await self._preferences.routes()

        def judge(state: WatchState, _: tuple[Threshold, ...]) -> Judgement:
            return watch.after_failure(state, error, label, started_at, routes.unknown_after)

        judgement = await self._keep(account, look, None, judge, routes)
        least = timedelta(0)
        if isinstance(error, Challenged):  # else no visit of the page is to be spared
            most = (await self._preferences.now()).page_looks
            least = page_spacing(await self._sessions.now(), most, self._clock())
        following = cadence.after_failure(error, max(1, judgement.state.failures), least)
        return Outcome(look=look, reading=None, error=error, next_look=following)

    async def _keep(
        self,
        account: Account,
        look: Look,
        reading: Reading | None,
        judge: Callable[[WatchState, tuple[Threshold, ...]], Judgement],
        routes: Routes,
    ) -> Judgement:
        judgement = await self._looks.add(account.id, look, reading, judge, routes)
        for alert in judgement.alerts:
            log.info("alert: %s", alert.kind)
        return judgement


def failure(error: SourceError) -> Failure:
    """An error as history keeps it."""
    sample = error.sample if isinstance(error, UnexpectedAnswer) else ""
    return Failure(kind=error.kind, title=error.title, message=error.message, sample=sample)


def account_label(account: Account) -> str:
    """An account for people: its organization's name, else the start of its id."""
    if account.name:
        return account.name
    return f"Organization {account.organization[:8]}…" if account.organization else account.host
