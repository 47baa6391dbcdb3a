"""The whole program on a real desktop: tray host, notification daemon, keyring service, loopback HTTP."""

import json
import signal
import sqlite3
from decimal import Decimal

from claudetray.demo.console import Mood
from claudetray.demo.world import World
from tests.whole.desktop import WELCOME, Desktop, until

BLUE, ORANGE, GOOD = "#0072b2", "#e69f00", "#005a8c"
ICON = (1256, 0, 24, 24)


def set_up(desktop: Desktop, stand_ins: World) -> None:
    """As a person would from a terminal; the secrets go under a key in the real keyring."""
    assert desktop.run("snippet", "set", "-", stdin=stand_ins.snippet()).returncode == 0
    assert desktop.run("settings", "set", "slack.webhook", "-", stdin=stand_ins.webhook).returncode == 0
    assert desktop.run("thresholds", "set", "20=30", "5=10").returncode == 0


def test_from_a_pasted_snippet_to_icon_notification_and_slack(desktop: Desktop, stand_ins: World) -> None:
    set_up(desktop, stand_ins)
    desktop.tray_host()
    tray = desktop.claudetray("--minimized")
    until(lambda: BLUE in desktop.colors(*ICON))
    shown = json.loads(desktop.run("status", "--json").stdout)
    assert (shown["balance"]["amount"], shown["monitored"]) == ("60.36", True)

    stand_ins.console.amount = Decimal("18.20")
    desktop.click(1268, 12)
    until(lambda: desktop.windows("^claudetray$"))
    desktop.keys("alt+f")
    until(lambda: ORANGE in desktop.colors(*ICON))
    until(lambda: desktop.notifications)
    until(lambda: stand_ins.slack.messages)
    desktop.keys("alt+f")
    until(lambda: stand_ins.console.looks() >= 3)

    tray.send_signal(signal.SIGTERM)
    assert tray.wait(20) == 0
    assert desktop.notifications == ["$18.20 of credit left"]
    assert len(stand_ins.slack.messages) == 1
    assert tray.stderr is not None
    assert tray.stderr.read() == ""


def test_killed_and_started_again_nothing_is_lost_or_repeated(desktop: Desktop, stand_ins: World) -> None:
    set_up(desktop, stand_ins)
    stand_ins.console.amount = Decimal("4")
    desktop.tray_host()
    for _ in range(3):
        tray = desktop.claudetray("--minimized")
        until(lambda: stand_ins.slack.messages and desktop.notifications)
        until(lambda: json.loads(desktop.run("status", "--json").stdout)["balance"])
        tray.kill()
        tray.wait()
    assert len(stand_ins.slack.messages) == 1
    data = sqlite3.connect(desktop.folder / "claudetray" / "claudetray.db")
    assert data.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert data.execute("SELECT count(*) FROM alert").fetchone() == (1,)
    data.close()


def test_of_two_copies_started_at_once_one_lives_and_serves_the_other(desktop: Desktop, stand_ins: World) -> None:
    set_up(desktop, stand_ins)
    desktop.tray_host()
    for _ in range(10):
        copies = [desktop.claudetray(), desktop.claudetray()]
        until(lambda: any(copy.poll() is not None for copy in copies))  # noqa: B023  # called within the turn
        [living] = [copy for copy in copies if copy.poll() is None]
        [served] = [copy for copy in copies if copy is not living]
        assert served.returncode == 0
        until(lambda: desktop.windows("^claudetray$"))  # of itself the first start opens no window here
        living.send_signal(signal.SIGTERM)
        assert living.wait(20) == 0
        assert not (desktop.folder / "claudetray" / "tray.json").exists()


def test_a_copy_started_later_shows_the_window_and_a_minimized_one_does_not(desktop: Desktop, stand_ins: World) -> None:
    set_up(desktop, stand_ins)
    desktop.tray_host()
    first = desktop.claudetray("--minimized")
    until(lambda: BLUE in desktop.colors(*ICON))
    assert desktop.claudetray("--minimized").wait(30) == 0
    assert not desktop.windows("^claudetray$")
    assert desktop.claudetray().wait(30) == 0
    until(lambda: desktop.windows("^claudetray$"))
    assert first.poll() is None


def test_who_comes_while_the_first_is_quitting_takes_its_place(desktop: Desktop, stand_ins: World) -> None:
    set_up(desktop, stand_ins)
    desktop.tray_host()
    first = desktop.claudetray("--minimized")
    until(lambda: (desktop.folder / "claudetray" / "tray.json").exists())
    until(lambda: BLUE in desktop.colors(*ICON))
    for _ in range(5):
        first.send_signal(signal.SIGTERM)
        second = desktop.claudetray("--minimized")
        assert first.wait(20) == 0
        until(lambda: BLUE in desktop.colors(*ICON))
        assert second.poll() is None
        first = second


def test_another_home_has_a_tray_of_its_own(desktop: Desktop) -> None:
    desktop.tray_host()
    first = desktop.claudetray("--minimized")
    until(lambda: (desktop.folder / "claudetray" / "tray.json").exists())
    desktop.environ["CLAUDETRAY_HOME"] = str(desktop.folder / "another")
    second = desktop.claudetray("--minimized")
    until(lambda: (desktop.folder / "another" / "tray.json").exists())
    assert first.poll() is None
    assert second.poll() is None


def test_the_first_start_greets_once_and_each_step_can_be_filled_in(desktop: Desktop, stand_ins: World) -> None:
    desktop.tray_host()
    tray = desktop.claudetray()
    until(lambda: desktop.windows(WELCOME))
    desktop.output("xdotool", "windowactivate", "--sync", desktop.windows(WELCOME)[-1])
    desktop.keys("Down", "Down", "alt+l")  # type the balance
    desktop.output("xdotool", "type", "42.50")
    desktop.keys("alt+x")
    until(lambda: desktop.windows("2 of 4"))
    desktop.keys("alt+o", "ctrl+a")
    desktop.output("xdotool", "type", "25")
    desktop.keys("alt+x")
    until(lambda: desktop.windows("3 of 4"))
    desktop.keys("alt+t")  # where it shall speak: a test on the desktop
    until(lambda: desktop.notifications == ["A test from claudetray"])
    desktop.keys("alt+x")
    until(lambda: desktop.windows("4 of 4"))
    desktop.keys("alt+s", "alt+f")
    until(lambda: not desktop.windows(WELCOME))
    shown = json.loads(desktop.run("status", "--json").stdout)
    assert shown["balance"]["amount"] == "42.50"
    listed = desktop.run("thresholds", "list").stdout
    assert listed == "at or below 5: every 10 min\nat or below 25: every 30 min\n"
    assert "starts with the session" in desktop.run("autostart").stdout
    tray.send_signal(signal.SIGTERM)
    assert tray.wait(20) == 0

    again = desktop.claudetray()  # it knows a balance: nothing is asked any more
    until(lambda: (desktop.folder / "claudetray" / "tray.json").exists())
    assert desktop.claudetray().wait(30) == 0
    until(lambda: desktop.windows("^claudetray$"))
    assert not desktop.windows(WELCOME)
    assert not desktop.windows("claudetray settings")
    again.send_signal(signal.SIGTERM)
    assert again.wait(20) == 0


def test_a_first_start_in_which_every_step_is_skipped_keeps_nothing(desktop: Desktop) -> None:
    desktop.tray_host()
    desktop.claudetray()
    until(lambda: desktop.windows(WELCOME))
    desktop.output("xdotool", "windowactivate", "--sync", desktop.windows(WELCOME)[-1])
    for step in ("1", "2", "3", "4"):
        until(lambda: desktop.windows(f"{step} of 4"))  # noqa: B023  # called within the turn
        desktop.keys("alt+p")
    until(lambda: not desktop.windows(WELCOME))
    assert json.loads(desktop.run("status", "--json").stdout)["balance"] is None
    assert desktop.run("thresholds", "list").stdout == "no thresholds\n"
    assert "does not start" in desktop.run("autostart").stdout


def test_after_a_quiet_first_start_the_wizard_comes_when_claudetray_is_started_by_hand(desktop: Desktop) -> None:
    desktop.tray_host()
    desktop.claudetray("--minimized")
    until(lambda: (desktop.folder / "claudetray" / "tray.json").exists())
    assert desktop.claudetray().wait(60) == 0
    until(lambda: desktop.windows(WELCOME))


def test_a_later_start_without_a_balance_opens_the_settings_and_escape_leaves_the_tray(desktop: Desktop) -> None:
    desktop.tray_host()
    desktop.welcomed()
    tray = desktop.claudetray()
    until(lambda: desktop.windows("claudetray settings"))
    desktop.keys("Escape")
    until(lambda: not desktop.windows("claudetray settings"))
    assert tray.poll() is None
    tray.send_signal(signal.SIGTERM)
    assert tray.wait(20) == 0


def test_without_a_tray_the_window_opens_and_the_icon_comes_later(desktop: Desktop, stand_ins: World) -> None:
    set_up(desktop, stand_ins)
    tray = desktop.claudetray("--minimized")
    until(lambda: desktop.windows("^claudetray$"))
    desktop.tray_host()
    until(lambda: BLUE in desktop.colors(*ICON), 60)
    tray.send_signal(signal.SIGTERM)
    assert tray.wait(20) == 0


def test_a_test_notification_is_shown(desktop: Desktop) -> None:
    assert desktop.run("alerts", "test", "native").returncode == 0
    until(lambda: desktop.notifications == ["A test from claudetray"])


def test_the_demo_shows_itself_and_leaves_nothing(desktop: Desktop) -> None:
    desktop.tray_host()
    demo = desktop.claudetray("--demo")
    until(lambda: BLUE in desktop.colors(*ICON))
    desktop.click(1268, 12)
    until(lambda: desktop.windows("claudetray demo"))
    until(lambda: desktop.notifications, 60)
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(20) == 0
    assert not (desktop.folder / "claudetray").exists()


def test_a_session_that_expires_is_told_once_and_so_is_its_recovery(desktop: Desktop, stand_ins: World) -> None:
    set_up(desktop, stand_ins)
    desktop.run("fetch")
    stand_ins.console.mood = Mood.EXPIRED
    for _ in range(2):
        assert desktop.run("fetch").returncode == 1
    stand_ins.console.mood = Mood.FINE
    assert desktop.run("fetch").returncode == 0
    until(lambda: len(desktop.notifications) == 2)
    assert desktop.notifications == ["Session expired", "Balance known again"]
    assert len(stand_ins.slack.messages) == 2


def test_a_snippet_typed_into_the_settings_is_tested_saved_and_looked_with(desktop: Desktop, stand_ins: World) -> None:
    desktop.tray_host()
    desktop.welcomed()
    tray = desktop.claudetray()
    until(lambda: desktop.windows("claudetray settings"))
    window = desktop.windows("claudetray settings")[-1]
    desktop.output("xdotool", "windowactivate", "--sync", window)
    desktop.keys("alt+q")
    one_line = stand_ins.snippet().replace("\\\n", "")
    desktop.output("xdotool", "type", "--delay", "8", one_line)
    until(lambda: GOOD in desktop.colors(0, 0, 1280, 900))  # the verdict
    desktop.keys("alt+h", "alt+m")
    desktop.keys("alt+c")
    desktop.keys("alt+t")
    until(lambda: stand_ins.console.looks() == 1)
    assert json.loads(desktop.run("status", "--json").stdout)["balance"] is None, "a test keeps nothing"
    desktop.keys("alt+g")
    desktop.keys("Return")  # *Save* is the default button
    until(lambda: not desktop.windows("claudetray settings"))
    until(lambda: BLUE in desktop.colors(*ICON))
    shown = json.loads(desktop.run("status", "--json").stdout)
    assert shown["balance"]["amount"] == "60.36"
    assert [row["balance"] for row in shown["thresholds"]] == ["5", "20", "50"]
    tray.send_signal(signal.SIGTERM)
    assert tray.wait(20) == 0
