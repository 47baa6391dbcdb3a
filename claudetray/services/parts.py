"""The parts of the application that a face (a window, a command) may use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from claudetray.core.alert import Channel
from claudetray.core.vault import Vault
from claudetray.services.board import Board
from claudetray.services.connection import Connection
from claudetray.services.outbox import Outbox
from claudetray.services.preferences import PreferencesService
from claudetray.services.refresher import Refresher
from claudetray.store.alerts import AlertsKept
from claudetray.store.database import Database
from claudetray.store.looks import LooksKept


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Built by the composition root, and closed by it. `monitored`: does another process monitor this home?"""

    clock: Callable[[], datetime]
    monitored: Callable[[], bool]
    size: Callable[[], int]  # bytes of the data file
    database: Database
    vault: Vault
    alerts: AlertsKept
    looks: LooksKept
    preferences: PreferencesService
    connection: Connection
    refresher: Refresher
    outbox: Outbox
    slack_at: Callable[[str], Channel]  # Slack at a webhook that is not kept yet
    board: Board
