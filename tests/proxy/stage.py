"""A relay between two raw sockets: the test speaks for the client and for the API, byte by byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from claudetray.core.exchange import CallBegun, Headers, Stops
from claudetray.proxy.listener import Listener
from claudetray.proxy.relay import Relay
from claudetray.proxy.upstream import Upstream

HEAD_END = b"\r\n\r\n"
LIMIT = 1024 * 1024  # bytes of a head

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
POST = b"POST /v1/messages HTTP/1.1"


def error(answer: bytes) -> tuple[int, Any]:
    """Status and error of one of our refusals."""
    head, _, body = answer.partition(b"\r\n\r\n")
    said = json.loads(body)
    assert said["type"] == "error"
    return int(head.split()[1]), said["error"]


async def turns(count: int) -> None:
    """Lets the loop turn: everything that is ready runs, and no time is waited for."""
    for _ in range(count):
        await asyncio.sleep(0)


class Hearing:
    """An ear that remembers; `over` once it was told the end."""

    def __init__(self, call: CallBegun) -> None:
        self.call = call
        self.question = bytearray()
        self.answer = bytearray()
        self.status = 0
        self.headers: Headers = ()
        self.endings: list[tuple[str, ...]] = []
        self.over = asyncio.Event()

    def asked(self, piece: bytes) -> None:
        assert not self.endings
        self.question += piece

    def answering(self, status: int, headers: Headers) -> None:
        assert not self.endings
        self.status, self.headers = status, headers

    def answered(self, piece: bytes) -> None:
        assert not self.endings
        self.answer += piece

    def _over(self, *how: str) -> None:
        self.endings.append(how)
        self.over.set()

    def ended(self) -> None:
        self._over("ended")

    def left(self) -> None:
        self._over("left")

    def broke(self, kind: str, message: str) -> None:
        self._over("broke", kind, message)


class Remembering:
    """A recorder for tests; `calls` in the order in which they began."""

    ear: type[Hearing] = Hearing

    def __init__(self) -> None:
        self.calls: list[Hearing] = []

    def begun(self, call: CallBegun) -> Hearing:
        self.calls.append(self.ear(call))
        return self.calls[-1]


class Wire:
    """One end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self) -> bytes:
        return await self.reader.readuntil(HEAD_END)

    async def hear(self, expected: bytes) -> None:
        """Waits for exactly these bytes."""
        assert await self.reader.readexactly(len(expected)) == expected

    async def chunked(self) -> bytes:
        """A chunked body, to its end."""
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.hear(b"\r\n")
        await self.hear(b"\r\n")
        return body

    async def rest(self) -> bytes:
        """Everything until the other end is gone, cleanly or not."""
        heard = b""
        try:
            while data := await self.reader.read(65536):
                heard += data
        except ConnectionError:
            pass
        return heard

    def leave(self) -> None:
        self.writer.transport.abort()


class Stage:
    def __init__(self, relay: Relay, listener: Listener, recorder: Remembering, accepted: asyncio.Queue[Wire]) -> None:
        self.relay = relay
        self.listener = listener
        self.port: int = listener.addresses[0][1]
        self.recorder = recorder
        self.accepted = accepted
        self._clients: list[Wire] = []

    @property
    def hearing(self) -> Hearing:
        """What was heard of the latest call."""
        return self.recorder.calls[-1]

    async def client(self) -> Wire:
        self._clients.append(Wire(*await asyncio.open_connection("127.0.0.1", self.port, limit=LIMIT)))
        return self._clients[-1]

    async def asks(self, rest: bytes = b"", line: bytes = b"GET /v1/models HTTP/1.1") -> Wire:
        """A client that has sent `line`, a Host, and `rest` (a blank line, if none)."""
        client = await self.client()
        await client.say(b"%b\r\nHost: 127.0.0.1\r\n%b" % (line, rest or b"\r\n"))
        return client

    async def api(self) -> Wire:
        """The next connection that came in at the API."""
        wire = await self.accepted.get()
        self._clients.append(wire)
        return wire

    async def close(self) -> None:
        for wire in self._clients:
            wire.leave()


@asynccontextmanager
async def staged(
    prefix: str = "",
    recorder: Remembering | None = None,
    keys: Mapping[str, str] | None = None,
    stops: Stops | None = None,
) -> AsyncIterator[Stage]:
    """A stage; with `keys`, `POST /api/proxy` passes calls on with them."""
    accepted: asyncio.Queue[Wire] = asyncio.Queue()
    server = await asyncio.start_server(lambda *ends: accepted.put_nowait(Wire(*ends)), "127.0.0.1", 0, limit=LIMIT)
    upstream = Upstream(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{prefix}", proxies=dict)
    recorder = recorder or Remembering()
    relay = Relay(upstream, recorder, stops=stops)

    async def with_key(request: web.Request) -> web.StreamResponse:
        return await relay.pass_on(request, target="/v1/messages", own_headers=keys or {})

    app = web.Application()
    app.router.add_post("/api/proxy", with_key)
    app.add_routes([relay.route])
    listener = Listener(app)
    await listener.setup()
    await web.TCPSite(listener, "127.0.0.1", 0).start()
    stage = Stage(relay, listener, recorder, accepted)
    try:
        yield stage
    finally:
        await stage.close()
        await listener.cleanup()
        await upstream.close()
        while not accepted.empty():
            accepted.get_nowait().leave()
        server.close()
        await server.wait_closed()
