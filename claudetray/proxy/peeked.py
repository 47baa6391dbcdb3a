"""A request's body that was read before it is passed on: what was read comes first, once more."""

from aiohttp import web
from aiohttp.streams import StreamReader

MOST_PEEKED = 33 * 1024 * 1024  # bytes; the API takes 32 MiB
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Peeked:
    """Reads like the stream, from its beginning."""

    def __init__(self, head: bytes, rest: StreamReader) -> None:
        self._head, self._rest = head, rest

    def read_nowait(self) -> bytes:
        return self._taken() or self._rest.read_nowait()

    async def readany(self) -> bytes:
        return self._taken() or await self._rest.readany()

    def at_eof(self) -> bool:
        return not self._head and self._rest.at_eof()

    def _taken(self) -> bytes:
        head, self._head = self._head, b""
        return head


async def peeked(request: web.BaseRequest) -> bytes:
    """The body, or as much of it as may be held. Raises: as reading the stream does."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(CONTINUE)  # else it waits for us, and we for it; the upstream may say so again
    pieces, size = [], 0
    while size < MOST_PEEKED and (piece := await request.content.readany()):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
