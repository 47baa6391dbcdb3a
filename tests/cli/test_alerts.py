import json
from decimal import Decimal

import pytest

from claudetray.demo.world import World
from tests.cli.conftest import Runs


def test_list_test_and_ack(run: Runs, set_up: World) -> None:
    assert run("alerts", "list").out == "no alerts\n"
    set_up.console.amount, set_up.slack.refuse = Decimal("4"), "no_service"
    run("fetch")
    (alert,) = json.loads(run("alerts", "list", "--json").out)["alerts"]
    assert (alert["kind"], alert["health"]) == ("threshold", "critical")
    (delivery,) = alert["deliveries"]
    assert (delivery["channel"], delivery["state"], delivery["tries"]) == ("slack", "pending", 1)
    assert "removed" in delivery["trouble"]
    assert run("alerts", "ack", str(alert["id"])).out == "1 acknowledged\n"
    set_up.slack.refuse = None
    run("fetch")
    assert set_up.slack.messages == []
    assert "acknowledged" in run("alerts", "list").out
    assert run("alerts", "test", "slack").code == 0
    assert len(set_up.slack.messages) == 1


def test_a_mended_webhook_gets_what_was_waiting(run: Runs, set_up: World) -> None:
    set_up.console.amount, set_up.slack.refuse = Decimal("4"), "invalid_token"
    run("fetch")
    set_up.slack.refuse = None
    run("settings", "set", "slack.webhook", "-", stdin=set_up.webhook)
    run("fetch")
    assert len(set_up.slack.messages) == 1


def test_a_test_that_fails_says_why(run: Runs, stand_ins: World) -> None:
    ran = run("alerts", "test", "slack")
    assert (ran.code, "No Slack webhook" in ran.err) == (1, True)
    assert run("alerts", "test", "native").code == 1
    assert "no channel of the name" in run("alerts", "test", "pigeon").err
    assert run("alerts", "ack").code == 2
    assert run("alerts", "ack", "9" * 30).code == 2
    assert run("alerts", "ack", "99").code == 1


def test_rules_are_shown_and_changed(run: Runs) -> None:
    assert "Runway is short; on; 2, 1 days; every channel" in run("alerts", "rules").out
    changed = run(
        "alerts", "rule", "runway", "--at", "5,3", "--channels", "slack,native", "--rest", "90", "--quiet-hours", "no"
    )
    assert changed.code == 0
    line = "Runway is short; on; 5, 3 days; slack, native; in quiet hours too; rests for 1 h 30 min"
    assert line in run("alerts", "rules").out
    run("alerts", "rule", "runway", "--off", "--channels", "all", "--rest", "0")
    found = {one["kind"]: one for one in json.loads(run("alerts", "rules", "--json").out)["rules"]}
    assert (found["runway"]["enabled"], found["runway"]["channels"], found["runway"]["marks"]) == (
        False,
        None,
        ["5", "3"],
    )


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("rule", "weather"), "no such rule"),
        (("rule", "spike", "--at", "2,3"), "one number"),
        (("rule", "runway", "--at", "soon"), "separated by commas"),
        (("rule", "runway", "--rest", "999999"), "minutes"),
        (("snooze", "a while"), "whole number"),
        (("snooze", "5", "--rule", "weather"), "no such rule"),
    ],
)
def test_what_is_no_rule_is_said(run: Runs, arguments: tuple[str, ...], word: str) -> None:
    ran = run("alerts", *arguments)
    assert ran.code == 1
    assert word in ran.err


def test_alerts_are_held_back_all_of_them_or_those_of_a_rule(run: Runs) -> None:
    assert run("alerts", "snooze", "90").out.startswith("held back until")
    assert run("alerts", "snooze", "0").out == "not held back any more\n"
    run("alerts", "snooze", "60", "--rule", "budget")
    found = {one["kind"]: one for one in json.loads(run("alerts", "rules", "--json").out)["rules"]}
    assert found["budget"]["snoozed_until"]
    assert found["runway"]["snoozed_until"] is None
