import json
from decimal import Decimal

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
