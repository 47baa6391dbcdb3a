"""The parts of the application that a face (a window, a command) may use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from claudetray.core.alert import Channel
from claudetray.core.provider import Provider
from claudetray.core.serving import Serving
from claudetray.core.vault import Vault
from claudetray.services.board import Board
from claudetray.services.connection import Connection
from claudetray.services.kept import Kept
from claudetray.services.outbox import Outbox
from claudetray.services.preferences import PreferencesService
from claudetray.services.refresher import Refresher
from claudetray.services.sessions import Sessions
from claudetray.services.sign_in import SignIn
from claudetray.services.usage_desk import UsageDesk
from claudetray.store.alerts import AlertsKept


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
    connection: Connection
    sessions: Sessions
    sign_in: SignIn
    refresher: Refresher
    outbox: Outbox
    usage: UsageDesk
    slack_at: Callable[[str], Channel]  # Slack at a webhook that is not kept yet

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
