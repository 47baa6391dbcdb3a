"""Which path leads where; the proxy with the key that is kept."""

import json
import subprocess
from pathlib import Path

from claudetray.core import settings
from claudetray.demo.claude_api import MODEL, TEXT, Mood
from tests.api.service import Service, everywhere, sentence

OURS = "sk-ant-api03-kept-in-the-vault"
ASKED = {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": "Hello"}]}
UNKNOWN = (
    "/api",
    "/api/",
    "/api/nothing",
    "/api/usage/",
    "/api/usage/1/2",
    "/api/analytics",
    "/api/%0Ausage",
    "/api//usage",
)


def test_what_is_under_api_and_unknown_is_never_passed_on(service: Service) -> None:
    for path in UNKNOWN:
        for method in ("GET", "POST", "DELETE", "PROPFIND"):
            assert "docs/api.md" in service.refused(method, path, 404)
    assert service.world.claude.seen == []


def test_a_method_that_a_path_does_not_know_is_refused_with_those_it_knows(service: Service) -> None:
    for path in {path for _, path in everywhere()} - {"/api/nothing"}:
        known = {method for method, other in everywhere() if other == path and method != "PATCH"}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} - known:
            answer = service.client.request(method, path)
            assert sentence(answer, 405)
            assert set(answer.headers["allow"].split(", ")) == known


def test_a_number_that_is_none_names_nothing(service: Service) -> None:
    for text in ("x", "0", "-1", "1.0", "٣", "9" * 18, "9" * 40, "1%0A"):
        for method, path in (("GET", "/api/usage"), ("DELETE", "/api/usage"), ("DELETE", "/api/tags")):
            service.refused(method, f"{path}/{text}", 404)


def test_where_one_may_get_one_may_ask_for_the_head(service: Service) -> None:
    answer = service.client.head("/api/health")
    assert (answer.status_code, answer.content) == (200, b"")
    assert service.stranger.head("/api/health").status_code == 401


def kept_key(service: Service) -> None:
    service.done(service.kept.preferences.keep(settings.PROXY_KEY.key, OURS))


def test_without_a_key_the_proxy_says_how_to_keep_one(service: Service) -> None:
    assert "claudetray settings set proxy.key" in service.refused("POST", "/api/proxy", 409, json=ASKED)
    assert service.world.claude.seen == []
    assert service.items("/api/usage") == []


def test_the_kept_key_goes_upstream_and_the_token_never_does(service: Service) -> None:
    kept_key(service)
    body = json.dumps(ASKED, indent=3)  # as the caller wrote it, to the byte
    headers = {"Content-Type": "application/json", "x-claudetray-tags": "ours"}
    answer = service.client.post("/api/proxy", content=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["content"][0]["text"] == TEXT
    [(method, path, sent, received)] = service.world.claude.seen
    assert (method, path, received.decode()) == ("POST", "/v1/messages", body)
    assert sent["x-api-key"] == OURS
    assert "authorization" not in sent
    assert sent["anthropic-version"] == "2023-06-01"
    assert "x-claudetray-tags" not in sent
    assert service.token not in json.dumps([sent, received.decode()])
    [record] = service.items("/api/usage")
    assert (record["path"], record["tags"], record["state"]) == ("/v1/messages", ["ours"], "complete")
    assert record["key_fingerprint"] is not None


def test_a_query_is_passed_on_as_it_is(service: Service) -> None:
    kept_key(service)
    assert service.client.post("/api/proxy?beta=true&a=%2F", json=ASKED).status_code == 200
    assert service.world.claude.seen[0][1] == "/v1/messages?beta=true&a=%2F"


def test_a_key_of_the_callers_own_is_replaced(service: Service) -> None:
    kept_key(service)
    answer = service.client.post("/api/proxy", json=ASKED, headers={"x-api-key": "of-the-caller"})
    assert answer.status_code == 200
    assert service.world.claude.seen[0][2]["x-api-key"] == OURS


def test_it_streams_and_passes_refusals_on_as_they_are(service: Service) -> None:
    kept_key(service)
    streamed = service.client.post("/api/proxy", json={**ASKED, "stream": True})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.text.endswith("\n\n")
    assert "message_stop" in streamed.text
    service.world.claude.mood = Mood.OVERLOADED
    refused = service.client.post("/api/proxy", json=ASKED)
    assert refused.status_code == 529
    assert refused.json()["error"]["type"] == "overloaded_error"
    assert [record["status"] for record in service.items("/api/usage")] == [529, 200]


def test_a_key_that_changes_holds_from_the_next_call_on(service: Service) -> None:
    kept_key(service)
    service.client.post("/api/proxy", json=ASKED)
    service.done(service.kept.preferences.keep(settings.PROXY_KEY.key, "another"))
    service.client.post("/api/proxy", json=ASKED)
    assert [seen[2]["x-api-key"] for seen in service.world.claude.seen] == [OURS, "another"]


def test_the_script_that_writes_the_document_can_be_run(tmp_path: Path) -> None:
    script = Path(__file__).parent.parent.parent / "scripts" / "openapi"
    assert script.stat().st_mode & 0o100
    assert subprocess.run(["bash", "-n", str(script)], check=False, cwd=tmp_path).returncode == 0
