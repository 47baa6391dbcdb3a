"""Records: entered, found, paged, deleted; out as text and back in."""

import csv
import io
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from claudetray.core.usage import UsageRecord
from claudetray.demo.claude_api import MODEL, Mood
from claudetray.demo.world import World
from tests.api.service import Service, served
from tests.builders import a_record

FIELDS = {
    "id", "origin", "state", "started_at", "duration_ms", "ttft_ms", "method", "path", "status", "streaming", "model",
    "requested_model", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_5m_tokens",
    "cache_write_1h_tokens", "usage", "priced", "cost", "cost_pico_usd", "estimated", "flags", "stop_reason",
    "request_id", "client", "tags", "error",
}  # fmt: skip
IMPORTED = ("key", "model", "started_at", "state", "input_tokens", "output_tokens", "cache_read_tokens",
            "cache_write_5m_tokens", "cache_write_1h_tokens", "cost_pico_usd", "client", "session", "project", "tags",
            "stop_reason", "request_id", "usage")  # fmt: skip


def test_a_call_that_went_through_is_on_record_with_every_field(service: Service) -> None:
    service.call(metadata={"user_id": "somebody"}, headers={"x-claudetray-tags": "first, second"})
    [record] = service.items("/api/usage")
    assert record.keys() >= FIELDS
    assert record == service.json("GET", f"/api/usage/{record['id']}")
    assert (record["origin"], record["state"], record["path"], record["method"]) == (
        "proxy",
        "complete",
        "/v1/messages",
        "POST",
    )
    assert (record["model"], record["requested_model"], record["status"]) == (MODEL, MODEL, 200)
    assert record["tags"] == ["first", "second"]
    tokens = service.world.claude.message({"messages": [{"role": "user", "content": "Hello"}]})["usage"]
    assert record["usage"] == tokens
    assert (record["input_tokens"], record["output_tokens"]) == (tokens["input_tokens"], tokens["output_tokens"])
    pico = tokens["input_tokens"] * 2_000_000 + tokens["output_tokens"] * 10_000_000
    assert record["cost_pico_usd"] == pico
    assert record["cost"] == {"amount": f"{pico / 10**12:.6f}".rstrip("0"), "currency": "USD"}
    assert (record["priced"], record["estimated"], record["error"]) == (True, False, None)
    assert record["started_at"].endswith("Z")
    assert record["duration_ms"] >= 0


def test_a_refused_call_is_on_record_and_costs_nothing(service: Service) -> None:
    service.world.claude.mood = Mood.NO_CREDIT
    assert service.call().status_code == 400
    [record] = service.items("/api/usage", state="failed")
    assert (record["status"], record["cost_pico_usd"]) == (400, 0)
    assert record["error"]["kind"] == "invalid_request_error"
    assert "credit balance is too low" in record["error"]["message"]


def test_a_call_is_entered_by_hand(service: Service) -> None:
    tokens = {"cache_read_tokens": 2000, "cache_write_5m_tokens": 30, "cache_write_1h_tokens": 4}
    more = {"started_at": "2026-03-01T12:00:00+02:00", "client": "me", "session": "s", "project": "p"}
    made = service.enter("claude-opus-4-5", tags=["b", "a", "b"], **tokens, **more)
    assert made.keys() >= FIELDS
    assert (made["origin"], made["state"], made["tags"]) == ("manual", "complete", ["a", "b"])
    assert (made["started_at"], made["client"], made["session"], made["project"]) == (
        "2026-03-01T10:00:00.000Z",
        "me",
        "s",
        "p",
    )
    # $5, $25, $0.50, $6.25 and $10 a million
    assert made["cost_pico_usd"] == 10**6 * (1000 * 5 + 100 * 25 + 2000 // 2 + 30 * 25 // 4 + 4 * 10) + 500_000
    assert service.json("GET", f"/api/usage/{made['id']}") == made


def test_an_unknown_model_is_unpriced_and_never_free(service: Service) -> None:
    made = service.enter("model-of-nobody")
    assert (made["priced"], made["cost"], made["cost_pico_usd"]) == (False, None, None)
    assert [one["id"] for one in service.items("/api/usage", unpriced="true")] == [made["id"]]
    assert service.items("/api/usage", unpriced="false") == []


def test_a_simulated_call_is_marked(service: Service) -> None:
    assert service.enter(simulated=True)["origin"] == "simulated"
    assert service.json("GET", "/api/analytics/summary")["calls"] == 0
    assert service.json("GET", "/api/analytics/summary?origin=simulated")["calls"] == 1


FILTERS: tuple[tuple[dict[str, str | int], list[str]], ...] = (
    ({"model": "claude-opus-5"}, ["b", "a"]),
    ({"client": "cli"}, ["b"]),
    ({"tag": "red"}, ["c", "a"]),
    ({"session": "s1"}, ["a"]),
    ({"project": "p1"}, ["c", "b"]),
    ({"origin": "manual"}, ["c", "b", "a"]),
    ({"origin": "proxy"}, []),
    ({"state": "complete"}, ["c", "b", "a"]),
    ({"from": "2026-02-02T00:00:00Z"}, ["c", "b"]),
    ({"to": "2026-02-02T00:00:00Z"}, ["a"]),  # the end is not in it
    ({"from": "2026-02-02T01:00:00+01:00", "to": "2026-02-03T00:00:00Z"}, ["b"]),
    ({"q": "opus"}, ["b", "a"]),
    ({"q": "opus cli"}, ["b"]),
    ({"q": "hai*"}, ["c"]),
    ({"q": "red", "model": "claude-haiku-5-5"}, ["c"]),
    ({"q": '"'}, ["c", "b", "a"]),
    ({"q": "absent"}, []),
    ({"request_id": "req_of_nobody"}, []),
    ({"status": 200}, []),
)


def test_search_and_filters(service: Service) -> None:
    made = (
        service.enter("claude-opus-5", started_at="2026-02-01T00:00:00Z", tags=["red"], session="s1"),
        service.enter("claude-opus-5", started_at="2026-02-02T00:00:00Z", client="cli", project="p1"),
        service.enter("claude-haiku-5-5", started_at="2026-02-03T00:00:00Z", tags=["red", "blue"], project="p1"),
    )
    names = {one["id"]: name for one, name in zip(made, "abc", strict=True)}
    for query, found in FILTERS:
        assert [names[one["id"]] for one in service.items("/api/usage", **query)] == found, query
        lines = service.client.get("/api/export", params=query).text.splitlines()
        assert [names[json.loads(line)["id"]] for line in lines] == found[::-1], query


def pages(service: Service, **query: str | int) -> list[int]:
    found: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = service.json("GET", "/api/usage", params={**query, **cursor})
        assert len(page["items"]) <= int(query["limit"])
        found += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("search", [{}, {"q": "opus"}, {"tag": "red"}, {"model": "claude-opus-5"}])
def test_pages_leave_nothing_out_and_repeat_nothing_while_calls_come_in(
    service: Service, search: dict[str, str]
) -> None:
    async def add(*numbers: int) -> list[int | None]:
        records = [a_record(client=f"c{number}", request_id=f"r{number}", tags=("red",)) for number in numbers]
        kept = await service.kept.usage.add([_keyed(one, number) for one, number in zip(records, numbers, strict=True)])
        return [one.id for one in kept if one]

    before = service.done(add(*range(120)))  # all of the same time
    enough = threading.Event()

    def adding() -> None:
        number = 1000
        while not enough.is_set():
            service.done(add(number, number + 1))
            number += 2

    thread = threading.Thread(target=adding)
    thread.start()
    try:
        found = pages(service, limit=7, **search)
    finally:
        enough.set()
        thread.join()
    assert len(found) == len(set(found))
    assert set(before) <= set(found)


def _keyed(record: UsageRecord, number: int) -> UsageRecord:
    return replace(record, key=f"call {number}")


def test_a_cursor_of_another_list_is_refused(service: Service) -> None:
    for _ in range(3):
        service.enter("claude-opus-5")
    cursor = service.json("GET", "/api/usage?limit=1")["next_cursor"]
    assert "cursor" in service.refused("GET", f"/api/usage?limit=1&q=opus&cursor={cursor}", 404)
    for wrong in ("x", "0", "dDp4Ojk", "é"):
        service.refused("GET", "/api/usage", 404, params={"cursor": f"{wrong}="})


def test_one_record_is_deleted_with_its_sums(service: Service) -> None:
    first, second = service.enter(), service.enter()
    assert service.json("DELETE", f"/api/usage/{first['id']}") == {"deleted": 1}
    service.refused("DELETE", f"/api/usage/{first['id']}", 404)
    service.refused("GET", f"/api/usage/{first['id']}", 404)
    assert [one["id"] for one in service.items("/api/usage")] == [second["id"]]
    assert service.json("GET", "/api/analytics/summary")["calls"] == 1


def test_many_are_deleted_by_a_query(service: Service) -> None:
    for model in ("claude-opus-5", "claude-opus-5", MODEL):
        service.enter(model)
    assert service.json("DELETE", "/api/usage?model=claude-opus-5") == {"deleted": 2}
    assert service.json("DELETE", "/api/usage?model=claude-opus-5") == {"deleted": 0}
    assert [one["model"] for one in service.items("/api/usage")] == [MODEL]


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=***", "q=%22%22", "all=false"])
def test_everything_is_deleted_only_when_that_is_said(service: Service, query: str) -> None:
    service.enter()
    assert "all=true" in service.refused("DELETE", f"/api/usage?{query}", 409)
    assert service.json("DELETE", "/api/usage?all=true") == {"deleted": 1}


@pytest.mark.parametrize("query", ["modell=x", "all=yes", "model=x&sesion=y"])
def test_a_filter_that_is_misspelled_deletes_nothing(service: Service, query: str) -> None:
    service.enter("x")
    service.refused("DELETE", f"/api/usage?{query}", 400)
    assert len(service.items("/api/usage")) == 1


def some_calls(service: Service) -> list[dict[str, Any]]:
    """Calls as they come: relayed, streamed, refused, entered, of an unknown model; text that CSV has to quote."""
    service.call(stream=True)
    service.call(headers={"user-agent": "=SUM(A1)", "x-claudetray-tags": 'a "quoted" tag, b'})
    service.world.claude.moods = [Mood.OVERLOADED]
    service.call()
    service.enter("model-of-nobody", client='"; DROP', project="ü,\u2028ß")
    service.enter("claude-opus-5", started_at="2026-01-01T00:00:00.5Z", simulated=True)
    return service.items("/api/usage")


def exported(service: Service, form: str) -> str:
    with service.client.stream("GET", f"/api/export?format={form}") as answer:
        assert answer.status_code == 200
        assert answer.headers["transfer-encoding"] == "chunked"
        assert answer.headers["content-disposition"] == f'attachment; filename="claudetray-usage.{form}"'
        return "".join(answer.iter_text())


def test_an_export_holds_every_record_oldest_first(service: Service) -> None:
    records = some_calls(service)[::-1]
    records.sort(key=lambda record: record["started_at"])
    assert json.loads(exported(service, "json")) == records
    assert [json.loads(line) for line in exported(service, "jsonl").splitlines()] == records
    rows = list(csv.DictReader(io.StringIO(exported(service, "csv"))))
    assert [int(row["id"]) for row in rows] == [record["id"] for record in records]
    assert [row["cost_pico_usd"] for row in rows] == [
        "" if record["cost_pico_usd"] is None else str(record["cost_pico_usd"]) for record in records
    ]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize(("form", "empty"), [("csv", "id,key,"), ("json", "[]\n"), ("jsonl", "")])
def test_an_export_of_nothing(service: Service, form: str, empty: str) -> None:
    assert exported(service, form).startswith(empty)


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_an_export_comes_in_elsewhere_once(folder: Path, tmp_path: Path, stand_ins: World, form: str) -> None:
    with served(folder, stand_ins) as service:
        records = some_calls(service)
        text = exported(service, form).encode()
        assert service.json("POST", "/api/import", content=text) == {
            "added": 0,
            "known": len(records),
            "refused": [],
            "refused_count": 0,
        }
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    with served(elsewhere, stand_ins) as other:
        done = other.json("POST", "/api/import", content=text)
        assert done == {"added": len(records), "known": 0, "refused": [], "refused_count": 0}
        for _ in range(2):
            assert other.json("POST", "/api/import", content=text)["added"] == 0
        found = {one["key"]: one for one in other.items("/api/usage")}
        for record in records:
            assert {name: found[record["key"]][name] for name in IMPORTED} == {name: record[name] for name in IMPORTED}
            assert found[record["key"]]["origin"] == ("simulated" if record["origin"] == "simulated" else "import")


def test_rows_that_cannot_be_taken_are_named(service: Service) -> None:
    rows = [
        {"model": "m", "started_at": "2026-01-01T00:00:00Z"},
        {"model": "m"},
        5,
        {"model": "m", "started_at": "soon"},
    ]
    done = service.json("POST", "/api/import", json=rows)
    assert (done["added"], [row["row"] for row in done["refused"]]) == (1, [2, 3, 4])
    assert all(row["message"].endswith(".") for row in done["refused"])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("", ""),
        ("", "prose"),
        ("application/json", "5"),
        ("application/json", '"model"'),
        ("application/json", "model\n"),
        ("application/json", "[,"),
        ("text/csv", "[]"),
        ("text/csv", "a,b\n1,2"),
    ],
)
def test_a_text_that_is_no_list_is_refused(service: Service, kind: str, text: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    service.refused("POST", "/api/import", 400, content=text, headers=headers)


def test_an_import_needs_no_content_type(service: Service) -> None:
    text = "model,started_at,input_tokens\nclaude-opus-5,2026-01-01T00:00:00Z,10\n"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}  # as curl says
    assert service.json("POST", "/api/import", content=text, headers=headers)["added"] == 1
    [record] = service.items("/api/usage", origin="import")
    assert (record["input_tokens"], record["cost_pico_usd"]) == (10, 50_000_000)


def test_what_ended_is_there_at_once(service: Service) -> None:
    """An answer never comes before the row of a call that was whole before the question."""
    for number in range(1, 20):
        service.call()
        assert len(service.items("/api/usage")) == number
    assert all(datetime.fromisoformat(one["started_at"]) <= datetime.now(UTC) for one in service.items("/api/usage"))


def test_what_was_asked_and_answered_is_kept_only_where_that_is_wanted(service: Service) -> None:
    service.call("before")
    [before] = service.items("/api/usage")
    assert "proxy.keep_bodies" in service.refused("GET", f"/api/usage/{before['id']}/bodies", 404)
    service.done(service.kept.preferences.keep("proxy.keep_bodies", "true"))
    service.json("POST", "/api/tags", 201, json={"name": "new"})  # what measures calls is read anew
    service.call("after that")
    kept = service.json("GET", f"/api/usage/{before['id'] + 1}/bodies")
    assert "after that" in kept["request"]
    assert '"usage"' in kept["answer"]
    assert not kept["request_cut"]


def test_tags_are_given_and_taken_by_hand(service: Service) -> None:
    made = service.enter(tags=["a"])
    path = f"/api/usage/{made['id']}/tags"
    assert service.json("PUT", path, json={"add": ["b", "c"], "remove": ["a"]})["tags"] == ["b", "c"]
    assert service.json("PUT", path, json={})["tags"] == ["b", "c"]
    service.refused("PUT", "/api/usage/999/tags", 404, json={"add": ["b"]})
