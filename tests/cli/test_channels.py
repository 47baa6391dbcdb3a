import json

import pytest

from claudetray.demo.world import World
from tests.cli.conftest import Runs


def test_a_channel_is_added_tried_switched_and_removed(run: Runs, stand_ins: World) -> None:
    added = run("channels", "add", "team", "slack", stdin=f"{stand_ins.webhook}\n")
    assert added.out.startswith("team gets alerts")
    assert run("channels", "test", "team").code == 0
    assert run("alerts", "test", "team").code == 0
    assert len(stand_ins.slack.messages) == 2
    assert run("channels", "list").out.splitlines() == ["native  on", "slack  off", "team  slack  on"]
    assert run("channels", "switch", "team", "off").code == 0
    found = json.loads(run("channels", "list", "--json").out)
    assert found["channels"][-1] == {"name": "team", "form": "slack", "enabled": False}
    assert run("channels", "remove", "team").code == 0
    assert run("channels", "test", "team").code == 1


def test_fields_go_as_arguments_and_secrets_as_lines(run: Runs) -> None:
    added = run("channels", "add", "phone", "ntfy", "topic=alerts", "server=https://ntfy.example.org", stdin="tk_1\n")
    assert added.code == 0
    assert run("channels", "add", "phone", "ntfy", "topic=alerts", stdin="").code == 0  # the token is not needed


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("add", "x", "pigeon"), 2, "pigeon"),
        (("add", "x", "ntfy", "topic"), 2, "not of the form"),
        (("add", "x", "ntfy", "token=tk_SECRET"), 2, "standard input"),
        (("add", "x", "ntfy"), 1, "“Topic” is needed"),
        (("add", "slack", "webhook"), 1, "always there"),
        (("switch", "x", "on"), 1, "no channel"),
        (("remove", "x"), 1, "no channel"),
    ],
)
def test_what_is_wrong_is_said(run: Runs, arguments: tuple[str, ...], code: int, word: str) -> None:
    ran = run("channels", *arguments)
    assert ran.code == code
    assert word in ran.err
    assert "tk_SECRET" not in ran.err


def test_an_address_is_found_nowhere_in_the_home(run: Runs, stand_ins: World) -> None:
    from claudetray import paths

    run("channels", "add", "team", "webhook", stdin=f"{stand_ins.url}/PLANTED-hook\n")
    run("channels", "test", "team")
    run("channels", "list", "--json")
    for file in paths.home().rglob("*"):
        assert not file.is_file() or b"PLANTED" not in file.read_bytes(), file
