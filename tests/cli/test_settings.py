import json

import pytest

from claudetray.core.settings import DECLARED
from claudetray.demo.world import World
from tests.cli.conftest import Runs


def test_every_declared_setting_is_listed(run: Runs) -> None:
    shown = json.loads(run("settings", "list", "--json").out)["settings"]
    assert [row["key"] for row in shown] == [setting.key for setting in DECLARED]
    assert all(setting.key in run("settings", "list").out for setting in DECLARED)


def test_set_and_get(run: Runs) -> None:
    assert run("settings", "set", "console.interval_minutes", "45").code == 0
    assert run("settings", "get", "console.interval_minutes").out == "45\n"
    assert run("settings", "set", "tray.shows", "-", stdin="health\n").code == 0
    assert run("settings", "get", "tray.shows").out == "health\n"


@pytest.mark.parametrize(
    ("key", "value"),
    [("console.interval_minutes", "0"), ("native.enabled", "perhaps"), ("tray.shows", "all"), ("no.such", "1")],
)
def test_nonsense_is_refused_and_changes_nothing(run: Runs, key: str, value: str) -> None:
    before = run("settings", "list").out
    ran = run("settings", "set", key, value)
    assert ran.code == 1
    assert ran.err.strip().endswith(".")
    assert run("settings", "list").out == before


def test_a_secret_is_never_taken_from_the_command_line_nor_shown(run: Runs, stand_ins: World) -> None:
    assert run("settings", "set", "slack.webhook", stand_ins.webhook).code == 2
    run("settings", "set", "slack.webhook", "-", stdin=stand_ins.webhook)
    assert run("settings", "get", "slack.webhook").out == f"{stand_ins.url}/•••\n"
    assert run("settings", "set", "slack.webhook", "").code == 0
    assert run("settings", "get", "slack.webhook").out == "\n"
