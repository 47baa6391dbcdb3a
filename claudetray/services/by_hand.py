"""A balance that somebody typed: a reading like any other, judged and announced on the same road."""

from collections.abc import Callable
from datetime import datetime, timedelta

from claudetray.core import cadence, watch
from claudetray.core.look import Look, Trigger
from claudetray.core.money import Money
from claudetray.core.reading import TOTAL, Balance, Reading
from claudetray.core.thresholds import Threshold
from claudetray.core.watch import Judgement, WatchState
from claudetray.services.preferences import PreferencesService
from claudetray.services.refresher import account_label
from claudetray.store.accounts import AccountsKept
from claudetray.store.looks import LooksKept

PROVIDER, HOST, NAME = "by_hand", "by hand", "Balance by hand"


class BalanceByHand:
    """Keeps a typed balance for the account that is watched; where there is none, for one of its own."""

    def __init__(
        self,
        accounts: AccountsKept,
        looks: LooksKept,
        preferences: PreferencesService,
        clock: Callable[[], datetime],
    ) -> None:
        self._accounts, self._looks = accounts, looks
        self._preferences, self._clock = preferences, clock

    async def set(self, left: Money) -> None:
        """Raises: StoreError."""
        now = self._clock()
        account = await self._accounts.watched() or await self._accounts.watch(PROVIDER, HOST, "", NAME)
        reading = Reading(taken_at=now, source=PROVIDER, meters=(Balance(key=TOTAL, label="Balance", left=left),))
        preferences = await self._preferences.now()

        def judge(state: WatchState, thresholds: tuple[Threshold, ...]) -> Judgement:
            following = cadence.after_reading(left, thresholds, preferences.interval)
            return watch.after_reading(state, reading, thresholds, following, account_label(account), now)

        look = Look(started_at=now, took=timedelta(0), trigger=Trigger.BY_HAND, left=left)
        channels, due_at = await self._preferences.channels(), await self._preferences.deliver_from(now)
        await self._looks.add(account.id, look, reading, judge, channels, due_at)
