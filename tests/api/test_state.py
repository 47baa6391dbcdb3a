"""What is known now: health, status, alerts; a look, a balance set by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from claudetray import __version__
from claudetray.demo.console import Mood
from claudetray.demo.world import World
from tests.api.service import Service
from tests.builders import thresholds
from tests.whole.desktop import until


@pytest.fixture
def watching(folder: Path, stand_ins: World) -> Iterator[Service]:
    """A server that watches the stand-in of the Console."""
    service = Service(folder, stand_ins)
    service.set_up()
    service.start()
    yield service
    service.stop()


def test_health_says_what_runs_where(service: Service) -> None:
    said = service.json("GET", "/api/health")
    assert said.pop("pid") > 0
    assert said == {
        "ok": True,
        "version": __version__,
        "upstream": service.world.url,
        "under_way": 0,
        "waiting": 0,
        "monitored": False,
    }


def test_health_counts_the_calls_that_are_under_way(service: Service) -> None:
    gate = service.world.claude.gate
    gate.let(1)
    body = {"model": "claude-opus-5", "stream": True, "messages": []}
    with service.stranger.stream("POST", "/v1/messages", json=body, headers={"x-api-key": "k"}) as answer:
        pieces = answer.iter_bytes()
        assert b"message_start" in next(pieces)
        assert service.json("GET", "/api/health")["under_way"] == 1
        gate.let(None)
        for _ in pieces:
            pass
    assert service.json("GET", "/api/health")["under_way"] == 0


def test_status_before_anything_is_known(service: Service) -> None:
    said = service.json("GET", "/api/status")
    assert (said["health"], said["balance"], said["last_look"]) == ("unknown", None, None)
    assert said["session"]["state"] == "signed_out"


def test_without_an_account_there_is_nothing_to_look_at(service: Service) -> None:
    said = service.client.post("/api/fetch")
    assert said.status_code == 409
    assert said.json()["error"]["kind"] == "not_configured"
    assert "claudetray login" in service.refused("POST", "/api/fetch", 409)


def test_with_an_account_it_looks_and_the_status_says_the_same(watching: Service) -> None:
    said = watching.json("POST", "/api/fetch")
    assert said["ok"] is True
    assert said["balance"] == {"amount": "60.36", "currency": "USD"}
    assert said["next_fetch_at"].endswith("Z")
    status = watching.json("GET", "/api/status")
    assert status["balance"] == said["balance"]
    assert status["last_look"]["ok"] is True
    assert watching.world.console.looks() >= 1


def test_a_look_that_fails_says_why_and_leaves_the_balance(watching: Service) -> None:
    watching.json("POST", "/api/fetch")
    watching.world.console.mood = Mood.EXPIRED
    answer = watching.client.post("/api/fetch")
    assert (answer.status_code, answer.json()["error"]["kind"]) == (502, "session_expired")
    status = watching.json("GET", "/api/status")
    assert status["balance"]["amount"] == "60.36"
    assert status["last_look"]["error"]["kind"] == "session_expired"


def test_it_monitors_until_a_tray_comes(watching: Service) -> None:
    until(lambda: watching.json("GET", "/api/health")["monitored"])
    assert watching.json("POST", "/api/monitor/release") == {"ok": True, "released": True}
    assert watching.json("POST", "/api/monitor/release") == {"ok": True, "released": False}
    assert watching.json("GET", "/api/health")["monitored"] is False


def test_a_balance_is_set_by_hand_and_alerts_like_any_other(service: Service) -> None:
    service.done(service.kept.preferences.keep_thresholds(thresholds("20=30", "5=10")))
    assert service.items("/api/alerts") == []
    said = service.json("POST", "/api/balance", json={"amount": "18.20"})
    assert (said["balance"], said["health"]) == ({"amount": "18.20", "currency": "USD"}, "warning")
    assert service.json("GET", "/api/status")["balance"] == said["balance"]
    [alert] = service.items("/api/alerts")
    assert alert["title"] == "$18.20 of credit left"
    assert alert.keys() >= {"id", "kind", "health", "body", "facts", "raised_at", "acknowledged_at", "deliveries"}
    service.json("POST", "/api/balance", json={"amount": "4"})
    assert [one["title"] for one in service.items("/api/alerts")] == ["$4.00 of credit left", "$18.20 of credit left"]
    assert len(service.items("/api/alerts", limit=1)) == 1


@pytest.mark.parametrize("amount", ["", "1,50", "1e3", "NaN", "1.1234567", "1234567890", "5\n", " 5", "٣", 5, None])
def test_what_is_no_amount_is_refused(service: Service, amount: object) -> None:
    service.refused("POST", "/api/balance", 400, json={"amount": amount})
    service.refused("POST", "/api/balance", 400, json={"amount": "5", "currency": "dollars"})
    assert service.json("GET", "/api/status")["balance"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "nothing=1"])
def test_alerts_take_a_limit_and_nothing_else(service: Service, query: str) -> None:
    service.refused("GET", f"/api/alerts?{query}", 400)
