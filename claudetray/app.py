"""The composition root: builds every part, hands it on, and closes it in reverse."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from urllib.parse import urlsplit

from claudetray import logs, paths
from claudetray.channels.native import Native, Notifier
from claudetray.channels.slack import Slack
from claudetray.core.alert import Channel
from claudetray.core.errors import ClaudetrayError, StoreFailed
from claudetray.core.settings import loopback
from claudetray.desktop import display
from claudetray.desktop.monitor_lock import MonitorLock
from claudetray.desktop.notifications import DesktopNotifications
from claudetray.providers import catalog, http
from claudetray.services.board import Board
from claudetray.services.connection import Connection
from claudetray.services.monitor import Monitor
from claudetray.services.outbox import Outbox
from claudetray.services.parts import Parts
from claudetray.services.preferences import NATIVE, SLACK, PreferencesService
from claudetray.services.refresher import Refresher
from claudetray.services.tasks import Tasks
from claudetray.store import database, keys
from claudetray.store.accounts import AccountsKept
from claudetray.store.alerts import AlertsKept
from claudetray.store.looks import LooksKept
from claudetray.store.preferences import SettingsKept, ThresholdsKept
from claudetray.store.vault import OpeningVault

log = logging.getLogger(__name__)
qt_log = logging.getLogger("qt")


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
    notifier = DesktopNotifications(paths.resource("icons/claudetray.svg"))
    async with parts_opened(home, os.environ, [notifier]) as parts:
        yield parts


def prepared(home: Path, on_screen: bool) -> Path:
    """The home, made if need be, with the log started in it. Raises: StoreFailed."""
    os.umask(0o077)  # whatever is written from here on is its owner's alone
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
        connection = Connection(
            vault, accounts, source, catalog.ANTHROPIC, clock, override or catalog.ANTHROPIC.address
        )
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
            slack_at=lambda url: Slack(client, partial(_itself, url)),
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


async def _itself(value: str) -> str:
    return value


def tray(demo: bool, minimized: bool) -> int:
    """The tray, or a line per look where there is no display; the exit code."""
    if not demo:
        home = prepared(paths.home(), on_screen=True)
        return _monitored(home, Life(home=home, environ=os.environ, minimized=minimized))
    from claudetray.demo import scenario, world  # nobody else pays for importing aiohttp

    with TemporaryDirectory(prefix="claudetray-demo-") as folder, world.served() as stand_ins:
        home = prepared(Path(folder), on_screen=True)
        environ = {"CLAUDETRAY_VAULT_KEY": keys.made(), "CLAUDETRAY_CONSOLE_URL": stand_ins.url}
        return _monitored(home, Life(home=home, environ=environ, minimized=minimized, story=scenario.Story(stand_ins)))


class Story(Protocol):
    """The demo's: what is set up, and what then happens."""

    pace: float

    async def prepare(self, parts: Parts) -> None: ...

    async def play(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Life:
    """What one run of the monitor starts from."""

    home: Path
    environ: Mapping[str, str]
    minimized: bool
    story: Story | None = None


def _monitored(home: Path, life: Life) -> int:
    lock = MonitorLock(home)
    if not lock.acquire():
        sys.stderr.write("claudetray is already running for this home: look for its icon in the tray.\n")
        return 1
    try:
        if display.available():
            return _with_windows(life)
        sys.stderr.write("There is no display here, so claudetray prints a line for each look.\n")
        return asyncio.run(_headless(life))
    finally:
        lock.release()


def _with_windows(life: Life) -> int:
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    qInstallMessageHandler(lambda kind, _, text: qt_log.log(levels.get(kind, logging.WARNING), "%s", text))
    sys.excepthook = lambda kind, error, trace: log.error("a bug", exc_info=(kind, error, trace))
    application = QApplication(["claudetray"])
    application.setApplicationName("claudetray")
    application.setDesktopFileName("claudetray")
    application.setWindowIcon(QIcon(str(paths.resource("icons/claudetray.svg"))))
    application.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        runner.run(_desktop(life))
    return 0


async def _desktop(life: Life) -> None:
    """Live from first icon to last."""
    from claudetray.ui.front import Front
    from claudetray.ui.tray import Tray

    quit_asked = _quit_event()
    async with AsyncExitStack() as stack:
        icon = Tray(demo=life.story is not None)
        front: list[Front] = []  # the notifications' buttons lead to what is built after them
        notifier = DesktopNotifications(
            paths.resource("icons/claudetray.svg"),
            on_open=lambda: front[0].open_status(),
            on_snooze=lambda: front[0].snooze(),
        )
        parts = await stack.enter_async_context(parts_opened(life.home, life.environ, [notifier, icon]))
        tasks = Tasks()
        monitor = built_monitor(parts, tasks, life)
        front.append(Front(icon, parts, monitor, tasks, catalog.ANTHROPIC, demo=life.story is not None))
        stack.callback(front[0].close)
        stack.push_async_callback(tasks.close)
        front[0].quit_asked.connect(quit_asked.set)
        _quit_with_session(quit_asked)
        icon.show_status(await parts.board.status())
        front[0].start(life.minimized)
        await _begin(stack, parts, monitor, tasks, life)
        await quit_asked.wait()
        log.info("quitting")


async def _headless(life: Life) -> int:
    """The monitor without windows: a line for each look."""
    from claudetray.cli import headless

    quit_asked = _quit_event()
    async with AsyncExitStack() as stack:
        notifier = DesktopNotifications(paths.resource("icons/claudetray.svg"))
        parts = await stack.enter_async_context(parts_opened(life.home, life.environ, [notifier]))
        tasks = Tasks()
        stack.push_async_callback(tasks.close)
        monitor = built_monitor(parts, tasks, life)
        parts.refresher.look_ended.listen(lambda outcome: headless.say(outcome, clock()))
        await _begin(stack, parts, monitor, tasks, life)
        if not await parts.connection.kept():
            headless.say_not_set_up()
        await quit_asked.wait()
    return 0


def built_monitor(parts: Parts, tasks: Tasks, life: Life) -> Monitor:
    """The one monitor of a home, joined to its connection."""
    monitor = Monitor(
        parts.refresher,
        parts.outbox,
        parts.board,
        parts.looks,
        parts.preferences,
        parts.database.changes,
        tasks,
        clock,
        pace=life.story.pace if life.story else 1.0,
    )
    parts.connection.changed.listen(lambda _: tasks.start(monitor.connection_changed()))
    return monitor


async def _begin(stack: AsyncExitStack, parts: Parts, monitor: Monitor, tasks: Tasks, life: Life) -> None:
    if life.story is not None:
        await life.story.prepare(parts)
        tasks.start(life.story.play())
    stack.callback(monitor.stop)
    await monitor.start()
    tasks.start(parts.vault.ready())


def _quit_event() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, event.set)
        except (NotImplementedError, RuntimeError):  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(event.set))
    return event


def _quit_with_session(event: asyncio.Event) -> None:
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    if application is not None:
        application.aboutToQuit.connect(event.set)


if __name__ == "__main__":
    main(sys.argv[1:])
