"""The composition root: builds every part, hands it on, and closes it in reverse.

What reaches outside is built by `assembly.py`, once the icon stands.
"""

import asyncio
import linecache
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from claudetray import crashes, logs, paths
from claudetray.core.channel import SEND
from claudetray.core.errors import ClaudetrayError, StartupFailed, StoreFailed
from claudetray.core.serving import RATES
from claudetray.desktop import display, first_copy, last_words
from claudetray.desktop.first_copy import FirstCopy, Turn
from claudetray.desktop.notifications import DesktopNotifications
from claudetray.services.kept import Kept
from claudetray.services.tasks import Tasks
from claudetray.store import database, keys

if TYPE_CHECKING:  # for the types alone: importing it takes longer than all the rest together
    from claudetray.cli.context import SelfTested
    from claudetray.core.serving import Serving
    from claudetray.desktop.login_helper import LoginHelper
    from claudetray.desktop.monitor_lock import MonitorLock
    from claudetray.services.monitor import Monitor
    from claudetray.services.parts import Parts
    from claudetray.ui.tray import Tray

TRAY_OPTIONS = frozenset({"--demo", "--minimized"})
HELPER = "console-login"  # as desktop/login_helper.py starts it
MOST_FILES = 65536
TAKE_S = 0.2  # `status` holds the lock for a blink
log = logging.getLogger(__name__)
qt_log = logging.getLogger("qt")


def clock() -> datetime:
    """The one clock that the parts are handed."""
    return datetime.now(UTC)


def main(arguments: list[str]) -> None:
    """Run the command line, and end the process."""
    paths.unbundled(os.environ)
    if TRAY_OPTIONS.issuperset(arguments):  # the everyday start needs no parser, which takes 40 ms to import
        sys.exit(tray("--demo" in arguments, "--minimized" in arguments))
    if arguments[:1] == [HELPER]:
        from claudetray.console_login import main as login

        sys.exit(login.main(arguments[1:], paths.resource("icons/claudetray.svg")))
    if arguments[:1] == [RATES]:
        from claudetray.prices import library, text

        sys.stdout.write(text.to_json(library.table()))
        sys.exit(0)
    if arguments[:1] == [SEND]:
        from claudetray.channels import sender

        sys.exit(sender.main())
    from claudetray.cli import main as command_line
    from claudetray.cli.context import Launcher
    from claudetray.desktop.autostart import autostart

    launcher = Launcher(
        parts=commands_parts,
        display=display.available,
        serve=serve,
        autostart=autostart(paths.tray_command()),
        self_test=self_test,
    )
    command_line.main(arguments, launcher)


@asynccontextmanager
async def commands_parts() -> "AsyncIterator[Parts]":
    """Every part, for as long as a command runs."""
    from claudetray import assembly

    home = prepared(paths.home(), on_screen=False)
    with kept_opened(home, os.environ) as kept:
        notifier = DesktopNotifications(paths.resource("icons/claudetray.svg"))
        async with assembly.parts_opened(kept, os.environ, [notifier], helper(), clock) as parts:
            yield parts


def serve(port: int | None) -> int:
    """The proxy and the local API, until it is told to stop; the exit code."""
    from claudetray import serving

    home = prepared(paths.home(), on_screen=True)

    async def served() -> None:
        quit_asked = _quit_event()
        with kept_opened(home, os.environ) as kept:
            await serving.Server(kept, os.environ, clock, helper()).run(port, say, quit_asked)

    def say(ready: "Serving") -> None:
        sys.stdout.write(f"{serving.ready_line(ready)}\n")
        sys.stdout.flush()

    sys.setswitchinterval(serving.SWITCH_S)
    _allow_many_connections()
    with crashes.noted(home):
        asyncio.run(served())
    return 0


def self_test(say: "Callable[[SelfTested], None]") -> bool:
    """Try every part of this build, in a home of its own: a line each, until one fails."""
    from claudetray import self_test

    os.umask(0o077)
    return self_test.run(say)


def _allow_many_connections() -> None:
    """A call takes two; many systems allow a process 1,024 unless it asks for more."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def prepared(home: Path, on_screen: bool) -> Path:
    """The home, made if need be, with the log started in it. Raises: StoreFailed."""
    os.umask(0o077)  # whatever is written from here on is its owner's alone
    try:
        paths.made(home)
    except OSError as error:
        raise StoreFailed(f"The folder {home} cannot be used ({error.strerror}).") from error
    logs.start(paths.log(home), logs.level(os.environ.get("CLAUDETRAY_LOG")), on_screen)
    return home


@contextmanager
def kept_opened(home: Path, environ: Mapping[str, str], reads_apart: bool = True) -> Iterator[Kept]:
    """What is kept in a home. Raises: StoreError."""
    with database.opened(paths.database(home), reads_apart) as data:
        yield Kept.on(data, home, partial(vault_key, home, environ.get("CLAUDETRAY_VAULT_KEY")), clock)


def helper() -> "LoginHelper":
    """The way to start a login helper: this same program, in this environment."""
    from claudetray.desktop.login_helper import LoginHelper

    return LoginHelper(paths.command(), paths.helper_environ())


async def vault_key(home: Path, named: str | None) -> bytes:
    """The data key. Raises: VaultError when there is none to be had."""
    return keys.decoded(named) if named else await keys.from_keyring(home)


class Story(Protocol):
    """The demo's: what is set up, and what then happens."""

    pace: float

    async def prepare(self, parts: "Parts") -> None: ...

    async def play(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Life:
    """What one run of the monitor starts from."""

    home: Path
    environ: Mapping[str, str]
    minimized: bool
    story: Story | None = None


def tray(demo: bool, minimized: bool) -> int:
    """The tray, or a line per look where there is no display; the exit code."""
    try:
        if not demo:
            home = prepared(paths.home(), on_screen=True)
            return _monitored(Life(home=home, environ=os.environ, minimized=minimized))
        from tempfile import TemporaryDirectory

        from claudetray.demo import scenario, world  # nobody else pays for importing aiohttp

        with (
            TemporaryDirectory(prefix="claudetray-demo-", ignore_cleanup_errors=True) as folder,
            world.served() as stand_ins,
        ):
            home = prepared(Path(folder), on_screen=True)
            environ = {
                "CLAUDETRAY_VAULT_KEY": keys.made(),
                "CLAUDETRAY_CONSOLE_URL": stand_ins.url,
                "CLAUDETRAY_UPSTREAM": stand_ins.url,
            }
            story = scenario.Story(stand_ins)
            return _monitored(Life(home=home, environ=environ, minimized=minimized, story=story))
    except ClaudetrayError as error:
        last_words.say(f"{error.title}: {error.message}")
        return 1


def _monitored(life: Life) -> int:
    from claudetray.desktop.monitor_lock import MonitorLock

    lock, on_screen = MonitorLock(life.home), display.available()
    try:
        turn = _turn(life, lock, on_screen)
        first = FirstCopy(life.home, on_screen) if turn is Turn.FIRST else None
    except OSError as error:
        lock.release()
        raise StoreFailed(f"The folder {life.home} cannot be written to ({error.strerror}).") from error
    if turn is Turn.SERVED:  # the first copy has shown its window
        return 0
    if first is None:
        last_words.say("claudetray is already running for this home.")
        return 1
    try:
        with crashes.noted(life.home):
            if on_screen:
                return _with_windows(life, first)
            sys.stderr.write("There is no display here, so claudetray prints a line for each look.\n")
            return asyncio.run(_headless(life))
    finally:
        first.close()
        lock.release()


def _turn(life: Life, lock: "MonitorLock", on_screen: bool) -> Turn:
    """Monitor this home, or be served by the copy that does. Raises: OSError."""

    def ask() -> bool | None:
        return first_copy.served_by_first(life.home, show=not life.minimized) if on_screen else None

    patience_s = 30.0 if on_screen else 1.0  # the first may be starting still, or finishing its streams
    return first_copy.turn(ask, lambda: lock.acquire(TAKE_S) or _handed_over(life.home, lock), patience_s)


def _handed_over(home: Path, lock: "MonitorLock") -> bool:
    """A `claudetray serve` that monitors leaves that to us: we have windows."""
    from claudetray.desktop.serve_client import monitor_released

    return monitor_released(home) and lock.acquire()


def _with_windows(life: Life, first: FirstCopy) -> int:
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    qInstallMessageHandler(lambda kind, _, text: qt_log.log(levels.get(kind, logging.WARNING), "%s", text))
    if sys.platform == "win32":  # the same identity as the entry in the menu, and as the notifications'
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("claudetray")
    application = QApplication(["claudetray"])
    application.setApplicationName("claudetray")
    application.setDesktopFileName("claudetray")
    application.setQuitOnLastWindowClosed(False)

    def loop() -> QEventLoop:
        made = QEventLoop(application)
        # Names are resolved in threads; qasync's own pool starts ten of them at once (6 MiB, measured).
        made.set_default_executor(ThreadPoolExecutor(max_workers=2, thread_name_prefix="resolver"))
        return made

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(_desktop(life, first))
    return 0


async def _desktop(life: Life, first: FirstCopy) -> None:
    """Live from first icon to last."""
    from claudetray.ui.tray import Tray

    quit_asked = _quit_event()
    async with AsyncExitStack() as stack:
        kept = stack.enter_context(kept_opened(life.home, life.environ, reads_apart=False))
        icon = Tray(demo=life.story is not None)
        stack.callback(icon.hide)
        icon.show_status(await kept.board.status())
        icon.show()
        await _work(life, first, kept, icon, stack, quit_asked)


async def _work(
    life: Life, first: FirstCopy, kept: Kept, icon: "Tray", stack: AsyncExitStack, quit_asked: asyncio.Event
) -> None:
    """Everything behind the icon, until the person quits."""
    from PySide6.QtWidgets import QApplication

    # httpx brings a command line of its own where click and pygments are installed: 3 MiB for nothing (measured).
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: there is no such module
    # APScheduler brings pools of threads and processes, and with them all of multiprocessing: 0.8 MiB (measured). We
    # use its executor for asyncio alone.
    pools = ModuleType("apscheduler.executors.pool")
    pools.__dict__["ThreadPoolExecutor"] = None
    sys.modules.setdefault("apscheduler.executors.pool", pools)
    from claudetray import assembly

    # PySide6 reads the source of every module that is imported after it (shibokensupport.feature), and linecache
    # keeps it all: up to 12 MiB (measured). The first look imports the last of them.
    linecache.clearcache()
    from claudetray.ui.front import Front

    front: list[Front] = []  # the notifications' buttons lead to what is built after them
    symbol = paths.resource("icons/claudetray.svg")
    name = "claudetray demo" if life.story else "claudetray"
    notifier = DesktopNotifications(
        symbol, name, lambda: front[0].open_status(), lambda: front[0].snooze(), lambda: front[0].sign_in()
    )
    parts = await stack.enter_async_context(
        assembly.parts_opened(kept, life.environ, [notifier, icon], helper(), clock)
    )
    tasks = Tasks()
    monitor = assembly.built_monitor(parts, tasks, life.story.pace if life.story else 1.0)
    front.append(Front(icon, parts, monitor, tasks, symbol, demo=life.story is not None))
    keeper = assembly.built_keeper(kept, life.environ, tasks, clock)
    stack.push_async_callback(keeper.stop)
    front[0].proxy.join(keeper)
    front[0].proxy.prices_changed.connect(lambda: tasks.start(parts.usage.reprice()))
    stack.callback(front[0].close)
    stack.push_async_callback(tasks.close)
    front[0].quit_asked.connect(quit_asked.set)
    application = QApplication.instance()
    if application is not None:
        application.aboutToQuit.connect(quit_asked.set)
    front[0].start(life.minimized)
    parts.refresher.look_ended.listen(lambda _: linecache.clearcache())
    await _begin(stack, parts, monitor, tasks, life)
    monitor.status_changed.listen(lambda status: keeper.follow(status.preferences))
    await keeper.start()
    if sys.platform == "darwin" and isinstance(application, QApplication):
        application.applicationStateChanged.connect(front[0].on_state_changed)
    loop = asyncio.get_running_loop()
    if life.story is None:
        tasks.start(front[0].watch_updates())
        with suppress(StartupFailed):
            parts.autostart.mend()
    first.join(lambda token: loop.call_soon_threadsafe(front[0].summoned, token))
    await quit_asked.wait()
    log.info("quitting")
    first.close()  # who comes now is not served by us any more, but waits until it can be the first


async def _headless(life: Life) -> int:
    """The monitor without windows: a line for each look."""
    from claudetray import assembly
    from claudetray.cli import headless

    quit_asked = _quit_event()
    async with AsyncExitStack() as stack:
        kept = stack.enter_context(kept_opened(life.home, life.environ))
        notifier = DesktopNotifications(paths.resource("icons/claudetray.svg"))
        parts = await stack.enter_async_context(assembly.parts_opened(kept, life.environ, [notifier], helper(), clock))
        tasks = Tasks()
        stack.push_async_callback(tasks.close)
        monitor = assembly.built_monitor(parts, tasks, life.story.pace if life.story else 1.0)
        parts.refresher.look_ended.listen(lambda outcome: headless.say(outcome, clock()))
        await _begin(stack, parts, monitor, tasks, life)
        if not await parts.connection.kept():
            headless.say_not_set_up()
        await quit_asked.wait()
    return 0


async def _begin(stack: AsyncExitStack, parts: "Parts", monitor: "Monitor", tasks: Tasks, life: Life) -> None:
    if life.story is not None:
        await life.story.prepare(parts)
        tasks.start(life.story.play())
    stack.push_async_callback(monitor.stop)
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


if __name__ == "__main__":
    main(sys.argv[1:])
