"""What is kept in a home, without anything that reaches outside: enough to show what is known."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from claudetray.core.vault import Vault
from claudetray.services.board import Board
from claudetray.services.preferences import PreferencesService
from claudetray.services.request_kept import RequestKept
from claudetray.store.accounts import AccountsKept
from claudetray.store.alerts import AlertsKept
from claudetray.store.database import Database
from claudetray.store.looks import LooksKept
from claudetray.store.preferences import SettingsKept, ThresholdsKept
from claudetray.store.sessions import SessionKept
from claudetray.store.vault import OpeningVault

if TYPE_CHECKING:  # for the types alone; see below
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
    looks: LooksKept
    request: RequestKept
    sessions: SessionKept
    preferences: PreferencesService
    board: Board

    @classmethod
    def on(
        cls, database: Database, home: Path, key: Callable[[], Awaitable[bytes]], clock: Callable[[], datetime]
    ) -> "Kept":
        """`key` finds the vault's data key (VaultError when there is none)."""
        vault = OpeningVault(database, key)
        accounts, looks = AccountsKept(database), LooksKept(database)
        request, sessions = RequestKept(vault), SessionKept(database)
        preferences = PreferencesService(SettingsKept(database), ThresholdsKept(database), vault)
        return cls(
            home=home,
            database=database,
            vault=vault,
            accounts=accounts,
            alerts=AlertsKept(database),
            looks=looks,
            request=request,
            sessions=sessions,
            preferences=preferences,
            board=Board(accounts, looks, request, sessions, preferences, vault, clock),
        )

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
