"""Signing in on a real desktop: a real web engine, a tray host, a keyring service, and the stand-in on loopback."""

import json
import signal
import sqlite3
from decimal import Decimal
from pathlib import Path

import psutil
import pytest

from claudetray.demo.console import ORGANIZATION, Mood
from claudetray.demo.sign_in import CODE, TOKEN, Variant
from claudetray.demo.world import World
from tests.whole.desktop import WELCOME, Desktop, until

BLUE = "#0072b2"
ICON = (1256, 0, 24, 24)
WINDOW = "Sign in to the Console"
SIDE = ORGANIZATION.replace("1", "3")


def helpers() -> list[psutil.Process]:
    """The login helpers of this user and their engine's processes, if any."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if ("console-login" in line or "QtWebEngineProcess" in line) and process.info["status"] != "zombie":
            found.append(process)
    return found


def of(desktop: Desktop) -> list[psutil.Process]:
    """Those on this desktop."""
    ours = []
    for process in helpers():
        try:
            if process.environ().get("CLAUDETRAY_HOME") == desktop.environ["CLAUDETRAY_HOME"]:
                ours.append(process)
        except psutil.Error:
            continue
    return ours


def status(desktop: Desktop) -> dict[str, object]:
    shown: dict[str, object] = json.loads(desktop.run("status", "--json").stdout)
    return shown


def opened(desktop: Desktop) -> None:
    """The window has come, and what is kept and where was read."""
    until(lambda: desktop.windows(WINDOW))
    window = desktop.windows(WINDOW)[-1]
    desktop.output("xdotool", "windowactivate", "--sync", window)


def pressed(desktop: Desktop, stand_ins: World, path: str, *keys: str) -> None:
    """Press keys once the page of that path is shown; its first field or button has the focus."""
    until(lambda: path in stand_ins.sign_in.shown)
    desktop.keys(*keys)


def signs_in(desktop: Desktop, stand_ins: World) -> None:
    """As a person would, with nothing but the keyboard."""
    opened(desktop)
    desktop.keys("Return")
    pressed(desktop, stand_ins, "/login", "Return")
    pressed(desktop, stand_ins, "/login/email", *CODE, "Return")


def resident(pid: int) -> float:
    """MiB that this process has written to, once settled; libraries are shared with whoever runs beside it."""
    seen: list[int] = []

    def settled() -> bool:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        seen.append(next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:")))
        return len(seen) > 20 and max(seen[-20:]) - min(seen[-20:]) < 200

    until(settled)
    return seen[-1] / 1024


def planted(desktop: Desktop, secrets: list[str]) -> list[str]:
    """Where any of those secrets stands in clear: on the disk, in an argument or in an environment."""
    found = []
    for file in desktop.folder.rglob("*"):
        if file.is_file() and not file.is_symlink() and any(s.encode() in file.read_bytes() for s in secrets):
            found.append(str(file))
    for process in psutil.process_iter(["cmdline", "environ"]):
        told = " ".join((*(process.info["cmdline"] or ()), *(process.info["environ"] or {}).values()))
        if any(secret in told for secret in secrets):
            found.append(f"process {process.pid}")
    return found


def test_from_the_menu_to_the_balance_and_the_tray_is_as_it_was(desktop: Desktop, stand_ins: World) -> None:
    desktop.tray_host()
    tray = desktop.claudetray()
    until(lambda: desktop.windows(WELCOME))
    before = resident(tray.pid)
    desktop.keys("alt+i")  # *Sign in…* on the first page of the wizard
    signs_in(desktop, stand_ins)
    until(lambda: BLUE in desktop.colors(*ICON))
    until(lambda: not of(desktop), seconds=5)
    until(lambda: not desktop.windows(WINDOW))
    shown = status(desktop)
    assert shown["balance"] == {"amount": "60.36", "currency": "USD"}
    session = shown["session"]
    assert isinstance(session, dict)
    assert (session["state"], session["way"]) == ("signed_in", "sign_in")
    assert session["organization"] == {"uuid": ORGANIZATION, "name": "Example"}
    assert abs(resident(tray.pid) - before) < 5
    assert planted(desktop, [stand_ins.console.session]) == []

    tray.send_signal(signal.SIGTERM)
    assert tray.wait(20) == 0
    assert tray.stderr is not None
    assert tray.stderr.read() == ""


def test_of_three_organizations_the_chosen_one_is_watched(desktop: Desktop, stand_ins: World) -> None:
    stand_ins.console.organizations += [
        {"id": 3, "uuid": SIDE, "name": "Side project", "capabilities": ["api"]},
        {"id": 4, "uuid": ORGANIZATION.replace("1", "4"), "name": "Client work", "capabilities": ["api"]},
    ]
    stand_ins.console.balances = {SIDE: Decimal("4.20")}
    login = desktop.claudetray("login")
    signs_in(desktop, stand_ins)
    until(lambda: sum(path.endswith("/prepaid/credits") for path, _ in stand_ins.console.seen) == 3)
    until(lambda: "#308cc6" in desktop.colors(380, 150, 520, 150))  # the chooser: its first row is selected
    desktop.keys("Down", "Return")
    out, err = login.communicate(timeout=30)
    assert (login.returncode, err) == (0, "")
    assert "$4.20" in out
    assert of(desktop) == []
    session = status(desktop)["session"]
    assert isinstance(session, dict)
    assert session["organization"] == {"uuid": SIDE, "name": "Side project"}


def test_without_credit_one_may_sign_in_as_somebody_else(desktop: Desktop, stand_ins: World) -> None:
    both = list(stand_ins.console.organizations)
    stand_ins.console.organizations = [found for found in both if "chat" in found["capabilities"]]
    stand_ins.sign_in.variant = Variant.SLOW
    login = desktop.claudetray("login")
    signs_in(desktop, stand_ins)
    until(lambda: desktop.colors(600, 690, 4, 2) == {"#efefef"})  # the word has come, where the page was
    stand_ins.console.organizations = both
    stand_ins.sign_in.shown.clear()
    desktop.keys("alt+a")
    pressed(desktop, stand_ins, "/login", "Return")
    pressed(desktop, stand_ins, "/login/email", *CODE, "Return")
    assert login.wait(30) == 0
    assert status(desktop)["balance"] == {"amount": "60.36", "currency": "USD"}


def test_a_pop_up_keeps_its_opener(desktop: Desktop, stand_ins: World) -> None:
    stand_ins.sign_in.variant = Variant.POPUP
    login = desktop.claudetray("login")
    opened(desktop)
    desktop.keys("Return")
    pressed(desktop, stand_ins, "/login", "Tab", "Return")
    pressed(desktop, stand_ins, "/login/other", "Return")
    assert login.wait(30) == 0
    assert status(desktop)["balance"] == {"amount": "60.36", "currency": "USD"}


@pytest.mark.parametrize("pasted", ["link", "code"])
def test_what_came_by_e_mail_is_pasted(desktop: Desktop, stand_ins: World, pasted: str) -> None:
    login = desktop.claudetray("login")
    opened(desktop)
    desktop.keys("Return")
    pressed(desktop, stand_ins, "/login", "Return")
    until(lambda: "/login/email" in stand_ins.sign_in.shown)
    desktop.keys("alt+l")
    until(lambda: desktop.colors(382, 192, 4, 2) == {"#efefef"})  # the row has come, where the page was
    text = CODE if pasted == "code" else f"{stand_ins.url}/magic-link?token={TOKEN}"
    desktop.output("xdotool", "type", "--delay", "5", text)
    desktop.keys("Return")
    assert login.wait(30) == 0


def test_closing_the_window_leaves_everything_as_it_was(desktop: Desktop, stand_ins: World) -> None:
    login = desktop.claudetray("login")
    opened(desktop)
    desktop.keys("alt+F4")
    _, err = login.communicate(timeout=30)
    assert login.returncode == 1
    assert "closed before anybody was signed in" in err
    assert of(desktop) == []


def test_a_window_that_is_killed_is_said_and_a_tray_that_is_killed_takes_it_along(
    desktop: Desktop, stand_ins: World
) -> None:
    desktop.tray_host()
    desktop.welcomed()
    tray = desktop.claudetray()
    until(lambda: desktop.windows("claudetray settings"))
    desktop.keys("alt+i")
    opened(desktop)
    for process in of(desktop):
        if "console-login" in " ".join(process.cmdline()):
            process.kill()
    until(lambda: desktop.windows("^claudetray$"))
    until(lambda: not of(desktop))
    assert tray.poll() is None
    desktop.output("xdotool", "windowactivate", "--sync", desktop.windows("claudetray settings")[-1])
    desktop.keys("alt+i")
    opened(desktop)
    tray.kill()
    tray.wait()
    until(lambda: not of(desktop), seconds=10)


def test_a_challenge_of_plain_requests_alone_does_not_stop_the_balance(desktop: Desktop, stand_ins: World) -> None:
    desktop.run("snippet", "set", "-", stdin=stand_ins.snippet())
    stand_ins.console.mood = Mood.CHALLENGE_PLAIN
    stand_ins.console.walled = True
    fetched = desktop.run("fetch", "--json")
    assert json.loads(fetched.stdout)["balance"]["amount"] == "60.36", fetched.stderr
    session = status(desktop)["session"]
    assert isinstance(session, dict)
    assert session["state"] == "challenged"
    assert of(desktop) == []
    # Cloudflare's cookie was kept with the name of the engine that earned it, and goes with plain requests, too.
    stand_ins.console.mood = Mood.FINE
    data = sqlite3.connect(desktop.folder / "claudetray" / "claudetray.db")
    data.execute("UPDATE session SET page_until = 0")
    data.commit()
    data.close()
    assert desktop.run("fetch").returncode == 0
    _, headers = stand_ins.console.seen[-1]
    assert "Chrome/" in headers["user-agent"]
    assert stand_ins.console.cleared[-1] in headers["cookie"]
    assert "sec-fetch-mode" not in headers


def test_an_expired_session_is_renewed_once_then_told_once_with_one_button(desktop: Desktop, stand_ins: World) -> None:
    desktop.run("snippet", "set", "-", stdin=stand_ins.snippet())
    assert desktop.run("fetch").returncode == 0
    stand_ins.console.session = "sk-ant-sid01-of-somebody-else"
    for _ in range(4):
        assert desktop.run("fetch").returncode == 1
    assert stand_ins.sign_in.visits == 1
    assert desktop.notifications == ["Session expired"]
    shown = status(desktop)
    assert shown["balance"] == {"amount": "60.36", "currency": "USD"}
    session = shown["session"]
    assert isinstance(session, dict)
    assert session["state"] == "expired"


def test_a_session_that_the_page_renews_goes_on(desktop: Desktop, stand_ins: World) -> None:
    desktop.run("snippet", "set", "-", stdin=stand_ins.snippet())
    stand_ins.console.session, stand_ins.sign_in.renews = "sk-ant-sid01-of-somebody-else", True
    assert desktop.run("fetch").returncode == 0
    assert desktop.run("login", "--refresh").returncode == 0
    assert desktop.notifications == []
    gone = desktop.run("logout")
    assert "wiped" in gone.stdout
    assert planted(desktop, [stand_ins.console.session]) == []
    assert desktop.run("fetch").returncode == 1


def test_without_a_display_it_says_how_else(bare: Desktop) -> None:
    ran = bare.run("login")
    assert ran.returncode == 1
    assert "no display" in ran.stderr
    assert "credits request" in ran.stderr
