"""What an answer of the Messages API says: in one piece, as a stream of events, or as the results of a batch.

Reads a decoded copy, and never fails: what it does not understand it leaves out, and the call goes on.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from claudetray.core.billing import Answered, merged
from claudetray.core.usage import MOST_NAME, CallError
from claudetray.proxy.event_stream import EventStream

MOST_BODY = 32 * 1024 * 1024  # bytes of an answer in one piece; a larger one is relayed, and not accounted
MOST_LINE = 16 * 1024 * 1024  # of one result of a batch
MOST_TOOLS = 50
MOST_MESSAGE = 500  # characters of an error's message
# Not JSON, not what it should be, not UTF-8, or nested without end.
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
# What nearly every event of a stream begins with. It holds no usage, and need not be parsed.
_EMPTY = b'"text":""'  # a delta that brings nothing; within a JSON text its quotes would be escaped
_DELTA = (b'{"type":"content_block_delta"', b'{"type": "content_block_delta"')


class _Block(msgspec.Struct):
    type: Any = None
    name: Any = None
    text: Any = None
    to: Any = None


class _Error(msgspec.Struct):
    type: Any = None
    message: Any = None


class _Message(msgspec.Struct):
    """A message, an error, or the count of count_tokens."""

    type: Any = None
    id: Any = None
    model: Any = None
    stop_reason: Any = None
    content: msgspec.Raw = msgspec.Raw(b"null")
    usage: msgspec.Raw = msgspec.Raw(b"null")
    error: msgspec.Raw = msgspec.Raw(b"null")
    request_id: Any = None
    input_tokens: Any = None


class _Delta(msgspec.Struct):
    stop_reason: Any = None


class _Event(msgspec.Struct):
    type: Any = None
    message: msgspec.Raw = msgspec.Raw(b"null")
    delta: msgspec.Raw = msgspec.Raw(b"null")
    content_block: msgspec.Raw = msgspec.Raw(b"null")
    usage: msgspec.Raw = msgspec.Raw(b"null")
    error: msgspec.Raw = msgspec.Raw(b"null")
    request_id: Any = None


class _Result(msgspec.Struct):
    type: Any = None
    message: msgspec.Raw = msgspec.Raw(b"null")
    error: msgspec.Raw = msgspec.Raw(b"null")


class _Line(msgspec.Struct):
    custom_id: Any = None
    result: msgspec.Raw = msgspec.Raw(b"null")


_json = msgspec.json.Decoder()
_message = msgspec.json.Decoder(_Message)
_event = msgspec.json.Decoder(_Event)
_blocks = msgspec.json.Decoder(list[_Block])
_block = msgspec.json.Decoder(_Block)
_delta = msgspec.json.Decoder(_Delta)
_error = msgspec.json.Decoder(_Error)
_line = msgspec.json.Decoder(_Line)
_result = msgspec.json.Decoder(_Result)


class Tally:
    """What an answer has said up to now."""

    def __init__(self) -> None:
        self.model: str | None = None  # that served
        self.requested: str | None = None  # that the answer named first
        self.message_id: str | None = None
        self.request_id: str | None = None  # as the body names it; the header comes first
        self.stop_reason: str | None = None
        self.error: CallError | None = None
        self.tools: dict[str, None] = {}
        self.usage: dict[str, Any] | None = None
        self.produced: bool | None = None
        self.whole = False  # did it come to its end?
        self.free = False  # an answer that costs nothing by its kind: count_tokens
        self._verbatim: str | None = None

    @property
    def usage_text(self) -> str | None:
        """The usage JSON: as it stood in the answer, or the start's with the deltas over it."""
        if self._verbatim is not None:
            return self._verbatim
        return None if self.usage is None else msgspec.json.encode(self.usage).decode()

    def answered(self, batch: bool = False, asked_for: str | None = None) -> Answered:
        """What matters for the price. `asked_for` is the model that the request names, where that is known."""
        return Answered(
            model=self.model or asked_for,
            usage=self.usage,
            requested=asked_for or self.requested,
            refused=self.stop_reason == "refusal",
            produced=self.produced,
            whole=self.whole,
            batch=batch,
        )

    def take_message(self, body: bytes) -> bool:
        """An answer in one piece; False when it is none that we know."""
        try:
            message = _message.decode(body)
        except _UNREADABLE:
            return False
        self.request_id = _text(message.request_id)
        if message.type == "error":
            self.whole = True
            self._take_error(message.error)
            return True
        if message.type != "message":
            if _object(message.usage) is None and isinstance(message.input_tokens, int):
                self.whole = self.free = True
                self._take_usage(msgspec.Raw(msgspec.json.encode({"input_tokens": message.input_tokens})))
                return True
            return False
        self._begin(message)
        self._verbatim = bytes(message.usage).decode("utf-8", "replace") if self.usage is not None else None
        self._take_content(message.content)
        self.whole = True
        return True

    def take_event(self, data: bytes) -> None:
        """One event of a stream, in order."""
        if data.startswith(_DELTA) and _EMPTY not in data:
            self.produced = True
            return
        try:
            event = _event.decode(data)
        except _UNREADABLE:
            return
        match event.type:
            case "message_start":
                try:
                    self._begin(_message.decode(event.message))
                except _UNREADABLE:
                    return
            case "content_block_start":
                self._take_block(event.content_block)
            case "content_block_delta":
                self.produced = self.produced or _EMPTY not in data
            case "message_delta":
                self._take_stop(event.delta)
                self._take_usage(event.usage)
            case "message_stop":
                self.whole = True
            case "error":
                self.request_id = _text(event.request_id) or self.request_id
                self._take_error(event.error)

    def _begin(self, message: _Message) -> None:
        self.message_id, self.model = _text(message.id), _text(message.model)
        self.requested = self.model
        self.stop_reason = _text(message.stop_reason)
        self.produced = False
        self._take_usage(message.usage)

    def _take_usage(self, raw: msgspec.Raw) -> None:
        usage = _object(raw)
        if usage is not None:
            self.usage = merged(self.usage or {}, usage)
            self._verbatim = None

    def _take_stop(self, raw: msgspec.Raw) -> None:
        try:
            self.stop_reason = _text(_delta.decode(raw).stop_reason) or self.stop_reason
        except _UNREADABLE:
            return

    def _take_content(self, raw: msgspec.Raw) -> None:
        try:
            blocks = _blocks.decode(raw)
        except _UNREADABLE:
            self.produced = None
            return
        for block in blocks:
            self._note(block)
        self.produced = any(_holds(block) for block in blocks)

    def _take_block(self, raw: msgspec.Raw) -> None:
        try:
            block = _block.decode(raw)
        except _UNREADABLE:
            return
        self._note(block)
        if block.type == "fallback":  # the model that serves from here on
            to = block.to if isinstance(block.to, dict) else {}
            self.model = _text(to.get("model")) or self.model
        elif _holds(block):
            self.produced = True

    def _note(self, block: _Block) -> None:
        name = _text(block.name)
        if name and str(block.type).endswith("tool_use") and len(self.tools) < MOST_TOOLS:
            self.tools[name] = None

    def _take_error(self, raw: msgspec.Raw) -> None:
        try:
            error = _error.decode(raw)
        except _UNREADABLE:
            error = _Error()
        message = error.message if isinstance(error.message, str) else ""
        self.error = CallError(kind=_text(error.type) or "error", message=message[:MOST_MESSAGE])


class Reader:
    """Feed it the decoded body of one answer. `streaming`: is it a stream of events?"""

    def __init__(self, streaming: bool) -> None:
        self.tally = Tally()
        self.unread = not streaming  # there was nothing, or too much, or no answer that we know
        self._events = EventStream() if streaming else None
        self._body: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> None:
        if self._events is not None:
            for data in self._events.feed(piece):
                self.tally.take_event(data)
            return
        self._size += len(piece)
        if self._size <= MOST_BODY:
            self._body.append(piece)
        else:
            self._body, self.unread = [], True

    def close(self) -> None:
        """The answer has ended, or will not go on."""
        if self._events is not None:
            for data in self._events.close():
                self.tally.take_event(data)
        elif self._body:
            self.unread = not self.tally.take_message(b"".join(self._body))
            self._body = []


class BatchResults:
    """The results of a batch: a JSON object a line. Feed it the decoded body; it yields (custom id, tally) pairs."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> Iterator[tuple[str, Tally]]:
        *whole, rest = piece.split(b"\n")
        for line in whole:
            yield from self._line(b"".join((*self._pieces, line)))
            self._pieces, self._size = [], 0
        self._size += len(rest)
        self._pieces = [*self._pieces, rest] if self._size <= MOST_LINE else []

    def close(self) -> Iterator[tuple[str, Tally]]:
        rest, self._pieces = b"".join(self._pieces), []
        yield from self._line(rest)

    def _line(self, line: bytes) -> Iterator[tuple[str, Tally]]:
        try:
            entry = _line.decode(line)
            result = _result.decode(entry.result)
        except _UNREADABLE:
            return
        name, tally = _text(entry.custom_id), Tally()
        if not name:
            return
        if result.type == "succeeded" and tally.take_message(bytes(result.message)):
            yield name, tally


def _holds(block: _Block) -> bool:
    """Is there anything in it that the model wrote?"""
    return bool(block.text) if block.type == "text" else block.type != "fallback"


def _object(raw: msgspec.Raw) -> dict[str, Any] | None:
    try:
        value = _json.decode(raw)
    except _UNREADABLE:
        return None
    return value if isinstance(value, dict) else None


def _text(value: Any) -> str | None:
    return value[:MOST_NAME] if isinstance(value, str) and value else None
