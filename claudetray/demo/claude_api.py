"""A stand-in of the Claude Messages API: messages, counts, models, batches, and the ways in which they fail.

Source: facts/messages-api.md, 1, 2 and 8; the models and prices are real, every other value is made up.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any

from aiohttp import web

MODEL = "claude-sonnet-5-5"
MODELS = ("claude-opus-5-5", MODEL, "claude-haiku-5-5", "claude-opus-4-5-20251101")
KEY = "sk-ant-api03-demo-key-of-nobody"
TEXT = "The balance is fine, and so are you. "
NO_CREDIT = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to add credits."
MADE_AT = "2026-11-21T09:30:00Z"
CHARACTERS_PER_TOKEN = 4
_SSE = "text/event-stream; charset=utf-8"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Event = tuple[str, dict[str, Any]]


class Mood(StrEnum):
    """How the stand-in answers."""

    FINE = "fine"
    NO_CREDIT = "no_credit"
    UNAUTHORIZED = "unauthorized"
    RATE_LIMITED = "rate_limited"
    FAILED = "failed"
    OVERLOADED = "overloaded"
    ERROR_AFTER_200 = "error_after_200"  # an `error` event in place of the end
    BREAK = "break"  # hangs up in the middle of the body
    RESET = "reset"  # hangs up before the answer


class Gate:
    """How many events each stream may send; the rest waits. May be moved from any thread."""

    def __init__(self, events: int | None = None) -> None:
        """`events=None`: the gate is open."""
        self._events = events
        self._moved: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.waiting = 0  # streams

    def let(self, events: int | None) -> None:
        """From now on each stream may send that many; None: all."""
        self._events = events
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake)

    async def passed(self, event: int) -> None:
        """Waits until the event of that number, from 0 on, may go out."""
        while self._events is not None and event >= self._events:
            self._loop = asyncio.get_running_loop()
            moved = self._moved = self._moved or asyncio.Event()
            self.waiting += 1
            try:
                await moved.wait()
            finally:
                self.waiting -= 1

    def _wake(self) -> None:
        if self._moved is not None:
            self._moved.set()
            self._moved = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How bodies are encoded: `name` as in Content-Encoding."""

    name: str
    encoded: Callable[[bytes], bytes]


@dataclass
class ClaudeStandIn:
    """What it says. `seen` holds every request: (method, path, headers, body). `moods` are used up first.

    `usage` is merged over the one that is made up. `public_url` is where a batch says that its results are.
    """

    text: str = TEXT
    mood: Mood = Mood.FINE
    moods: list[Mood] = field(default_factory=list)
    usage: dict[str, Any] = field(default_factory=dict)
    retry_after: str = "7"
    coding: Coding | None = None
    gate: Gate = field(default_factory=Gate)
    public_url: str = ""
    batches: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/messages", self._guarded(self._messages)),
            web.post("/v1/messages/count_tokens", self._guarded(self._count)),
            web.get("/v1/models", self._guarded(self._models)),
            web.get("/v1/models/{id}", self._guarded(self._model)),
            web.post("/v1/messages/batches", self._guarded(self._batch_made)),
            web.get("/v1/messages/batches/{id}", self._guarded(self._batch)),
            web.get("/v1/messages/batches/{id}/results", self._guarded(self._results)),
            web.route("*", "/v1/{path:.*}", self._guarded(self._unknown)),
        ]

    def message(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The whole answer to a request."""
        return {
            "id": f"msg_demo_{next(self._numbers)}",
            "type": "message",
            "role": "assistant",
            "model": asked.get("model", MODEL),
            "content": [{"type": "text", "text": self.text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": self._usage(asked),
        }

    def events(self, asked: Mapping[str, Any]) -> list[Event]:
        """The same, in pieces. Usage grows as it does in earnest: its last word is the one that counts."""
        whole = self.message(asked)
        usage, output = whole["usage"], whole["usage"]["output_tokens"]
        begun = {**whole, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": min(output, 1)}}
        return [
            ("message_start", {"message": begun}),
            ("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
            ("ping", {}),
            *(
                ("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": word}})
                for word in re.findall(r"\s*\S+\s*", self.text)
            ),
            ("content_block_stop", {"index": 0}),
            (
                "message_delta",
                {"delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": output}},
            ),
            ("message_stop", {}),
        ]

    def _usage(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        prompt = _tokens(json.dumps([asked.get("system"), asked.get("messages")]))
        cached = prompt // 2 if "cache_control" in json.dumps(asked.get("system", "")) else 0
        return {
            "input_tokens": prompt - cached,
            "output_tokens": _tokens(self.text),
            "cache_read_input_tokens": 0,
            "cache_creation_input_tokens": cached,
            "cache_creation": {"ephemeral_5m_input_tokens": cached, "ephemeral_1h_input_tokens": 0},
            "server_tool_use": None,
            "service_tier": "standard",
            "inference_geo": "global",
            **self.usage,
        }

    def _guarded(self, answer: Handler) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.seen.append((request.method, request.path_qs, headers, await request.read()))
            mood = self.moods[0] if self.moods else self.mood
            if not headers.get("x-api-key") and not headers.get("authorization"):
                mood = Mood.UNAUTHORIZED
            if mood in (Mood.ERROR_AFTER_200, Mood.BREAK):
                return await answer(request)  # these are for the body
            if self.moods:
                self.moods.pop(0)
            return self._refusal(mood, request) or await answer(request)

        return handler

    def _refusal(self, mood: Mood, request: web.Request) -> web.StreamResponse | None:
        match mood:
            case Mood.NO_CREDIT:
                return self._error(400, "invalid_request_error", NO_CREDIT)
            case Mood.UNAUTHORIZED:
                return self._error(401, "authentication_error", "x-api-key header is required")
            case Mood.RATE_LIMITED:
                message = "This request would exceed your organization's rate limit."
                return self._error(429, "rate_limit_error", message, {"retry-after": self.retry_after})
            case Mood.FAILED:
                return self._error(500, "api_error", "Internal server error")
            case Mood.OVERLOADED:
                return self._error(529, "overloaded_error", "Overloaded")
            case Mood.RESET:
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=500)
        return None

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        if asked.get("stream"):
            return await self._streamed(request, asked)
        return await self._said(request, json.dumps(self.message(asked)).encode(), "application/json")

    async def _count(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        return self._json({"input_tokens": _tokens(json.dumps([asked.get("system"), asked.get("messages")]))})

    async def _models(self, request: web.Request) -> web.StreamResponse:
        models = [_described(name) for name in MODELS]
        return self._json({"data": models, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})

    async def _model(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["id"]
        return self._json(_described(name)) if name in MODELS else self._error(404, "not_found_error", f"model: {name}")

    async def _batch_made(self, request: web.Request) -> web.StreamResponse:
        name = f"msgbatch_demo_{next(self._numbers)}"
        self.batches[name] = (await request.json())["requests"]
        return self._json(self._batch_shape(name))

    async def _batch(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["id"]
        known = name in self.batches
        return self._json(self._batch_shape(name)) if known else self._error(404, "not_found_error", f"batch: {name}")

    async def _results(self, request: web.Request) -> web.StreamResponse:
        lines = []
        for one in self.batches[request.match_info["id"]]:
            message = self.message(one["params"])
            message["usage"]["service_tier"] = "batch"
            lines.append({"custom_id": one["custom_id"], "result": {"type": "succeeded", "message": message}})
        body = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        return await self._said(request, body, "application/x-jsonl")

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        return self._error(404, "not_found_error", "Not Found")

    def _batch_shape(self, name: str) -> dict[str, Any]:
        counts = {"processing": 0, "succeeded": len(self.batches[name]), "errored": 0, "canceled": 0, "expired": 0}
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended",
            "request_counts": counts,
            "created_at": MADE_AT,
            "ended_at": MADE_AT,
            "expires_at": "2026-11-22T09:30:00Z",
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{self.public_url}/v1/messages/batches/{name}/results",
        }

    async def _said(self, request: web.Request, body: bytes, kind: str) -> web.StreamResponse:
        """A whole body, encoded; one that breaks says before how long it would have been."""
        coded = self._coded(body)
        headers = {**self._headers(), **self._coding(), "Content-Type": kind}
        if not self._takes(Mood.BREAK):
            return web.Response(body=coded, headers=headers)
        answer = web.StreamResponse(headers={**headers, "Content-Length": str(len(coded))})
        await answer.prepare(request)
        await answer.write(coded[: len(coded) // 2])
        return _hung_up(request, answer)

    async def _streamed(self, request: web.Request, asked: Mapping[str, Any]) -> web.StreamResponse:
        events = self.events(asked)
        failing, breaking = self._takes(Mood.ERROR_AFTER_200), self._takes(Mood.BREAK)
        if failing:
            error = {"error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": "req_demo"}
            events = [*events[:4], ("error", error)]
        answer = web.StreamResponse(
            headers={**self._headers(), **self._coding(), "Content-Type": _SSE, "Cache-Control": "no-cache"}
        )
        await answer.prepare(request)
        if self.coding is not None:
            await answer.write(self._coded(b"".join(_event(*event) for event in events)))
            return answer
        for number, event in enumerate(events):
            await self.gate.passed(number)
            if breaking and number == 4:
                return _hung_up(request, answer)
            await answer.write(_event(*event))
        return answer

    def _takes(self, mood: Mood) -> bool:
        """Is it that one's turn?"""
        if self.moods:
            return self.moods[0] is mood and self.moods.pop(0) is mood
        return self.mood is mood

    def _coding(self) -> dict[str, str]:
        return {} if self.coding is None else {"Content-Encoding": self.coding.name}

    def _coded(self, body: bytes) -> bytes:
        return body if self.coding is None else self.coding.encoded(body)

    def _headers(self) -> dict[str, str]:
        limits = {
            f"anthropic-ratelimit-{what}-{word}": value
            for what, most in (("requests", "4000"), ("input-tokens", "2000000"), ("output-tokens", "400000"))
            for word, value in (("limit", most), ("remaining", most), ("reset", MADE_AT))
        }
        return {"request-id": f"req_demo_{next(self._numbers)}", "anthropic-organization-id": "demo", **limits}

    def _json(self, values: Any) -> web.Response:
        return web.json_response(values, headers=self._headers())

    def _error(self, status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
        values = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_demo"}
        return web.json_response(values, status=status, headers={**self._headers(), **(headers or {})})


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _described(name: str) -> dict[str, Any]:
    return {"type": "model", "id": name, "display_name": name.replace("-", " ").title(), "created_at": MADE_AT}


def _event(name: str, values: Mapping[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **values})}\n\n".encode()


def _hung_up(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """What went out arrives; the end never does."""
    if request.transport is not None:
        request.transport.close()
    return answer
