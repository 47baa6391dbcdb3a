"""What is taken from outside is checked, and what is wrong is said in a sentence."""

import json
from collections.abc import Iterator

import msgspec
import pytest

from claudetray.api.endpoint import MOST_BODY, MOST_IMPORT, sentence
from tests.api.service import Service

ENTRY = {"model": "claude-opus-5", "input_tokens": 10}
QUERIES = (
    "limit=0",
    "limit=501",
    "limit=-1",
    "limit=1.5",
    "limit=null",
    "limit=",
    "limit=99999999999999999999",
    "limit=٣",
    "limit=1&limit=1",
    "from=yesterday",
    "from=2026-11-21",
    "from=2026-11-21T09:30:00",  # of no zone
    "from=1700000000",
    "to=null",
    "origin=elsewhere",
    "state=Complete",
    "status=99",
    "status=600",
    "unpriced=yes",
    "unpriced=null",
    "model=",
    "model=a%0A",
    "tag=a,b",
    "tag=%20a",
    "nothing=1",
    "q=" + "x" * 501,
    "cursor=",
)
BODIES = (
    "",
    "{",
    "[]",
    "null",
    '"text"',
    "{}",
    '{"model": 1}',
    '{"model": ""}',
    '{"model": "a\\n"}',
    '{"model": "\\ud800"}',
    '{"model": "a", "input_tokens": -1}',
    '{"model": "a", "input_tokens": 1.5}',
    '{"model": "a", "input_tokens": "1"}',
    '{"model": "a", "input_tokens": true}',
    '{"model": "a", "input_tokens": 1000000000001}',
    '{"model": "a", "input_tokens": 1e999999999}',
    '{"model": "a", "input_tokens": NaN}',
    '{"model": "a", "cost": 1}',
    '{"model": "a", "tags": "a"}',
    '{"model": "a", "tags": ["a,b"]}',
    '{"model": "a", "tags": ["\\u2003"]}',
    '{"model": "a", "started_at": "2026-11-21T09:30:00"}',
    '{"model": "a", "started_at": 1700000000}',
    '{"model": "a", "simulated": "true"}',
    '{"model": "a"} {}',
    "[" * 100_000,
)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_cannot_be_understood_is_refused(shared: Service, query: str) -> None:
    shared.refused("GET", f"/api/usage?{query}", 400)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_cannot_be_understood_is_refused(shared: Service, body: str) -> None:
    before = shared.items("/api/usage")
    headers = {"Content-Type": "application/json"}
    shared.refused("POST", "/api/usage", 400, content=body, headers=headers)
    assert shared.items("/api/usage") == before


def test_the_sentence_says_where_it_is_wrong(shared: Service) -> None:
    assert shared.refused("POST", "/api/usage", 400, json={**ENTRY, "tags": ["a", 5]}).startswith("tags[1]: ")
    assert "limit" in shared.refused("GET", "/api/usage?limit=0", 400)
    assert "nothing" in shared.refused("GET", "/api/usage?nothing=1", 400)
    assert "twice" in shared.refused("GET", "/api/usage?q=a&q=b", 400)
    assert sentence(ValueError("no")) == "It cannot be read: no."
    assert (
        sentence(msgspec.ValidationError("Expected `int` - at `$.rules[0].field`")) == "rules[0].field: Expected `int`."
    )


def test_bytes_that_are_no_text_are_refused(shared: Service) -> None:
    headers = {"Content-Type": "application/json"}
    shared.refused("POST", "/api/usage", 400, content=b'{"model": "\xff"}', headers=headers)
    shared.refused("POST", "/api/import", 400, content=b"model\n\xff")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_said_to_be_json_is_refused(shared: Service, kind: str) -> None:
    for path in ("/api/usage", "/api/tags", "/api/tags/trial", "/api/balance"):
        headers = {"Content-Type": kind} if kind else {}
        said = shared.refused("POST", path, 415, content=json.dumps(ENTRY), headers=headers)
        assert "application/json" in said


def test_a_whole_number_may_be_written_with_a_point(shared: Service) -> None:
    body = '{"model": "claude-opus-5", "input_tokens": 10.0, "output_tokens": 2e1}'
    made = shared.json(
        "POST", "/api/usage", 201, content=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    assert (made["input_tokens"], made["output_tokens"]) == (10, 20)


def test_a_body_that_is_too_large_is_refused(shared: Service) -> None:
    headers = {"Content-Type": "application/json"}
    large = json.dumps({**ENTRY, "client": "x" * MOST_BODY})
    assert "smaller" in shared.refused("POST", "/api/usage", 413, content=large, headers=headers)

    def pieces() -> Iterator[bytes]:  # of no length that is said before
        yield from [b" " * MOST_BODY, b" "]

    shared.refused("POST", "/api/usage", 413, content=pieces(), headers=headers)


def test_an_import_may_be_larger_but_not_without_end(shared: Service) -> None:
    piece = b" " * (1024 * 1024)

    def pieces() -> Iterator[bytes]:
        for _ in range(MOST_IMPORT // len(piece)):
            yield piece
        yield b" "

    shared.refused("POST", "/api/import", 413, content=pieces())
    shared.refused("POST", "/api/import", 400, content=b" " * (MOST_BODY + 1))  # large enough to come this far
