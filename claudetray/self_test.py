"""`claudetray doctor --self-test`: does this build work here? Every part once, in a home that is thrown away.

Nothing of the person's is touched, and nothing but this machine is asked.
"""

import asyncio
import json
import os
import pkgutil
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import claudetray
from claudetray import paths
from claudetray.channels.through_apprise import ThroughApprise
from claudetray.core.alert import Alert, AlertKind
from claudetray.core.browser import Event, Mode, Opening
from claudetray.core.channel import SEND, ChannelForm
from claudetray.core.errors import ClaudetrayError, SelfTestFailed
from claudetray.core.health import Health
from claudetray.core.serving import RATES
from claudetray.desktop import display
from claudetray.desktop.alert_helper import AlertHelper
from claudetray.desktop.login_helper import LoginHelper
from claudetray.desktop.notifications import DesktopNotifications
from claudetray.desktop.serve_lock import TOKEN, ServeLock
from claudetray.desktop.serve_process import ServeCommand
from claudetray.store import database, keys
from claudetray.store.vault import SealedVault

WITHIN_S = 60.0  # each
APART = ("claudetray.console_login", "claudetray.__main__", "claudetray.channels.sender")  # loaded by helpers alone
PAGE = b"<!doctype html><title>claudetray</title><p>A page of this machine."
ENGINE = "PySide6.QtWebEngineCore"
NO_ENGINE = "left out: this build has no web engine, so there is no signing in; snippets work"


@dataclass(frozen=True, slots=True)
class Line:
    """What one part came to."""

    part: str
    good: bool
    word: str
    seconds: float


async def tested(home: Path) -> AsyncIterator[Line]:
    """A line for each part, up to and including the first that does not work. `home` is an empty folder."""
    for part, check in CHECKS.items():
        began = time.monotonic()
        try:
            async with asyncio.timeout(WITHIN_S):
                word, good = await check(paths.made(home / part.replace(" ", "-"))), True
        except TimeoutError:
            word, good = f"It took more than {WITHIN_S:.0f} s.", False
        except ClaudetrayError as error:
            word, good = error.message, False
        except Exception as error:  # whatever it is, it is the finding
            word, good = f"{type(error).__name__}: {error}", False
        yield Line(part, good, word, time.monotonic() - began)
        if not good:
            return


def run(say: Callable[[Line], None]) -> bool:
    """Test every part, in a home of its own; True when all of them work."""

    async def all_of(home: Path) -> bool:
        good = True
        async for line in tested(home):
            good = line.good
            say(line)
        return good

    with TemporaryDirectory(prefix="claudetray-self-test-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(all_of(Path(folder)))


async def _modules(home: Path) -> str:
    """Whatever is loaded only when it is needed is there."""
    found = [module.name for module in pkgutil.walk_packages(claudetray.__path__, "claudetray.")]
    wanted = [name for name in found if not name.startswith(APART)]
    for name in wanted:
        import_module(name)
    if not wanted:
        raise SelfTestFailed("The package has no modules.")
    return f"{len(wanted)} loaded"


async def _database(home: Path) -> str:
    with database.opened(paths.database(home)) as data:
        if (word := await data.checked()) != "ok":
            raise SelfTestFailed(word)
    return "opened, and sound"


async def _vault(home: Path) -> str:
    for module, _ in keys.backends():
        import_module(module)
    with database.opened(paths.database(home)) as data:
        vault = SealedVault(data, keys.decoded(keys.made()))
        await vault.keep("self-test", "a secret")
        if await vault.secret("self-test") != "a secret" or b"a secret" in paths.database(home).read_bytes():
            raise SelfTestFailed("A secret did not come back from the vault as it went in.")
    return "a key was made, and a secret sealed and opened"


async def _icon(home: Path) -> str:
    from PySide6.QtGui import QGuiApplication, QIcon
    from PySide6.QtWidgets import QApplication

    from claudetray.core.status import Condition
    from claudetray.ui import theme, tray_icon

    if not display.available():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication.instance() or QApplication(["claudetray"])
    assert application is not None  # and kept until the icons are painted
    face = tray_icon.Face(None, Health.HEALTHY, Condition.FRESH)
    symbol = QIcon(str(paths.resource("icons/claudetray.svg")))
    for size in tray_icon.SIZES:
        for shown in (tray_icon.pixmap(face, theme.current(), size), symbol.pixmap(size, size)):
            image = shown.toImage()
            if image.isNull() or not any(image.pixelColor(x, size // 2).alpha() for x in range(image.width())):
                raise SelfTestFailed(f"The icon is empty at {size} pixels.")
    return f"{len(tray_icon.SIZES)} sizes, {tray_icon.SIZES[0]} to {tray_icon.SIZES[-1]} pixels"


async def _prices(home: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *paths.command(), RATES, stdout=asyncio.subprocess.PIPE, env=paths.helper_environ()
    )
    out, _ = await process.communicate()
    if process.returncode or len(out) < 1000:
        raise SelfTestFailed("The helper that reads the published prices failed.")
    return f"{len(out) // 1024} KiB from a helper"


async def _serve(home: Path) -> str:
    environ = {**paths.helper_environ(), "CLAUDETRAY_VAULT_KEY": keys.made()}
    process = ServeCommand(paths.command(), environ, home).launch(0)
    try:
        serving = await process.ready()
        request = urllib.request.Request(f"{serving.url}/api/health")
        request.add_header("Authorization", f"Bearer {(home / TOKEN).read_text()}")
        healthy = await asyncio.to_thread(_answered, request)
        process.ask_to_end()
        await process.ended()
    finally:
        process.kill()
        await process.ended()
    if not healthy or ServeLock(home).taken():
        raise SelfTestFailed("The local API gave no answer, or its lock is still held.")
    return f"answered at {serving.url}, and stopped"


async def _apprise(home: Path) -> str:
    with _on_loopback() as (address, posted):
        helper = AlertHelper(paths.command(), paths.helper_environ())
        channel = ThroughApprise("self-test", ChannelForm.OTHER, address.replace("http:", "json:"), helper.send)
        await channel.send(_alert())
    if not posted:
        raise SelfTestFailed("The message did not arrive.")
    return f"one message through the helper ({SEND})"


async def _login(home: Path) -> str:
    if find_spec(ENGINE) is None:
        return NO_ENGINE
    with _on_loopback() as (address, _):
        browser = LoginHelper(paths.command(), {**paths.helper_environ(), "CLAUDETRAY_HOME": str(home)})
        async with browser.visit(Opening(mode=Mode.LOOK, origin=address, address=f"{address}/")) as visit:
            while (await visit.event())["event"] != Event.SETTLED:
                pass
            return f"a page of this machine was loaded by {visit.user_agent.rpartition(' ')[0].rpartition(' ')[2]}"


async def _notification(home: Path) -> str:
    notifier = DesktopNotifications(paths.resource("icons/claudetray.svg"), shown_nowhere=True)
    await notifier.notify(_alert(), "claudetray", "The self-test.")
    return "taken by a backend that shows nothing"


CHECKS: Mapping[str, Callable[[Path], Awaitable[str]]] = {
    "modules": _modules,
    "database": _database,
    "vault": _vault,
    "icon": _icon,
    "prices": _prices,
    "serve": _serve,
    "alert helper": _apprise,
    "login helper": _login,
    "notification": _notification,
}


def _alert() -> Alert:
    return Alert(
        kind=AlertKind.TEST,
        health=Health.HEALTHY,
        title="Test",
        body="It works.",
        facts=(),
        raised_at=datetime.now(UTC),
    )


def _answered(request: urllib.request.Request) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return json.loads(answer.read()) is not None


@contextmanager
def _on_loopback() -> Iterator[tuple[str, list[bytes]]]:
    """A server on this machine: its address, and what was posted to it."""
    posted: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, PAGE)

        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            self._answer(200, b"ok")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing of it is worth a line."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", posted
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
