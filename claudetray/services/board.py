"""The board: everything known now, put together from the store. Never the network."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from claudetray.core import health
from claudetray.core.look import Plan
from claudetray.core.status import Status
from claudetray.core.vault import Vault
from claudetray.services.preferences import PreferencesService
from claudetray.services.request_kept import RequestKept
from claudetray.services.sessions import known
from claudetray.store.accounts import AccountsKept
from claudetray.store.looks import LooksKept
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
        clock: Callable[[], datetime],
    ) -> None:
        self._accounts, self._looks, self._preferences = accounts, looks, preferences
        self._request, self._sessions = request, sessions
        self._vault, self._clock = vault, clock

    async def status(self, looking: bool = False) -> Status:
        """Raises: StoreError."""
        account = await self._accounts.watched()
        reading = await self._looks.reading(account.id) if account else None
        looks = await self._looks.latest(account.id) if account else ()
        thresholds = await self._preferences.thresholds()
        preferences = await self._preferences.now()
        left = reading.left if reading else None
        now = self._clock()
        status = Status(
            now=now,
            account=account,
            reading=reading,
            assessment=health.assess(left, thresholds),
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
        stale = reading is not None and health.stale(reading.taken_at, status.following(now).delay, now)
        return replace(status, stale=stale)
