"""The parts of the application that a face (a window, a command) may use."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from claudetray.core.alert import Channel
from claudetray.core.provider import Provider
from claudetray.core.rates import PriceTable
from claudetray.core.serving import Serving
from claudetray.core.startup import StartsWithSession
from claudetray.core.vault import Vault
from claudetray.services.board import Board
from claudetray.services.channels import ChannelDesk
from claudetray.services.connection import Connection
from claudetray.services.kept import Kept
from claudetray.services.outbox import Outbox
from claudetray.services.preferences import PreferencesService
from claudetray.services.refresher import Refresher
from claudetray.services.sessions import Sessions
from claudetray.services.sign_in import SignIn
from claudetray.services.updates import Updates
from claudetray.store.alerts import AlertsKept

if TYPE_CHECKING:
    from claudetray.services.usage_desk import UsageDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Built by the composition root, and closed by it.

    `monitored`: does another process monitor this home? `serving`: which one runs its proxy, if any?
    """

    clock: Callable[[], datetime]
    kept: Kept
    monitored: Callable[[], bool]
    serving: Callable[[], Serving | None]
    provider: Provider
    autostart: StartsWithSession
    connection: Connection
    sessions: Sessions
    sign_in: SignIn
    refresher: Refresher
    outbox: Outbox
    channels: ChannelDesk
    updates: Updates
    crash_log: Path
    published: Callable[[], Awaitable[PriceTable]]  # the published prices
    slack_at: Callable[[str], Channel]  # Slack at a webhook that is not kept yet

    @property
    def usage(self) -> "UsageDesk":
        from claudetray.services.usage_desk import UsageDesk  # not loaded by who adds no calls

        return UsageDesk(self.kept.usage, self.kept.tags, self.kept.prices, self.published)

    @property
    def vault(self) -> Vault:
        return self.kept.vault

    @property
    def alerts(self) -> AlertsKept:
        return self.kept.alerts

    @property
    def preferences(self) -> PreferencesService:
        return self.kept.preferences

    @property
    def board(self) -> Board:
        return self.kept.board
