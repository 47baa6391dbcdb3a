"""An answer on its way to the client, written as the upstream sent it: aiohttp adds nothing to it."""

import asyncio
import socket
import struct

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import HttpVersion11

from claudetray.core.exchange import Headers
from claudetray.proxy import headers as wire

RESET = struct.pack("ii", 1, 0)  # linger on, for no time: closing sends a reset


class ClientLeft(Exception):
    """There is nobody to write to any more."""


class Sent(web.StreamResponse):
    """What aiohttp is handed once an answer is out: there is nothing left for it to write."""

    def __init__(self, status: int, *, stays: bool) -> None:
        super().__init__(status=status)
        self._stays = stays

    @property
    def prepared(self) -> bool:
        return True

    @property
    def keep_alive(self) -> bool:
        return self._stays

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return None


class Delivery:
    """Writes to one client. The head waits for the first piece, so that both travel together.

    Raises: ClientLeft, from every method that writes.
    """

    __slots__ = ("_chunked", "_head", "_marked", "_modern", "_request", "_status", "begun", "stays")

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request
        self._modern = request.version >= HttpVersion11
        self._head = b""
        self._status = 0
        self._chunked = False
        self._marked = True  # can the client tell a whole body from a broken one?
        self.stays = self._modern and request.keep_alive
        self.begun = False  # has any of the answer gone out?

    def interim(self, status: int, reason: bytes, headers: Headers) -> None:
        """A 1xx, which a client of HTTP/1.0 would not understand."""
        if self._modern:
            self._write(wire.response_head(status, reason, headers))

    def head(self, status: int, reason: bytes, headers: Headers, *, marked: bool, codings: bytes = b"chunked") -> None:
        """`marked`: the headers themselves say where the body ends, or there is none."""
        self._status = status
        self._chunked = self._modern and not marked
        self._marked = marked or self._chunked
        self.stays = self.stays and self._marked
        self._head = wire.response_head(
            status, reason, headers, codings if self._chunked else None, closes=not self.stays
        )

    def pass_on(self, piece: bytes, *, last: bool) -> None:
        """`last`: the body ends with this piece, which may then be empty."""
        data = wire.chunk(piece, last=last) if self._chunked else piece
        if self._head:
            data = self._head + data
            self._head = b""
        if data:
            self.begun = True
            self._write(data)

    async def drained(self) -> None:
        """Waits until the client takes more."""
        try:
            await self._request.writer.drain()
        except ConnectionError as error:
            raise ClientLeft from error

    def sent(self) -> Sent:
        return Sent(self._status, stays=self.stays)

    def break_off(self) -> Sent:
        """End in a way which no client can take for a clean end."""
        transport = self._request.transport
        if transport is not None:
            if self._marked:
                transport.close()  # what did arrive is still delivered; the end of the body never is
            else:
                _reset(transport)
        return Sent(self._status, stays=False)

    def _write(self, data: bytes) -> None:
        transport = self._request.transport
        if transport is None or transport.is_closing():
            raise ClientLeft
        transport.write(data)


def _reset(transport: asyncio.Transport) -> None:
    connected = transport.get_extra_info("socket")
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    transport.abort()
