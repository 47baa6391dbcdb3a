"""What is kept in a home, without anything that reaches outside: enough to show what is known."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from claudetray.core.vault import Vault
from claudetray.services.board import Board
from claudetray.services.local_zone import local_zone
from claudetray.services.preferences import PreferencesService
from claudetray.services.request_kept import RequestKept
from claudetray.services.watcher import Watcher
from claudetray.store.accounts import AccountsKept
from claudetray.store.alert_rules import AlertRulesKept
from claudetray.store.alerts import AlertsKept
from claudetray.store.budgets import BudgetsKept
from claudetray.store.channels import ChannelsKept
from claudetray.store.database import Database
from claudetray.store.ledger import LedgerKept
from claudetray.store.looks import LooksKept
from claudetray.store.outlook import OutlookKept
from claudetray.store.preferences import SettingsKept, ThresholdsKept
from claudetray.store.said import SaidKept
from claudetray.store.sessions import SessionKept
from claudetray.store.vault import OpeningVault

if TYPE_CHECKING:  # for the types alone; see below
    from claudetray.services.by_hand import BalanceByHand
    from claudetray.store.analytics import AnalyticsKept
    from claudetray.store.bodies import BodiesKept
    from claudetray.store.prices import PricesKept
    from claudetray.store.tags import TagsKept
    from claudetray.store.upkeep import Upkeep
    from claudetray.store.usage import UsageKept


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Built on an open database; whoever opened that closes it."""

    home: Path
    database: Database
    vault: Vault
    accounts: AccountsKept
    alerts: AlertsKept
    budgets: BudgetsKept
    channels: ChannelsKept
    ledger: LedgerKept
    looks: LooksKept
    request: RequestKept
    sessions: SessionKept
    preferences: PreferencesService
    outlook: OutlookKept
    board: Board
    watcher: Watcher

    @classmethod
    def on(
        cls, database: Database, home: Path, key: Callable[[], Awaitable[bytes]], clock: Callable[[], datetime]
    ) -> "Kept":
        """`key` finds the vault's data key (VaultError when there is none)."""
        vault = OpeningVault(database, key)
        accounts, looks = AccountsKept(database), LooksKept(database)
        request, sessions = RequestKept(vault), SessionKept(database)
        channels = ChannelsKept(database)
        preferences = PreferencesService(
            SettingsKept(database),
            ThresholdsKept(database),
            AlertRulesKept(database),
            channels,
            vault,
            local_zone,
        )
        outlook = OutlookKept(database)
        board = Board(accounts, looks, request, sessions, preferences, vault, outlook, clock, local_zone)
        return cls(
            home=home,
            database=database,
            vault=vault,
            accounts=accounts,
            alerts=AlertsKept(database),
            budgets=BudgetsKept(database),
            channels=channels,
            ledger=LedgerKept(database),
            looks=looks,
            request=request,
            sessions=sessions,
            preferences=preferences,
            outlook=outlook,
            board=board,
            watcher=Watcher(board, looks, SaidKept(database), preferences, clock, local_zone),
        )

    def by_hand(self, clock: Callable[[], datetime]) -> "BalanceByHand":
        """The way to type a balance."""
        from claudetray.services.by_hand import BalanceByHand

        return BalanceByHand(self.accounts, self.looks, self.ledger, self.preferences, clock)

    # The store of calls is loaded when it is first asked for: a tray without a proxy has no use for it.

    @property
    def usage(self) -> "UsageKept":
        from claudetray.store.usage import UsageKept

        return UsageKept(self.database)

    @property
    def bodies(self) -> "BodiesKept":
        from claudetray.store.bodies import BodiesKept

        return BodiesKept(self.database)

    @property
    def analytics(self) -> "AnalyticsKept":
        from claudetray.store.analytics import AnalyticsKept

        return AnalyticsKept(self.database)

    @property
    def tags(self) -> "TagsKept":
        from claudetray.store.tags import TagsKept

        return TagsKept(self.database)

    @property
    def prices(self) -> "PricesKept":
        from claudetray.store.prices import PricesKept

        return PricesKept(self.database)

    @property
    def upkeep(self) -> "Upkeep":
        from claudetray.store.upkeep import Upkeep

        return Upkeep(self.database)
