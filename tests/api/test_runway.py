"""Ledger, forecast, budgets and hard stops, rules and advice over the local API and the proxy."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from claudetray.demo.claude_api import MODEL, Mood
from claudetray.demo.world import World
from tests.api.service import Service
from tests.whole.desktop import until


@pytest.fixture
def watching(folder: Path, stand_ins: World) -> Iterator[Service]:
    """A server that watches the stand-in of the Console."""
    service = Service(folder, stand_ins)
    service.set_up()
    service.start()
    yield service
    service.stop()


def budget(service: Service, **more: Any) -> dict[str, Any]:
    entry = {"name": "coding", "amount": "0.00001", "period": "day", "hard_stop": True, **more}
    made: dict[str, Any] = service.json("POST", "/api/budgets", 201, json=entry)
    return made


def test_a_balance_is_told_and_counted_down(service: Service) -> None:
    said = service.json("POST", "/api/balance", json={"amount": "20", "at": "2026-01-01T00:00:00Z", "total": "25"})
    assert said["live_balance"]["amount"] == "20.00"
    service.enter(input_tokens=1_000_000, output_tokens=0, started_at="2026-01-02T00:00:00Z")
    cost = Decimal(service.items("/api/usage")[0]["cost"]["amount"])
    left = service.json("GET", "/api/status")["live_balance"]
    assert (Decimal(left["amount"]), Decimal(left["measured"])) == (20 - cost, cost)
    service.json("POST", "/api/balance/topup", json={"amount": "30", "expires_at": "2030-01-01T00:00:00Z"})
    service.json("POST", "/api/balance/correct", json={"amount": "44"})
    kinds = [entry["kind"] for entry in service.items("/api/ledger")]
    assert kinds == ["correction", "top_up", "observed"]
    assert "more than 0" in service.refused("POST", "/api/balance/topup", 409, json={"amount": "0"})
    later = {"amount": "1", "at": "2999-01-01T00:00:00Z"}
    assert "still to come" in service.refused("POST", "/api/balance", 409, json=later)


def test_a_forecast_says_why_it_has_nothing_to_say(service: Service) -> None:
    said = service.json("GET", "/api/forecast")
    assert (said["runs_out_at"], said["burn_rate_per_day"]) == (None, None)
    assert said["reason"] == "The balance is not known."


def test_status_forecast_and_budgets_agree(service: Service) -> None:
    service.json("POST", "/api/balance", json={"amount": "20", "at": "2026-01-01T00:00:00Z"})
    budget(service, amount="5", hard_stop=False)
    service.enter(input_tokens=100_000)
    status, forecast = service.json("GET", "/api/status"), service.json("GET", "/api/forecast")
    assert status["live_balance"]["amount"] == forecast["balance"]["amount"]
    assert status["burn_rate_per_day"] == forecast["burn_rate_per_day"]
    assert status["runway"]["reason"] == forecast["reason"]
    (one,) = service.items("/api/budgets")
    assert status["budgets"] == [one]
    assert one["spent"] != "0.00"


def test_a_hard_stop_answers_in_the_apis_own_shape_until_it_is_lifted(service: Service) -> None:
    made = budget(service)
    assert service.call().status_code == 200
    refused = service.call()
    assert (refused.status_code, refused.headers["x-should-retry"]) == (402, "false")
    error = refused.json()["error"]
    assert error["type"] == "billing_error"
    assert "The budget “coding” is used up" in error["message"]
    latest = service.items("/api/usage")[0]
    assert (latest["status"], latest["state"], latest["cost_pico_usd"]) == (402, "failed", 0)
    assert latest["error"]["kind"] == "billing_error"
    service.json("POST", f"/api/budgets/{made['id']}/lift", json={})
    assert service.call().status_code == 200
    service.json("POST", f"/api/budgets/{made['id']}/lift", json={"again": True})
    assert service.call().status_code == 402
    service.json("PUT", f"/api/budgets/{made['id']}", json={"name": "coding", "amount": "5", "hard_stop": True})
    assert service.call().status_code == 200
    service.json("DELETE", f"/api/budgets/{made['id']}")
    service.refused("DELETE", f"/api/budgets/{made['id']}", 404)
    service.refused("POST", f"/api/budgets/{made['id']}/lift", 404, json={})


def test_a_stop_of_one_scope_leaves_the_others_alone(service: Service) -> None:
    budget(service, scope="tag", scope_name="web")
    assert service.call(headers={"x-claudetray-tags": "web"}).status_code == 200
    assert service.call(headers={"x-claudetray-tags": "web"}).status_code == 402
    assert service.call().status_code == 200
    budget(service, name="opus", scope="model", scope_name=MODEL)
    assert service.call().status_code == 402
    other = service.call(model="claude-haiku-4-5-20251001")
    assert other.status_code == 200
    assert service.world.claude.seen[-1][3]  # it was passed on whole
    assert service.stranger.get("/v1/models", headers={"x-api-key": "k"}).status_code == 200


def test_what_was_spent_before_counts_when_a_budget_comes(service: Service) -> None:
    service.call()
    service.items("/api/usage")  # it is a row by now
    budget(service)
    assert service.call().status_code == 402


def test_budgets_that_cannot_be_are_refused_in_a_sentence(service: Service) -> None:
    for wrong, word in (
        ({"amount": "0"}, "over 0"),
        ({"scope": "tag"}, "names one tag"),
        ({"period": "fixed"}, "first and a last day"),
    ):
        entry = {"name": "x", "amount": "5", **wrong}
        assert word in service.refused("POST", "/api/budgets", 409, json=entry)
    assert service.json("GET", "/api/budgets") == {"items": [], "resting": [], "next_cursor": None}
    fixed = {"name": "trip", "amount": "5", "period": "fixed", "begins": "2020-01-01", "ends": "2020-01-02"}
    service.json("POST", "/api/budgets", 201, json=fixed)
    assert [one["name"] for one in service.json("GET", "/api/budgets")["resting"]] == ["trip"]


def test_rules_are_changed_one_word_at_a_time(service: Service) -> None:
    before = {one["kind"]: one for one in service.items("/api/rules")}
    change = {"kind": "runway", "marks": ["3", "7"], "channels": ["slack"], "cooldown_minutes": 5, "quiet": False}
    changed = service.json("PUT", "/api/rules", json=change)
    assert (changed["marks"], changed["channels"], changed["cooldown_minutes"]) == (["7", "3"], ["slack"], 5)
    again = service.json("PUT", "/api/rules", json={"kind": "runway", "enabled": False, "all_channels": True})
    assert (again["enabled"], again["marks"], again["channels"]) == (False, ["7", "3"], None)
    snoozed = service.json("PUT", "/api/rules", json={"kind": "spike", "snoozed_until": "2030-01-01T00:00:00Z"})
    assert snoozed["snoozed_until"] == "2030-01-01T00:00:00Z"
    after = {one["kind"]: one for one in service.items("/api/rules")}
    assert {kind for kind in before if before[kind] != after[kind]} == {"runway", "spike"}
    assert "one number" in service.refused("PUT", "/api/rules", 409, json={"kind": "spike", "marks": ["1", "2"]})


def test_advice_and_acknowledging(service: Service) -> None:
    assert service.items("/api/advice") == []
    for _ in range(2):
        service.enter("claude-opus-5", input_tokens=200_000)
    assert [one["advice"] for one in service.items("/api/advice")] == ["costly_model"]
    assert service.json("POST", "/api/alerts/ack", json={}) == {"acknowledged": 0}
    assert service.json("POST", "/api/alerts/ack", json={"ids": [7]}) == {"acknowledged": 0}


def test_a_call_refused_for_want_of_credit_is_said_and_looked_after_at_once(watching: Service) -> None:
    until(lambda: watching.json("GET", "/api/status")["last_look"] is not None)
    looks = watching.world.console.looks()
    watching.world.claude.mood, watching.world.console.amount = Mood.NO_CREDIT, Decimal("0.02")
    assert watching.call().status_code == 400
    until(lambda: watching.world.console.looks() > looks)
    until(lambda: "out_of_credit" in {alert["kind"] for alert in watching.items("/api/alerts")})
    assert watching.call().status_code == 400
    watching.items("/api/usage")
    kinds = [alert["kind"] for alert in watching.items("/api/alerts")]
    assert kinds.count("out_of_credit") == 1
    until(lambda: watching.json("GET", "/api/status")["balance"]["amount"] == "0.02")
