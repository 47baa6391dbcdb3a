"""A stand-in of the Claude API that is as quick as Python can be: fixed answers, straight from a protocol.

    python benchmarks/proxy/upstream.py        prints its port, and serves until it is killed

A request whose body holds `"stream":true` is answered with events; with `"paced":true` one each 10 ms, and each carries
the time at which it left (`time.perf_counter`, which all processes of a machine share on Linux).
"""

import asyncio
import json
import time
from typing import Any

USAGE = {"input_tokens": 21, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 34}
MESSAGE = {
    "id": "msg_01Benchmark",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-5-5",
    "content": [{"type": "text", "text": "Hello there. " * 20}],
    "stop_reason": "end_turn",
    "usage": USAGE,
}
EVENTS = 20
PACE_S = 0.01


class Upstream(asyncio.Protocol):
    """One connection: requests in turn, each answered once it is whole."""

    numbers = iter(range(1, 10**12))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._pending = transport, b""

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (head := self._pending.find(b"\r\n\r\n")) >= 0:
            lines = self._pending[:head].lower()
            at = lines.find(b"content-length:")
            length = int(lines[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._pending) < head + 4 + length:
                return
            body, self._pending = self._pending[head + 4 : head + 4 + length], self._pending[head + 4 + length :]
            if b'"paced":true' in body:
                asyncio.get_running_loop().create_task(self._paced())
            elif b'"stream":true' in body:
                self._transport.write(
                    _head(b"text/event-stream", None) + b"".join(map(_chunk, _events())) + b"0\r\n\r\n"
                )
            else:
                answer = json.dumps(MESSAGE).encode()
                self._transport.write(_head(b"application/json", len(answer)) + answer)

    async def _paced(self) -> None:
        self._transport.write(_head(b"text/event-stream", None))
        for event in _events():
            await asyncio.sleep(PACE_S)
            self._transport.write(_chunk(b": %.9f\n%b" % (time.perf_counter(), event)))
        self._transport.write(b"0\r\n\r\n")


def _head(kind: bytes, length: int | None) -> bytes:
    framing = b"transfer-encoding: chunked" if length is None else b"content-length: %d" % length
    number = next(Upstream.numbers)
    return b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\nrequest-id: req_%d\r\n%b\r\n\r\n" % (kind, number, framing)


def _events() -> list[bytes]:
    start = {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}}
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello there. "}}
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 34}}
    return [_event(start), *[_event(delta)] * EVENTS, _event(end), _event({"type": "message_stop"})]


def _event(value: dict[str, Any]) -> bytes:
    return f"event: {value['type']}\ndata: {json.dumps(value, separators=(',', ':'))}\n\n".encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
