"""Takes the pictures in docs/images: tray, menu, windows, light and dark, each state of the icon."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from claudetray.core.watch import Judgement
from claudetray.demo import world
from claudetray.demo.console import ORGANIZATION, Mood
from claudetray.demo.sign_in import CODE
from claudetray.demo.world import World
from claudetray.store import database
from claudetray.store.accounts import AccountsKept
from claudetray.store.looks import LooksKept
from tests.builders import a_look, a_reading, routes
from tests.whole import desktop as desktops
from tests.whole.desktop import TICK, WELCOME, Desktop, until

IMAGES = ROOT / "docs" / "images"
SIGN_IN = "Sign in to the Console"
# Qt takes its colors from the desktop, and this one has none: every program on it is given dark ones at its start.
DARK = """
try:
    from PySide6.QtWidgets import QApplication
except ImportError:
    pass
else:
    from PySide6.QtGui import QColor, QPalette
    made = QApplication.__init__
    def dark(self, *args):
        made(self, *args)
        self.setStyle("Fusion")
        self.setPalette(QPalette(QColor(44, 46, 50)))
    QApplication.__init__ = dark
"""


def colored(desktop: Desktop, scheme: str) -> None:
    if scheme == "dark":
        folder = desktop.folder / "dark"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(DARK)
        desktop.environ["PYTHONPATH"] = str(folder)


def shot(desktop: Desktop, name: str, window: str | None = None, crop: str | None = None) -> None:
    target = desktop.windows(window)[-1] if window else "root"
    if window:
        desktop.output("xdotool", "windowmove", target, "100", "100")  # from under the tray
    TICK.wait(0.8)  # until it is painted
    words = ["import", "-window", target, *(["-crop", crop, "+repage"] if crop else []), str(IMAGES / f"{name}.png")]
    subprocess.run(words, env=desktop.environ, check=True)


def set_up(desktop: Desktop, stand_ins: World) -> None:
    desktop.environ["CLAUDETRAY_CONSOLE_URL"] = stand_ins.url
    desktop.run("snippet", "set", "-", stdin=stand_ins.snippet())
    desktop.run("settings", "set", "slack.webhook", "-", stdin=stand_ins.webhook)
    desktop.run("thresholds", "set", "50=60", "20=30", "5=10")
    for left in ("60.36", "48.02", "31.40", "18.20"):
        stand_ins.console.amount = Decimal(left)
        desktop.run("fetch")


def called(desktop: Desktop) -> None:
    """Some calls through the proxy that the tray has started."""
    said = Path(desktop.environ["CLAUDETRAY_HOME"]) / "serve.json"
    until(said.exists)
    url = json.loads(said.read_text())["url"]
    for model, client, tags in (
        ("claude-homegrown-1", "Anthropic/Python 2.11.0", ""),
        ("claude-haiku-5-5", "Anthropic/Python 2.11.0", "nightly"),
        ("claude-sonnet-5-5", "claude-cli/2.1.197 (external, cli)", "website"),
        ("claude-opus-5-5", "claude-cli/2.1.197 (external, cli)", ""),
    ):
        asked = {"model": model, "max_tokens": 64, "messages": [{"role": "user", "content": "Hello"}], "stream": True}
        headers = {"x-api-key": "sk-ant-picture", "user-agent": client, "x-claudetray-tags": tags}
        request = urllib.request.Request(f"{url}/v1/messages", json.dumps(asked).encode(), headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()


def pictured(desktop: Desktop, stand_ins: World, scheme: str) -> None:
    desktop.environ["CLAUDETRAY_UPSTREAM"] = stand_ins.url
    desktop.run("settings", "set", "proxy.enabled", "true")
    tray = desktop.claudetray("--minimized")
    until(lambda: "#e69f00" in desktop.colors(1256, 0, 24, 24))
    called(desktop)
    desktop.click(1268, 12)
    until(lambda: desktop.windows("^claudetray$"))
    shot(desktop, f"status-{scheme}", "^claudetray$")
    desktop.click(1268, 12, button=3)
    TICK.wait(1)  # the menu's figures are asked for as it opens
    shot(desktop, f"menu-{scheme}", crop="560x390+720+0")
    desktop.keys("Escape")
    activated(desktop, "^claudetray$")
    desktop.keys("alt+c")
    shot(desktop, f"calls-{scheme}", "^claudetray$")
    desktop.keys("alt+l")
    stand_ins.console.mood = Mood.EXPIRED
    window = desktop.windows("^claudetray$")[-1]
    desktop.output("xdotool", "windowactivate", "--sync", window)
    desktop.keys("alt+f")
    until(lambda: '"expired"' in desktop.run("status", "--json").stdout)
    shot(desktop, f"session-expired-{scheme}", "^claudetray$")
    stand_ins.console.mood = Mood.FINE
    desktop.output("xdotool", "windowactivate", "--sync", window)
    desktop.keys("alt+e")
    until(lambda: desktop.windows("claudetray settings"))
    pages = {"console": "c", "thresholds": "h", "alerts": "e", "general": "g", "proxy": "x", "tags": "s", "prices": "p"}
    for name, key in pages.items():
        desktop.keys(f"alt+{key}")
        shot(desktop, f"settings-{name}-{scheme}", "claudetray settings")
    desktop.keys("Escape")
    signing_in(desktop, stand_ins, scheme)
    sessions(desktop, stand_ins, scheme)
    tray.send_signal(signal.SIGTERM)
    tray.wait(20)


def with_history(desktop: Desktop, stand_ins: World) -> None:
    """A home that was used for three weeks on working days, with budgets and more channels."""
    desktop.environ["CLAUDETRAY_CONSOLE_URL"] = stand_ins.url
    desktop.run("snippet", "set", "-", stdin=stand_ins.snippet())
    desktop.run("thresholds", "set", "20=60", "5=10")
    chance, balance, now = random.Random(3), Decimal("24.00"), datetime.now(UTC)

    async def look(looks: LooksKept, account: int, at: datetime) -> None:
        nonlocal balance
        busy = at.weekday() < 5 and 8 <= at.hour < 19
        balance -= Decimal(chance.randrange(5, 65 if busy else 8)) / 100
        if balance < 9:
            balance += 30
        reading = a_reading(f"{balance}", at)
        await looks.add(account, a_look(f"{balance}", at), reading, lambda state, _: Judgement(state), routes())

    async def looked(data: database.Database) -> None:
        account = await AccountsKept(data).watched()
        assert account is not None
        for hours in range(21 * 24, 0, -2):
            await look(LooksKept(data), account.id, now - timedelta(hours=hours))

    with database.opened(Path(desktop.environ["CLAUDETRAY_HOME"]) / "claudetray.db") as data:
        asyncio.run(looked(data))
    stand_ins.console.amount = balance - Decimal("0.21")
    desktop.run("budget", "set", "coding", "12", "--period", "week")
    desktop.run("budget", "set", "nightly jobs", "0.40", "--period", "day", "--tag", "nightly", "--hard-stop")
    desktop.run("usage", "add", "claude-opus-4-5", "--input", "20000", "--output", "16000", "--tags", "nightly")
    desktop.run("channels", "add", "phone", "ntfy", "topic=alerts-of-mine", stdin="")
    desktop.run("channels", "switch", "phone", "off")


def runway(desktop: Desktop, stand_ins: World, scheme: str) -> None:
    """When the money ends: chart, budgets, ledger, alerts, and their settings."""
    tray = desktop.claudetray("--minimized")
    until(lambda: "#0072b2" in desktop.colors(1256, 0, 24, 24) or "#e69f00" in desktop.colors(1256, 0, 24, 24))
    desktop.click(1268, 12)
    until(lambda: desktop.windows("^claudetray$"))
    activated(desktop, "^claudetray$")
    for name, key in {"budgets": "g", "ledger": "d", "alert-history": "s", "burn-down": "u"}.items():
        desktop.keys(f"alt+{key}")
        TICK.wait(2)  # the chart's library is loaded
        shot(desktop, f"{name}-{scheme}", "^claudetray$")
    activated(desktop, "^claudetray$")
    desktop.keys("alt+e")
    until(lambda: desktop.windows("claudetray settings"))
    desktop.keys("alt+e")
    shot(desktop, f"settings-channels-{scheme}", "claudetray settings")
    for name in ("rules", "budgets"):
        desktop.keys("ctrl+Tab")
        shot(desktop, f"settings-{name}-{scheme}", "claudetray settings")
    desktop.keys("Escape")
    tray.send_signal(signal.SIGTERM)
    tray.wait(20)


def first_start(desktop: Desktop, scheme: str) -> None:
    """The wizard's four steps, and *About*."""
    tray = desktop.claudetray()
    until(lambda: desktop.windows(WELCOME))
    activated(desktop, WELCOME)
    shot(desktop, f"welcome-{scheme}", WELCOME)
    for number, name in ((2, "thresholds"), (3, "alerts"), (4, "session")):
        desktop.keys("alt+x")
        until(lambda: desktop.windows(f"{number} of 4"))  # noqa: B023  # called within the turn
        shot(desktop, f"welcome-{name}-{scheme}", WELCOME)
    desktop.keys("Escape")
    desktop.click(1268, 12, button=3)
    TICK.wait(1)
    desktop.keys("a")
    until(lambda: desktop.windows("About claudetray"))
    activated(desktop, "About claudetray")
    desktop.keys("alt+l")
    shot(desktop, f"about-{scheme}", "About claudetray")
    tray.send_signal(signal.SIGTERM)
    tray.wait(20)


def signing_in(desktop: Desktop, stand_ins: World, scheme: str) -> None:
    """The sign-in window from its first page to its last; first as somebody without API credit."""
    console, pages = stand_ins.console, stand_ins.sign_in
    side, client = (ORGANIZATION.replace("1", number) for number in "34")
    chat = [found for found in console.organizations if "chat" in found["capabilities"]]
    several = [
        *console.organizations,
        {"id": 3, "uuid": side, "name": "Side project", "capabilities": ["api"]},
        {"id": 4, "uuid": client, "name": "Client work", "capabilities": ["api"]},
    ]
    console.balances = {side: Decimal("4.20"), client: Decimal("1250.00")}
    desktop.run("logout")
    login = desktop.claudetray("login")
    until(lambda: desktop.windows(SIGN_IN))
    activated(desktop, SIGN_IN)
    shot(desktop, f"sign-in-statement-{scheme}", SIGN_IN)
    desktop.keys("Return")
    until(lambda: "/login" in pages.shown)
    shot(desktop, f"sign-in-{scheme}", SIGN_IN)
    console.organizations = chat
    code_given(desktop, stand_ins, scheme)
    shot(desktop, f"sign-in-chat-only-{scheme}", SIGN_IN)
    console.organizations = several
    pages.shown.clear()
    desktop.keys("alt+a")  # *Sign in with another account*
    until(lambda: "/login" in pages.shown)
    code_given(desktop, stand_ins, scheme)
    shot(desktop, f"sign-in-chooser-{scheme}", SIGN_IN)
    desktop.keys("Return")
    login.wait(20)


def code_given(desktop: Desktop, stand_ins: World, scheme: str) -> None:
    desktop.keys("Return")
    until(lambda: "/login/email" in stand_ins.sign_in.shown)
    desktop.keys("alt+l")
    shot(desktop, f"sign-in-paste-{scheme}", SIGN_IN)
    desktop.output("xdotool", "type", "--delay", "5", CODE)
    desktop.keys("Return")
    TICK.wait(2)


def sessions(desktop: Desktop, stand_ins: World, scheme: str) -> None:
    """Each state of the session as the status window shows it; *expired* has its picture already."""
    fetched(desktop)
    shot(desktop, f"session-signed-in-{scheme}", "^claudetray$")
    stand_ins.console.mood = Mood.CHALLENGE_PLAIN
    fetched(desktop)
    shot(desktop, f"session-challenged-{scheme}", "^claudetray$")
    stand_ins.console.mood = Mood.FINE
    desktop.click(1268, 12, button=3)
    TICK.wait(0.5)
    desktop.keys("o")  # *Sign out*
    until(lambda: "signed_out" in desktop.run("status", "--json").stdout)
    shot(desktop, f"session-signed-out-{scheme}", "^claudetray$")


def fetched(desktop: Desktop) -> None:
    activated(desktop, "^claudetray$")
    desktop.keys("alt+f")
    TICK.wait(4)  # through the page it takes a second or two


def activated(desktop: Desktop, name: str) -> None:
    desktop.output("xdotool", "windowactivate", "--sync", desktop.windows(name)[-1])


def icons() -> None:
    """Every state of the icon at every size, on light and dark ground."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QPainter, QPixmap
    from PySide6.QtWidgets import QApplication

    from claudetray.core.health import Health
    from claudetray.core.status import Condition
    from claudetray.ui import theme, tray_icon

    app = QApplication([])
    faces = [
        (name, tray_icon.Face(Decimal(left) if left else None, health, condition, name == "stale"))
        for name, left, health, condition in (
            ("healthy", "60.36", Health.HEALTHY, Condition.FRESH),
            ("caution", "48.02", Health.CAUTION, Condition.FRESH),
            ("warning", "18.20", Health.WARNING, Condition.FRESH),
            ("critical", "4.51", Health.CRITICAL, Condition.FRESH),
            ("empty", "0", Health.CRITICAL, Condition.FRESH),
            ("stale", "60.36", Health.HEALTHY, Condition.STALE),
            ("failed", "18.20", Health.WARNING, Condition.FAILED),
            ("paused", "60.36", Health.HEALTHY, Condition.PAUSED),
            ("never looked", "", Health.UNKNOWN, Condition.NEVER),
        )
    ]
    row, left = 84, 110
    width = left + 2 * (sum(tray_icon.SIZES) + 14 * len(tray_icon.SIZES))
    sheet = QPixmap(width, row * len(faces))
    sheet.fill(QColor("#f2f2f2"))
    painter = QPainter(sheet)
    painter.fillRect((width + left) // 2, 0, width, sheet.height(), QColor("#26282c"))
    for index, (name, face) in enumerate(faces):
        painter.drawText(10, index * row, left, row, Qt.AlignmentFlag.AlignVCenter, name)
        for start in (left, (width + left) // 2 + 8):
            x = start
            for size in tray_icon.SIZES:
                painter.drawPixmap(x, index * row + (row - size) // 2, tray_icon.pixmap(face, theme.current(), size))
                x += size + 13
    painter.end()
    sheet.save(str(IMAGES / "icons.png"))
    app.quit()


def main() -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    icons()
    for scheme in ("light", "dark"):
        with tempfile.TemporaryDirectory() as folder, world.served() as stand_ins:
            with desktops.shown(Path(folder)) as desktop:
                colored(desktop, scheme)
                set_up(desktop, stand_ins)
                desktop.tray_host()
                pictured(desktop, stand_ins, scheme)
        with tempfile.TemporaryDirectory() as folder, desktops.shown(Path(folder)) as desktop:
            colored(desktop, scheme)
            desktop.tray_host()
            first_start(desktop, scheme)
        with tempfile.TemporaryDirectory() as folder, world.served() as stand_ins:
            with desktops.shown(Path(folder)) as desktop:
                colored(desktop, scheme)
                with_history(desktop, stand_ins)
                desktop.tray_host()
                runway(desktop, stand_ins, scheme)
    print(f"pictures in {IMAGES.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
