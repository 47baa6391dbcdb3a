"""The composition root: builds every part, hands it on, and closes it in reverse."""

import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from claudetray import logs, paths
from claudetray.channels.native import Native, Notifier
from claudetray.channels.slack import Slack
from claudetray.core.alert import Channel
from claudetray.core.errors import ClaudetrayError, StoreFailed
from claudetray.core.settings import loopback
from claudetray.desktop.monitor_lock import MonitorLock
from claudetray.providers import catalog, http
from claudetray.services.board import Board
from claudetray.services.connection import Connection
from claudetray.services.outbox import Outbox
from claudetray.services.parts import Parts
from claudetray.services.preferences import NATIVE, SLACK, PreferencesService
from claudetray.services.refresher import Refresher
from claudetray.store import database, keys
from claudetray.store.accounts import AccountsKept
from claudetray.store.alerts import AlertsKept
from claudetray.store.looks import LooksKept
from claudetray.store.preferences import SettingsKept, ThresholdsKept
from claudetray.store.vault import OpeningVault


def clock() -> datetime:
    """The one clock that the parts are handed."""
    return datetime.now(UTC)


def main(arguments: list[str]) -> None:
    """Run the command line, and end the process."""
    from claudetray.cli import main as command_line
    from claudetray.cli.context import Launcher

    command_line.main(arguments, Launcher(parts=commands_parts, tray=tray))


@asynccontextmanager
async def commands_parts() -> AsyncIterator[Parts]:
    """Every part, for as long as a command runs."""
    home = prepared(paths.home(), on_screen=False)
    from claudetray.desktop.notifications import DesktopNotifications

    notifier = DesktopNotifications(paths.resource("icons/claudetray.svg"))
    async with parts_opened(home, os.environ, [notifier]) as parts:
        yield parts


def prepared(home: Path, on_screen: bool) -> Path:
    """The home, made if need be, with the log started in it. Raises: StoreFailed."""
    try:
        paths.made(home)
    except OSError as error:
        raise StoreFailed(f"The folder {home} cannot be used ({error.strerror}).") from error
    logs.start(paths.log(home), logs.level(os.environ.get("CLAUDETRAY_LOG")), on_screen)
    return home


@asynccontextmanager
async def parts_opened(home: Path, environ: Mapping[str, str], notifiers: Sequence[Notifier]) -> AsyncIterator[Parts]:
    """Every part, open for as long as the block runs. Raises: StoreError."""
    override = console_override(environ)
    async with AsyncExitStack() as stack:
        data = stack.enter_context(database.opened(paths.database(home)))
        client = await stack.enter_async_context(http.client())
        vault = OpeningVault(data, partial(vault_key, home, environ.get("CLAUDETRAY_VAULT_KEY")))
        accounts, looks, alerts = AccountsKept(data), LooksKept(data), AlertsKept(data)
        preferences = PreferencesService(SettingsKept(data), ThresholdsKept(data), vault)
        source = catalog.anthropic_source(client, clock, override)
        connection = Connection(vault, accounts, source, catalog.ANTHROPIC, override or catalog.ANTHROPIC.address)
        refresher = Refresher(connection, source, looks, preferences, clock, preferences.deliver_from)
        channels: dict[str, Channel] = {NATIVE: Native(notifiers), SLACK: Slack(client, preferences.webhook)}
        yield Parts(
            clock=clock,
            monitored=MonitorLock(home).taken,
            size=lambda: paths.database(home).stat().st_size,
            database=data,
            vault=vault,
            alerts=alerts,
            looks=looks,
            preferences=preferences,
            connection=connection,
            refresher=refresher,
            outbox=Outbox(alerts, channels, clock, home),
            board=Board(accounts, looks, preferences, vault, clock),
        )


def console_override(environ: Mapping[str, str]) -> str | None:
    """`CLAUDETRAY_CONSOLE_URL`, where it names this machine; a cookie is never sent to any other place.

    Raises: ClaudetrayError on any other address but the Console's own.
    """
    named = environ.get("CLAUDETRAY_CONSOLE_URL", "").strip().rstrip("/")
    if named in ("", catalog.ANTHROPIC.address):
        return None
    parts = urlsplit(named)
    if parts.scheme in ("http", "https") and parts.hostname and loopback(parts.hostname) and not parts.path:
        return f"{parts.scheme}://{parts.netloc}"
    raise ClaudetrayError("CLAUDETRAY_CONSOLE_URL may only name this machine, such as http://127.0.0.1:8000.")


async def vault_key(home: Path, named: str | None) -> bytes:
    """The data key. Raises: VaultError when there is none to be had."""
    return keys.decoded(named) if named else await keys.from_keyring(home)


def tray(demo: bool, minimized: bool) -> int:
    """The tray, or a line per look where there is no display; the exit code."""
    raise NotImplementedError


if __name__ == "__main__":
    main(sys.argv[1:])
