"""A balance that somebody types: set, topped up or corrected. Readings like any other, on the same road."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from claudetray.core import cadence, watch
from claudetray.core.errors import SettingRefused
from claudetray.core.expiry import by_expiry, spent_down
from claudetray.core.ledger import EntryKind
from claudetray.core.look import Look, Trigger
from claudetray.core.money import Money
from claudetray.core.reading import BY_HAND, TOTAL, Balance, Lot, Reading, Tranche
from claudetray.core.thresholds import Threshold
from claudetray.core.watch import Judgement, WatchState
from claudetray.services.preferences import PreferencesService
from claudetray.services.refresher import account_label
from claudetray.store.accounts import AccountsKept
from claudetray.store.ledger import LedgerKept
from claudetray.store.looks import LooksKept

HOST, NAME = "by hand", "Balance by hand"


class BalanceByHand:
    """Keeps a typed balance for the account that is watched; where there is none, for one of its own."""

    def __init__(
        self,
        accounts: AccountsKept,
        looks: LooksKept,
        ledger: LedgerKept,
        preferences: PreferencesService,
        clock: Callable[[], datetime],
    ) -> None:
        self._accounts, self._looks, self._ledger = accounts, looks, ledger
        self._preferences, self._clock = preferences, clock

    async def set(
        self,
        left: Money,
        at: datetime | None = None,
        total: Money | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """So much was left then (None: now). What is missing since the balance before was spent.

        `total` is what it was of, `expires_at` when what is left lapses. Raises: SettingRefused, StoreError.
        """
        if at is not None and at > self._clock():
            raise SettingRefused("A balance cannot be told of a time that is still to come.")
        if at is not None and (last := await self._last()) is not None and at <= last:
            when = f"{last.astimezone():%Y-%m-%d %H:%M}"
            raise SettingRefused(f"A later balance is known already, of {when}. Tell one of a time after it.")
        if total is not None and total.amount < left.amount:
            raise SettingRefused("What is left cannot be more than what it is of.")
        if expires_at is not None and expires_at <= (at or self._clock()):
            raise SettingRefused("Credit whose time has ended is not left any more: tell a time that is still to come.")
        lots = () if total is None and expires_at is None else (_lot("Set by hand", left, total, expires_at),)
        await self._keep(left, lots, at or self._clock(), EntryKind.OBSERVED)

    async def top_up(self, amount: Money, expires_at: datetime | None = None) -> None:
        """So much was added to what is left now. Raises: SettingRefused, StoreError."""
        if amount.amount <= 0:
            raise SettingRefused("A top-up is more than 0.")
        now = self._clock()
        if expires_at is not None and expires_at <= now:
            raise SettingRefused("Credit whose time has ended is not left any more: tell a time that is still to come.")
        before, lots = await self._now(amount, now)
        more = _lot("Top-up", amount, amount, expires_at)
        if lots or expires_at is not None:
            rest = before.amount - sum((lot.remaining.amount for lot in lots if lot.remaining), Decimal(0))
            if rest > 0 and not lots:  # what was there has no date
                lots = (_lot("Before", Money(rest, before.currency), None, None),)
            lots = (*lots, more)
        await self._keep(Money(before.amount + amount.amount, before.currency), lots, now, EntryKind.TOP_UP)

    async def correct(self, left: Money) -> None:
        """The balance before was wrong: so much is left now, and the difference was never spent.

        Raises: SettingRefused, StoreError.
        """
        now = self._clock()
        _, lots = await self._now(left, now)
        listed = sum((lot.remaining.amount for lot in lots if lot.remaining), Decimal(0))
        lots = spent_down(lots, listed - left.amount)
        await self._keep(left, lots, now, EntryKind.CORRECTION)

    async def _last(self) -> datetime | None:
        """Of when the last balance is."""
        account = await self._accounts.watched()
        entries = await self._ledger.latest(account.id, 1) if account else ()
        return entries[0].at if entries else None

    async def _now(self, told: Money, now: datetime) -> tuple[Money, tuple[Tranche, ...]]:
        """What is left, and its lots; nothing where nothing is known yet."""
        account = await self._accounts.watched()
        live = await self._ledger.live(account.id, now) if account else None
        if live is None:
            return Money(Decimal(0), told.currency), ()
        if live.left.currency != told.currency:
            raise SettingRefused(f"The balance is kept in {live.left.currency}, not in {told.currency}.")
        return live.left, live.tranches

    async def _keep(self, left: Money, lots: tuple[Tranche, ...], at: datetime, kind: EntryKind) -> None:
        account = await self._accounts.watched() or await self._accounts.watch(BY_HAND, HOST, "", NAME)
        dated = [lot for lot in by_expiry(lots) if lot.expires_at is not None]
        reading = Reading(
            taken_at=at,
            source=BY_HAND,
            meters=(Balance(key=TOTAL, label="Balance", left=left),),
            tranches=lots,
            next_expires_at=dated[0].expires_at if dated else None,
        )
        preferences, routes = await self._preferences.now(), await self._preferences.routes()
        now = self._clock()

        def judge(state: WatchState, thresholds: tuple[Threshold, ...]) -> Judgement:
            following = cadence.after_reading(left, thresholds, preferences.interval)
            label = account_label(account)
            return watch.after_reading(state, reading, thresholds, following, label, now, routes.unknown_after)

        look = Look(started_at=now, took=timedelta(0), trigger=Trigger.BY_HAND, left=left)
        await self._looks.add(account.id, look, reading, judge, routes, kind)


def _lot(name: str, remaining: Money, granted: Money | None, expires_at: datetime | None) -> Tranche:
    return Tranche(lot=Lot.PAID, name=name, remaining=remaining, granted=granted, expires_at=expires_at)
