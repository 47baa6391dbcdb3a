"""The whole program without a display: a line for each look; killed at any moment."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
from decimal import Decimal

from claudetray.demo.world import World
from tests.whole.desktop import TICK, Desktop, until
from tests.whole.serving import serves


def set_up(bare: Desktop, stand_ins: World) -> None:
    assert bare.run("snippet", "set", "-", stdin=stand_ins.snippet()).returncode == 0
    assert bare.run("settings", "set", "slack.webhook", "-", stdin=stand_ins.webhook).returncode == 0
    assert bare.run("settings", "set", "native.enabled", "false").returncode == 0
    assert bare.run("thresholds", "set", "50=60", "20=30", "5=10").returncode == 0


def test_without_a_display_it_prints_a_line_for_each_look(bare: Desktop, stand_ins: World) -> None:
    set_up(bare, stand_ins)
    monitor = bare.claudetray()
    assert monitor.stdout is not None
    line = monitor.stdout.readline()
    assert "$60.36" in line
    assert "above every threshold: every 2 h" in line
    second = bare.claudetray()
    assert second.wait(30) == 1
    monitor.send_signal(signal.SIGTERM)
    assert monitor.wait(20) == 0
    bare._stack.close()


def test_killed_at_any_moment_nothing_is_lost_and_nothing_repeated(bare: Desktop, stand_ins: World) -> None:
    """Fetches are killed at random moments while the balance falls through every threshold, over and over."""
    set_up(bare, stand_ins)
    chance = random.Random(11)
    course = ["60", "49", "19", "4", "70", "18", "3", "80", "45"]
    for left in course:
        stand_ins.console.amount = Decimal(left)
        for _ in range(2):
            victim = subprocess.Popen(
                [sys.executable, "-m", "claudetray", "fetch"], env=bare.environ, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            TICK.wait(chance.uniform(0.3, 0.9))
            victim.kill()
            victim.wait()
        done = bare.run("fetch", "--json")
        assert json.loads(done.stdout)["balance"]["amount"] == f"{left}.00"
        said = len(stand_ins.slack.messages)
        assert bare.run("fetch").returncode == 0
        assert len(stand_ins.slack.messages) == said, "repeated after success"
    data = sqlite3.connect(bare.folder / "claudetray" / "claudetray.db")
    assert data.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = data.execute("SELECT count(*) FROM alert WHERE kind = 'threshold'").fetchone()[0]
    pending = data.execute("SELECT count(*) FROM delivery WHERE state != 'done'").fetchone()[0]
    data.close()
    assert (rows, pending) == (6, 0)
    # A kill between Slack's answer and our note of it repeats that one message: at least once, never lost.
    assert rows <= len(stand_ins.slack.messages) <= rows + 2
    assert json.loads(bare.run("settings", "list", "--json").stdout)["settings"][3]["value"] == "false"
    assert len(json.loads(bare.run("thresholds", "list", "--json").stdout)["thresholds"]) == 3


def test_two_fetches_at_once_speak_once(bare: Desktop, stand_ins: World) -> None:
    set_up(bare, stand_ins)
    stand_ins.console.amount = Decimal("4")
    both = [bare.claudetray("fetch") for _ in range(3)]
    assert [process.wait(60) for process in both] == [0, 0, 0]
    assert len(stand_ins.slack.messages) == 1
    bare._stack.close()


def test_a_snippet_that_comes_later_is_noticed(bare: Desktop, stand_ins: World) -> None:
    monitor = bare.claudetray()
    assert monitor.stdout is not None
    assert "Not set up yet" in monitor.stdout.readline()
    set_up(bare, stand_ins)
    until(lambda: stand_ins.console.looks() >= 1, 90)
    assert "$60.36" in monitor.stdout.readline()
    bare._stack.close()


def test_a_server_monitors_until_a_tray_comes(bare: Desktop, stand_ins: World) -> None:
    set_up(bare, stand_ins)
    bare.environ["CLAUDETRAY_UPSTREAM"] = stand_ins.url
    with serves(bare) as start:
        serve = start()
        until(lambda: serve.json("GET", "/api/status")["last_look"])
        log = serve.home / "logs" / "claudetray.log"
        assert "monitoring is left" not in log.read_text()
        tray = bare.claudetray("--minimized")
        until(lambda: "monitoring is left to another process" in log.read_text())
        until(lambda: serve.json("GET", "/api/health")["monitored"])
        assert tray.poll() is None
        tray.kill()  # it may not have come as far as hearing signals
        tray.communicate()
        assert serve.terminate()[0] == 0
