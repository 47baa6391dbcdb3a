"""The watcher: whether or not there was a look, it raises the alerts that the rules call for."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

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
SOLVENT = Decimal(1)  # dollars that must be there again before the next refusal is news
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

    async def out_of_credit(self) -> tuple[Alert, ...]:
        """The API refused a call for want of credit; said once in an episode. Raises: StoreError."""
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
        found = (News(OUT_OF_CREDIT, situation.now.isoformat(), alert),)
        return await self._said.say(
            status.account.id if status.account else None,
            lambda said: () if OUT_OF_CREDIT in said else found,
            routes,
            situation.now,
        )

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
            over = (News(OUT_OF_CREDIT, None),) if _solvent_again(said, status) else ()
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


def _solvent_again(said: Mapping[str, str], status: Status) -> bool:
    """Is an episode without credit over? A balance that was told after it began says so."""
    began, live = said.get(OUT_OF_CREDIT), status.live
    if began is None or live is None:
        return False
    return live.left.amount >= SOLVENT and live.since > datetime.fromisoformat(began)
