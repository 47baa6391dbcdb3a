"""Prices of whole answers. The vectors were computed by an independent program from messages-api alone.

Shape of a vector: `response` (JSON) or `sse` (text), `at` (else AT), `pico` (null: unpriced), and where the page says
so `estimated` and `flagged`.
"""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from claudetray.core.errors import NotAnAnswer
from claudetray.core.rates import PriceTable
from claudetray.core.times import from_rfc3339
from claudetray.prices import library
from claudetray.services import cost
from tests.answers import AT, COST, OVERLOADED, USAGE, batch, body, event, events, start, stream, succeeded

VECTORS = Path(__file__).parent.parent / "fixtures" / "messages" / "vectors.json"
vectors: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def prices() -> PriceTable:
    return library.table()


def sent(vector: dict[str, Any]) -> tuple[bytes, datetime]:
    answer = vector["sse"] if "sse" in vector else json.dumps(vector["response"], ensure_ascii=False)
    return answer.encode(), from_rfc3339(vector["at"]) if "at" in vector else AT


@pytest.mark.parametrize("vector", vectors, ids=lambda vector: str(vector["name"]))
def test_a_vector_comes_out_to_the_pico_dollar(prices: PriceTable, vector: dict[str, Any]) -> None:
    answer, at = sent(vector)
    found = cost.priced(answer, prices, at)
    assert found.cost_pico == vector["pico"]
    assert found.estimated is vector.get("estimated", found.estimated)
    assert found.flags or not vector.get("flagged")


def test_every_kind_of_trap_is_among_the_vectors() -> None:
    kinds = Counter(vector["name"].split("/")[0] for vector in vectors)
    assert min(kinds.values()) >= 3
    assert kinds.keys() >= {
        *("base", "batch", "date", "fallback", "fast", "fields", "geo", "haiku_tier", "iterations", "long_prompt"),
        *("max_tokens_0", "model_known", "model_unknown", "refusal", "server_tools", "tier", "ttl"),
        *("sse_disconnect", "sse_error", "sse_fallback", "sse_framing", "sse_iterations", "sse_merge", "sse_twin"),
    }


@pytest.mark.parametrize(
    "answer",
    [
        body(),
        b"\xef\xbb\xbf" + body(),
        b"\n\n  " + body() + b"\n",
        json.dumps(json.loads(body()), indent=2).encode(),
        stream(),
        stream().replace(b"\n", b"\r\n"),
        b": hello\n\n" + stream(),
        b"\xef\xbb\xbf" + stream(),
    ],
)
def test_an_answer_is_known_in_every_dress(prices: PriceTable, answer: bytes) -> None:
    found = cost.priced(answer, prices, AT)
    assert (found.cost_pico, found.estimated) == (COST, False)


def test_a_result_of_a_batch_costs_half_though_its_usage_does_not_say_so(prices: PriceTable) -> None:
    result = {"type": "succeeded", "message": json.loads(body())}
    assert cost.priced(batch(("a", result)), prices, AT).cost_pico == COST // 2


def test_several_results_are_refused_rather_than_priced_in_part(prices: PriceTable) -> None:
    with pytest.raises(NotAnAnswer, match="more than one"):
        cost.priced(batch(("a", succeeded()), ("b", succeeded())), prices, AT)


@pytest.mark.parametrize("answer", [json.dumps(OVERLOADED).encode(), event(OVERLOADED), b'{"input_tokens": 2095}'])
def test_errors_and_counts_cost_nothing(prices: PriceTable, answer: bytes) -> None:
    found = cost.priced(answer, prices, AT)
    assert (found.cost_pico, found.parts, found.flags, found.estimated) == (0, (), (), False)


def test_an_error_after_the_start_costs_what_went_before(prices: PriceTable) -> None:
    found = cost.priced(events(start(USAGE), OVERLOADED), prices, AT)
    assert (found.cost_pico, found.estimated) == (COST, True)


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense", b"{}", b"[]", b"<html>", b"\xff\xfe", b"[" * 100_000, b"{" * 9_999]
)
def test_what_is_no_answer_is_said(prices: PriceTable, answer: bytes) -> None:
    with pytest.raises(NotAnAnswer):
        cost.priced(answer, prices, AT)
