import json
import sqlite3
from pathlib import Path

import pytest

from claudetray import __version__
from claudetray.demo.world import World
from tests.cli.conftest import Runs


def test_help_and_version(run: Runs) -> None:
    assert __version__ in run("--version").out
    out = run("--help").out
    for command in ("status", "fetch", "snippet", "settings", "thresholds", "alerts", "doctor"):
        assert command in out


@pytest.mark.parametrize("arguments", [("nonsense",), ("status", "--loud"), ("--demo", "status"), ("settings", "get")])
def test_wrong_usage_is_exit_2(run: Runs, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


def test_a_console_elsewhere_is_refused(run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDETRAY_CONSOLE_URL", "https://evil.example")
    ran = run("status")
    assert (ran.code, "only name this machine" in ran.err) == (1, True)


def test_a_bad_home_is_a_sentence(run: Runs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("CLAUDETRAY_HOME", str(blocked / "home"))
    ran = run("status")
    assert (ran.code, "cannot be used" in ran.err) == (1, True)


def test_a_file_of_the_future_is_a_sentence(run: Runs, home: Path) -> None:
    run("status")
    file = home / "claudetray" / "claudetray.db"
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA user_version = 999")
    ran = run("status", "--json")
    assert (ran.code, "newer claudetray" in ran.err) == (1, True)
    assert json.loads(ran.out)["error"]["kind"] == "store_too_new"


def test_a_secret_that_the_console_repeats_is_not_kept(run: Runs, set_up: World, home: Path) -> None:
    set_up.console.session = "PLANTED-COOKIE-1"
    run("snippet", "set", "-", stdin=set_up.snippet(session="PLANTED-COOKIE-1"))
    set_up.console.answer = {"amount": 6036, "echo": "PLANTED-COOKIE-1", "tranches": [{"name": "x PLANTED-COOKIE-1"}]}
    set_up.console.renew_to = "PLANTED-COOKIE-2"
    said = run("fetch", "--json").out + run("status", "--json").out
    assert '"60.36"' in said
    assert "PLANTED" not in said
    assert all(b"PLANTED" not in file.read_bytes() for file in home.rglob("*") if file.is_file())


def test_no_planted_secret_is_anywhere(
    run: Runs, stand_ins: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDETRAY_LOG", "DEBUG")
    said = []
    snippet = stand_ins.snippet(session="PLANTED-COOKIE-1").replace(
        "user-agent:", "x-secret: PLANTED-HEADER-2' -H 'user-agent:"
    )
    for arguments, stdin in (
        (("snippet", "set", "-"), snippet),
        (("snippet", "check", "-"), snippet + " --bogus"),
        (("snippet", "check", "-"), snippet.replace("'", '"')),
        (("settings", "set", "slack.webhook", "-"), stand_ins.url + "/services/PLANTED-HOOK-3-long-enough/x1y2"),
        (("thresholds", "set", "100=5"), ""),
        (("fetch", "--json"), ""),
        (("alerts", "test", "slack"), ""),
        (("alerts", "list", "--json"), ""),
        (("settings", "list"), ""),
        (("status", "--json"), ""),
        (("doctor",), ""),
    ):
        ran = run(*arguments, stdin=stdin)
        said.append(ran.out + ran.err)
    stand_ins.console.session = "PLANTED-COOKIE-1"
    said.append(run("fetch").out)
    assert "$60.36" in said[-1]
    assert "PLANTED" not in "".join(said)
    files = [file for file in home.rglob("*") if file.is_file()]
    assert len(files) >= 2
    for file in files:
        assert b"PLANTED" not in file.read_bytes(), file
