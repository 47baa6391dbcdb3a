import json
from decimal import Decimal

import pytest

from claudetray.demo.console import Mood
from claudetray.demo.world import World
from tests.cli.conftest import Runs


def test_a_fetch_prints_the_reading_of_the_contract(run: Runs, set_up: World) -> None:
    set_up.console.amount = Decimal("18.20")
    ran = run("fetch", "--json")
    shown = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert shown["schema"] == "claudetray.fetch.v1"
    assert shown["ok"] is True
    assert shown["balance"] == {"amount": "18.20", "currency": "USD"}
    assert shown["reason"] == "below $20: every 30 min"
    assert shown["taken_at"].endswith("Z")
    assert shown["next_fetch_at"] > shown["taken_at"]
    assert len(set_up.slack.messages) == 1
    assert run("fetch").out == "$18.20 (below $20: every 30 min)\n"
    assert len(set_up.slack.messages) == 1


@pytest.mark.parametrize(
    ("mood", "kind"),
    [
        (Mood.EXPIRED, "session_expired"),
        (Mood.CHALLENGE, "challenged"),
        (Mood.WRONG_ORGANIZATION_INSIDE, "wrong_organization"),
        (Mood.RATE_LIMITED, "rate_limited"),
        (Mood.HTML, "unexpected_answer"),
    ],
)
def test_a_failure_is_one_object_a_sentence_and_exit_1(run: Runs, set_up: World, mood: Mood, kind: str) -> None:
    run("fetch")
    set_up.console.mood = mood
    ran = run("fetch", "--json")
    shown = json.loads(ran.out)
    assert (ran.code, shown["ok"], shown["error"]["kind"]) == (1, False, kind)
    assert shown["error"]["title"] in ran.err
    status = json.loads(run("status", "--json").out)
    assert status["balance"] == {"amount": "60.36", "currency": "USD"}
    assert status["last_look"]["error"]["kind"] == kind


def test_without_a_snippet(run: Runs, stand_ins: World) -> None:
    ran = run("fetch", "--json")
    assert (ran.code, json.loads(ran.out)["error"]["kind"]) == (1, "not_configured")


def test_an_unknown_balance_is_null_and_zero_is_zero(run: Runs, set_up: World) -> None:
    set_up.console.answer = {"amount": -1, "currency": None}
    assert json.loads(run("fetch", "--json").out)["balance"] is None
    assert json.loads(run("status", "--json").out)["health"] == "unknown"
    set_up.console.answer = {"amount": 0, "currency": None, "balance": None}
    assert json.loads(run("fetch", "--json").out)["balance"] == {"amount": "0.00", "currency": "USD"}
    assert run("status", "--check").code == 12
