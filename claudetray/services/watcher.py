"""The watcher: whether or not there was a look, it raises the alerts that the rules call for."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from claudetray.core import watch
from claudetray.core.alert import Alert, AlertKind
from claudetray.core.alert_rules import Routes
from claudetray.core.alerting import News, Situation, news
from claudetray.core.health import Health
from claudetray.core.status import Status
from claudetray.core.thresholds import Threshold
from claudetray.core.watch import Judgement, WatchState
from claudetray.services.board import Board
from claudetray.services.preferences import PreferencesService
from claudetray.services.refresher import account_label
from claudetray.store.looks import LooksKept
from claudetray.store.said import SaidKept

NO_ACCOUNT = "all calls"
OUT_OF_CREDIT = "out_of_credit"  # among what was said
EPISODE = timedelta(hours=1)  # without a refused call: the next one is news
NOTED_EVERY = timedelta(minutes=10)  # while an episode lasts
log = logging.getLogger(__name__)


class Watcher:
    """Checks. Whoever calls it delivers what it raised."""

    def __init__(
        self,
        board: Board,
        looks: LooksKept,
        said: SaidKept,
        preferences: PreferencesService,
        clock: Callable[[], datetime],
        zone: Callable[[], tzinfo],
    ) -> None:
        self._board, self._looks, self._said = board, looks, said
        self._preferences, self._clock, self._zone = preferences, clock, zone

    async def check(self) -> tuple[Alert, ...]:
        """Raise what is news now; the alerts, which wait in the outbox. Raises: StoreError."""
        status, routes = await self._board.status(), await self._preferences.routes()
        raised = (*await self._between_looks(status, routes), *await self._by_rules(status, routes))
        for alert in raised:
            log.info("alert: %s", alert.kind)
        return raised

    async def out_of_credit(self) -> bool:
        """The API refused a call for want of credit: is that new? Then it is said, where its rule is switched on.

        An episode lasts until credit is added, or no call was refused for an hour. Raises: StoreError.
        """
        now = self._clock()
        last = _last_refused(await self._said.all(), now)
        if last is not None and now - last < NOTED_EVERY:
            return False
        status, routes = await self._board.status(), await self._preferences.routes()
        situation = self._situation(status)
        alert = Alert(
            kind=AlertKind.OUT_OF_CREDIT,
            health=Health.CRITICAL,
            title="The credit is used up",
            body="The API refused a call: the credit balance is too low. Top up to go on.",
            facts=situation.facts(),
            raised_at=situation.now,
        )

        def judge(said: Mapping[str, str]) -> Sequence[News]:
            return (News(OUT_OF_CREDIT, now.isoformat(), None if _last_refused(said, now) else alert),)

        await self._said.say(status.account.id if status.account else None, judge, routes, now)
        return last is None

    async def _between_looks(self, status: Status, routes: Routes) -> tuple[Alert, ...]:
        """A threshold that calls took the live balance to."""
        account, left = status.account, status.left
        if account is None or left is None or not status.thresholds:
            return ()
        following, now = status.following(status.now), status.now

        def judge(state: WatchState, thresholds: tuple[Threshold, ...]) -> Judgement:
            return watch.after_calls(state, left, thresholds, following, account_label(account), now)

        return (await self._looks.watch(account.id, judge, routes)).alerts

    async def _by_rules(self, status: Status, routes: Routes) -> tuple[Alert, ...]:
        situation = self._situation(status)

        def judge(said: Mapping[str, str]) -> Sequence[News]:
            over = (News(OUT_OF_CREDIT, None),) if _added_since(said, status) else ()
            return (*over, *news(situation, routes.rules, said))

        account_id = status.account.id if status.account else None
        return await self._said.say(account_id, judge, routes, situation.now)

    def _situation(self, status: Status) -> Situation:
        return Situation(
            now=status.now,
            tz=self._zone(),
            outlook=status.outlook,
            auto_reload=status.reading.auto_reload if status.reading else None,
            account=account_label(status.account) if status.account else NO_ACCOUNT,
        )


def _last_refused(said: Mapping[str, str], now: datetime) -> datetime | None:
    """When a call of this episode was refused last, as far as that was noted; None where there is no episode."""
    if (noted := said.get(OUT_OF_CREDIT)) is None:
        return None
    last = datetime.fromisoformat(noted)
    return last if abs(now - last) < EPISODE else None  # one ahead: the clock was set back


def _added_since(said: Mapping[str, str], status: Status) -> bool:
    """Was credit added since a call was refused? A balance alone says nothing: the key may be another account's."""
    if (noted := said.get(OUT_OF_CREDIT)) is None:
        return False
    last = datetime.fromisoformat(noted)
    return any(entry.added > 0 and entry.at > last for entry in status.outlook.latest)
