"""Answers of the Messages API for tests: in one piece, as a stream of events, as the results of a batch."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from claudetray.core.rates import WRITE_1H, WRITE_5M, LongPrompt, Price, PriceTable, Rates

AT = datetime(2026, 11, 15, tzinfo=UTC)
OPUS, SONNET, HAIKU = "claude-opus-5", "claude-sonnet-5-5", "claude-haiku-5-5"
USAGE = {
    "input_tokens": 100,
    "output_tokens": 40,
    "cache_read_input_tokens": 1000,
    "cache_creation_input_tokens": 60,
    "cache_creation": {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 20},
    "service_tier": "standard",
    "inference_geo": "global",
    "speed": "standard",
}
COST = (
    2_450_000_000  # of USAGE at claude-opus-5: 100 × 5 + 1000 × 0.5 + 40 × 6.25 + 20 × 10 + 40 × 25 dollars a million
)
INPUT_COST = COST - 40 * 25_000_000


def rates(input: str, output: str, read: str) -> Rates:
    """Dollars per million tokens; the cache's writes by the usual factors."""
    dear = Decimal(input)
    return Rates.per_million(dear, Decimal(output), Decimal(read), dear * WRITE_5M, dear * WRITE_1H)


def table(*more: Price) -> PriceTable:
    """A small table with everything a price can have."""
    return PriceTable(
        "test 1",
        (
            *more,
            Price(names=(OPUS,), rates=rates("5", "25", "0.5"), fast=rates("10", "50", "1")),
            Price(names=(SONNET,), rates=rates("2", "10", "0.2"), until=date(2026, 10, 7)),
            Price(names=(SONNET,), rates=rates("2", "10", "0.1"), since=date(2026, 10, 7)),
            Price(
                names=(HAIKU,),
                rates=rates("0.1", "0.5", "0.01"),
                long=LongPrompt(above=100_000, rates=rates("0.5", "2.5", "0.05")),
            ),
            Price(names=("claude-haiku-4-5",), rates=rates("1", "5", "0.1")),
        ),
    )


def message(usage: Mapping[str, Any] | None = USAGE, model: str = OPUS, **more: Any) -> dict[str, Any]:
    shown = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "usage": usage,
    }
    return shown | more


def body(usage: Mapping[str, Any] | None = USAGE, model: str = OPUS, **more: Any) -> bytes:
    return json.dumps(message(usage, model, **more)).encode()


def start(usage: Mapping[str, Any] | None = None, model: str = OPUS) -> dict[str, Any]:
    """What a stream begins with: 2 tokens of output."""
    shown = message(USAGE | {"output_tokens": 2} | dict(usage or {}), model, content=[], stop_reason=None)
    return {"type": "message_start", "message": shown}


def text(words: str) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": words}},
        {"type": "content_block_stop", "index": 0},
    ]


def delta(stop_reason: str = "end_turn", **usage: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": stop_reason}, "usage": usage or {"output_tokens": 40}}


STOP = {"type": "message_stop"}
PING = {"type": "ping"}
OVERLOADED = {
    "type": "error",
    "error": {"type": "overloaded_error", "message": "Overloaded"},
    "request_id": "req_body",
}


def events(*some: Mapping[str, Any]) -> bytes:
    return b"".join(event(one) for one in some)


def event(one: Mapping[str, Any]) -> bytes:
    return f"event: {one['type']}\ndata: {json.dumps(one, ensure_ascii=False)}\n\n".encode()


def stream(usage: Mapping[str, Any] | None = None, **delta_usage: Any) -> bytes:
    """A whole stream: the same call as `body()`, unless told otherwise."""
    return events(start(usage), PING, *text("Grüße, 世界 😀"), delta(**delta_usage), STOP)


def batch(*results: tuple[str, Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps({"custom_id": name, "result": dict(one)}).encode() + b"\n" for name, one in results)


def succeeded(usage: Mapping[str, Any] = USAGE, **more: Any) -> dict[str, Any]:
    return {"type": "succeeded", "message": message(dict(usage) | {"service_tier": "batch"}, **more)}


def pieces(whole: bytes, cuts: Iterable[int]) -> list[bytes]:
    """The same bytes, cut at these places."""
    places = [0, *sorted({cut % (len(whole) + 1) for cut in cuts}), len(whole)]
    return [whole[begin:end] for begin, end in pairwise(places)]
