"""The stand-in of the Claude API, asked as its clients ask."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from claudetray.demo import world
from claudetray.demo.claude_api import KEY, MODEL, MODELS, NO_CREDIT, TEXT, Coding, Gate, Mood
from claudetray.demo.world import World

ASKED = {"model": "claude-opus-5-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def stand_ins() -> Iterator[World]:
    with world.served() as served:
        yield served


@pytest.fixture
def client(stand_ins: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stand_ins.url, headers={"x-api-key": KEY}, trust_env=False) as client:
        yield client


def events(text: str) -> list[dict[str, Any]]:
    found = [block.partition("\ndata: ") for block in text.removesuffix("\n\n").split("\n\n")]
    values = [json.loads(data) for _, _, data in found]
    assert [f"event: {one['type']}" for one in values] == [name for name, _, _ in found]
    return values


def test_a_message_is_answered_with_usage(client: httpx.Client) -> None:
    answer = client.post("/v1/messages", json=ASKED)
    said = answer.json()
    assert (said["type"], said["model"], said["content"][0]["text"]) == ("message", "claude-opus-5-5", TEXT)
    assert said["usage"]["input_tokens"] > 0
    assert said["usage"]["output_tokens"] > 0
    assert answer.headers["request-id"]
    assert answer.headers["anthropic-ratelimit-requests-limit"]


def test_a_stream_has_the_order_of_the_api_and_its_last_usage_counts(client: httpx.Client) -> None:
    said = events(client.post("/v1/messages", json={**ASKED, "stream": True}).text)
    kinds = list(dict.fromkeys(one["type"] for one in said))
    assert kinds == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert "".join(one["delta"]["text"] for one in said if one["type"] == "content_block_delta") == TEXT
    assert said[0]["message"]["usage"]["output_tokens"] == 1
    assert said[-2]["usage"]["output_tokens"] > 1


def test_what_is_cached_is_not_counted_twice(client: httpx.Client) -> None:
    system = [{"type": "text", "text": "long " * 50, "cache_control": {"type": "ephemeral"}}]
    usage = client.post("/v1/messages", json={**ASKED, "system": system}).json()["usage"]
    counted = client.post("/v1/messages/count_tokens", json={**ASKED, "system": system}).json()
    assert usage["cache_creation_input_tokens"] == usage["cache_creation"]["ephemeral_5m_input_tokens"] > 0
    assert usage["input_tokens"] + usage["cache_creation_input_tokens"] == counted["input_tokens"]


def test_models(client: httpx.Client) -> None:
    assert tuple(one["id"] for one in client.get("/v1/models").json()["data"]) == MODELS
    assert client.get(f"/v1/models/{MODEL}").json()["id"] == MODEL
    assert client.get("/v1/models/of-nobody").status_code == 404


def test_a_batch_has_its_results_at_once(client: httpx.Client, stand_ins: World) -> None:
    stand_ins.claude.public_url = stand_ins.url
    requests = [{"custom_id": name, "params": ASKED} for name in ("a", "b")]
    made = client.post("/v1/messages/batches", json={"requests": requests}).json()
    assert client.get(f"/v1/messages/batches/{made['id']}").json() == made
    lines = [json.loads(line) for line in client.get(made["results_url"]).text.splitlines()]
    assert [line["custom_id"] for line in lines] == ["a", "b"]
    assert {line["result"]["message"]["usage"]["service_tier"] for line in lines} == {"batch"}
    assert client.get("/v1/messages/batches/of-nobody").status_code == 404


@pytest.mark.parametrize(
    ("mood", "status", "kind"),
    [
        (Mood.NO_CREDIT, 400, "invalid_request_error"),
        (Mood.UNAUTHORIZED, 401, "authentication_error"),
        (Mood.RATE_LIMITED, 429, "rate_limit_error"),
        (Mood.FAILED, 500, "api_error"),
        (Mood.OVERLOADED, 529, "overloaded_error"),
    ],
)
def test_it_refuses_on_demand_once_or_for_good(
    client: httpx.Client, stand_ins: World, mood: Mood, status: int, kind: str
) -> None:
    stand_ins.claude.moods = [mood]
    answer = client.post("/v1/messages", json=ASKED)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)
    assert client.post("/v1/messages", json=ASKED).status_code == 200
    stand_ins.claude.mood = mood
    assert {client.get("/v1/models").status_code for _ in range(2)} == {status}


def test_its_words_are_those_of_the_api(client: httpx.Client, stand_ins: World) -> None:
    stand_ins.claude.moods = [Mood.NO_CREDIT, Mood.RATE_LIMITED]
    assert client.post("/v1/messages", json=ASKED).json()["error"]["message"] == NO_CREDIT
    assert client.post("/v1/messages", json=ASKED).headers["retry-after"] == "7"


def test_without_a_key_nobody_is_answered(client: httpx.Client, stand_ins: World) -> None:
    assert httpx.post(f"{stand_ins.url}/v1/messages", json=ASKED, trust_env=False).status_code == 401
    bearer = {"Authorization": "Bearer sk-ant-oat01-of-nobody"}
    assert httpx.get(f"{stand_ins.url}/v1/models", headers=bearer, trust_env=False).status_code == 200
    assert client.patch("/v1/of/nobody").status_code == 404


def test_an_error_may_come_after_the_head(client: httpx.Client, stand_ins: World) -> None:
    stand_ins.claude.moods = [Mood.ERROR_AFTER_200]
    answer = client.post("/v1/messages", json={**ASKED, "stream": True})
    assert answer.status_code == 200
    assert events(answer.text)[-1]["error"]["type"] == "overloaded_error"


@pytest.mark.parametrize("stream", [True, False])
def test_it_hangs_up_in_the_middle(client: httpx.Client, stand_ins: World, stream: bool) -> None:
    stand_ins.claude.moods = [Mood.BREAK]
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/v1/messages", json={**ASKED, "stream": stream})
    stand_ins.claude.moods = [Mood.RESET]
    with pytest.raises(httpx.TransportError):
        client.post("/v1/messages", json={**ASKED, "stream": stream})
    assert client.post("/v1/messages", json=ASKED).status_code == 200


@pytest.mark.parametrize("stream", [True, False])
def test_bodies_are_encoded_as_told(client: httpx.Client, stand_ins: World, stream: bool) -> None:
    stand_ins.claude.coding = Coding(name="gzip", encoded=gzip.compress)
    answer = client.post("/v1/messages", json={**ASKED, "stream": stream})
    assert answer.headers["content-encoding"] == "gzip"
    assert "msg_demo_" in answer.text


def test_a_gate_lets_events_out_one_by_one(client: httpx.Client, stand_ins: World) -> None:
    stand_ins.claude.gate = gate = Gate(1)
    with client.stream("POST", "/v1/messages", json={**ASKED, "stream": True}) as answer:
        pieces = answer.iter_bytes()
        assert next(pieces).startswith(b"event: message_start")
        gate.let(2)
        assert next(pieces).startswith(b"event: content_block_start")
        gate.let(None)
        assert b"".join(pieces).endswith(b'{"type": "message_stop"}\n\n')
    assert gate.waiting == 0


def test_it_remembers_what_it_was_asked(client: httpx.Client, stand_ins: World) -> None:
    client.post("/v1/messages?beta=true", json=ASKED)
    [(method, path, headers, body)] = stand_ins.claude.seen
    assert (method, path, headers["x-api-key"]) == ("POST", "/v1/messages?beta=true", KEY)
    assert json.loads(body) == ASKED
