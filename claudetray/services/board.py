"""The board: everything known now, put together from the store. Never the network."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo

from claudetray.core import health
from claudetray.core.look import Plan
from claudetray.core.reading import BY_HAND
from claudetray.core.status import Status
from claudetray.core.vault import Vault
from claudetray.services.preferences import PreferencesService
from claudetray.services.request_kept import RequestKept
from claudetray.services.sessions import known
from claudetray.store.accounts import AccountsKept
from claudetray.store.looks import LooksKept
from claudetray.store.outlook import OutlookKept
from claudetray.store.sessions import SessionKept

NO_PLAN = Plan(next_look_at=None, reason="no monitor has run yet")


class Board:
    """Answers with the status at a time."""

    def __init__(
        self,
        accounts: AccountsKept,
        looks: LooksKept,
        request: RequestKept,
        sessions: SessionKept,
        preferences: PreferencesService,
        vault: Vault,
        outlook: OutlookKept,
        clock: Callable[[], datetime],
        zone: Callable[[], tzinfo],
    ) -> None:
        self._accounts, self._looks, self._preferences = accounts, looks, preferences
        self._outlook, self._zone = outlook, zone
        self._request, self._sessions = request, sessions
        self._vault, self._clock = vault, clock

    async def status(self, looking: bool = False, at: datetime | None = None) -> Status:
        """What is known now; `at`: with the outlook of another time. Raises: StoreError."""
        account = await self._accounts.watched()
        reading = await self._looks.reading(account.id) if account else None
        looks = await self._looks.latest(account.id) if account else ()
        thresholds = await self._preferences.thresholds()
        preferences = await self._preferences.now()
        now = self._clock()
        # Of the whole minute, so that every face shows the same within it.
        minute = now.replace(second=0, microsecond=0)
        past = at is not None
        if at is None:
            at = max(minute, reading.taken_at) if reading and reading.taken_at <= now else minute
        found = await self._outlook.at(account.id if account else None, at, self._zone(), past)
        left = found.live.left if found.live else None
        status = Status(
            now=now,
            account=account,
            reading=reading,
            assessment=health.assess(left, thresholds, found.course, preferences.limits),
            outlook=found,
            stale=False,
            session=await known(self._request, self._sessions),
            visits=await self._sessions.visits(now),
            looks=looks,
            plan=await self._looks.plan() or NO_PLAN,
            thresholds=thresholds,
            preferences=preferences,
            webhook_kept=await self._preferences.webhook_kept(),
            looking=looking,
            vault_trouble=self._vault.why,
        )
        told = reading is not None and reading.source == BY_HAND  # what somebody typed is counted down, and holds
        stale = reading is not None and not told and health.stale(reading.taken_at, status.following(now).delay, now)
        return replace(status, stale=stale)
