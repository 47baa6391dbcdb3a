"""One call, from its head to the end of its answer: every byte is heard, then passed on. Changes none of them."""

import asyncio
import logging
from collections.abc import Callable

from aiohttp import web
from aiohttp.http import RawResponseMessage
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

from claudetray.core.errors import BrokeOff, UpstreamFailed
from claudetray.core.exchange import Ear, Headers, Refusal
from claudetray.proxy import headers as wire
from claudetray.proxy import refusals
from claudetray.proxy.delivery import ClientLeft, Delivery
from claudetray.proxy.peeked import Peeked
from claudetray.proxy.upstream import Line, Upstream

log = logging.getLogger(__name__)

MAY_BE_ASKED_TWICE = frozenset({"GET", "HEAD", "OPTIONS"})
BAD_BODY = (web.RequestPayloadError, HttpProcessingError, OSError)
NO_BODY = frozenset({204, 304})
SWITCHED = 101


class Exchange:
    """Carries one request there and its answer back, both at once, each no faster than the other side takes it.

    Tells its ear exactly one of `ended`, `left` and `broke`, whatever happens.
    """

    __slots__ = (
        "_content",
        "_delivery",
        "_ear",
        "_fault",
        "_headers",
        "_line",
        "_over",
        "_request",
        "_stopping",
        "_target",
        "_upload",
        "_upstream",
    )

    def __init__(
        self,
        upstream: Upstream,
        request: web.BaseRequest,
        content: StreamReader | Peeked,
        ear: Ear,
        delivery: Delivery,
        target: str,
        headers: Headers,
        stopping: Callable[[], bool],
    ) -> None:
        self._stopping = stopping
        self._upstream = upstream
        self._request = request
        self._content = content
        self._ear = ear
        self._delivery = delivery
        self._target = target
        self._headers = headers
        self._line: Line | None = None
        self._upload: asyncio.Task[None] | None = None
        self._fault: Refusal | None = None  # why the upload had to stop
        self._over = False

    async def run(self) -> web.StreamResponse:
        """Returns what aiohttp is to do with the connection. Raises: nothing but CancelledError."""
        try:
            await self._carry()
        except UpstreamFailed as failure:
            if self._fault is not None:
                self._close(self._ear.left)
                return self._refused(self._fault)
            self._close(self._ear.broke, failure.kind, str(failure))
            return self._refused(refusals.unanswered(failure))
        except ClientLeft:
            self._close(self._ear.left)
            return self._delivery.break_off()
        except asyncio.CancelledError:  # aiohttp does this when the client hangs up, and when the server stops
            if self._stopping():
                self._close(self._ear.broke, "claudetray_ended", "claudetray stopped before the answer was whole.")
            else:
                self._close(self._ear.left)
            raise
        except Exception:
            log.exception("A call could not be relayed")
            self._close(self._ear.broke, "broken_off", "claudetray failed inside.")
            return self._refused(refusals.OWN_FAULT)
        finally:
            if self._upload is not None:
                self._upload.cancel()
            if self._line is not None:
                self._line.cut()
        return self._delivery.sent()

    def _close(self, word: Callable[..., None], *what: str) -> None:
        if not self._over:
            self._over = True
            word(*what)

    def _refused(self, refusal: Refusal) -> web.StreamResponse:
        return self._delivery.break_off() if self._delivery.begun else refusals.answer(refusal)

    async def _carry(self) -> None:
        try:
            line, message, answer = await self._ask()
        except BrokeOff:
            if self._request.method not in MAY_BE_ASKED_TWICE or self._request.body_exists:
                raise
            line, message, answer = await self._ask()  # a connection that was kept may close just as it is used
        while message.code < 200:
            if message.code == SWITCHED:
                raise BrokeOff("The API switched to another protocol, which nobody had asked for.")
            self._delivery.interim(message.code, _reason(message), message.raw_headers)
            message, answer = await line.head()
        await self._pass_back(line, message, answer)
        if self._upload is None or self._upload.done():
            line.give_back()

    async def _ask(self) -> tuple[Line, RawResponseMessage, StreamReader]:
        request = self._request
        if self._line is not None:
            self._line.cut()
        line = self._line = await self._upstream.line(request.method)
        codings = _codings(request) if request.body_exists else None
        data = self._upstream.request_head(request.method, self._target, self._headers, codings)
        if request.body_exists:
            piece = self._at_hand()
            whole = self._content.at_eof()
            data += wire.chunk(piece, last=whole) if codings else piece
            if not whole:
                self._upload = asyncio.get_running_loop().create_task(
                    self._send_rest(line, chunked=codings is not None)
                )
        line.write(data)
        return line, *(await line.head())

    def _at_hand(self) -> bytes:
        try:
            piece = self._content.read_nowait()
        except BAD_BODY as error:
            self._fault = refusals.BAD_BODY
            raise BrokeOff("The request was not whole.") from error
        if piece:
            self._ear.asked(piece)
        return piece

    async def _send_rest(self, line: Line, *, chunked: bool) -> None:
        try:
            while piece := await self._content.readany():
                self._ear.asked(piece)
                line.write(wire.chunk(piece, last=False) if chunked else piece)
                await line.drained()
            if chunked:
                line.write(wire.chunk(b"", last=True))
        except BAD_BODY:
            self._fault = refusals.BAD_BODY
            line.cut()  # the upstream must not take half a request for a whole one
        except Exception:
            log.exception("A request could not be passed on")
            self._fault = refusals.OWN_FAULT
            line.cut()

    async def _pass_back(self, line: Line, message: RawResponseMessage, answer: StreamReader) -> None:
        left = _length(self._request.method, message)
        ending = line.ending() if left is None and not message.chunked else None
        self._ear.answering(message.code, message.raw_headers)
        self._delivery.head(
            message.code,
            _reason(message),
            message.raw_headers,
            marked=left is not None,
            codings=(_codings(message) if message.chunked else None) or b"chunked",
        )
        piece = line.at_hand(answer)
        while True:
            if piece:
                self._ear.answered(piece)
            if left is not None:
                left -= len(piece)
            last = answer.at_eof() if left is None else left == 0
            if last:
                if ending is not None and ending.done() and ending.exception() is not None:
                    raise BrokeOff("The API broke off in the middle of its answer (a reset).")
                self._end()
            self._delivery.pass_on(piece, last=last)
            if last:
                return
            await self._delivery.drained()
            piece = await line.piece(answer)

    def _end(self) -> None:
        if self._fault is not None:
            raise BrokeOff("The request was not whole.")
        self._close(self._ear.ended)


def _codings(message: web.BaseRequest | RawResponseMessage) -> bytes | None:
    codings = message.headers.get("Transfer-Encoding")
    return None if codings is None else codings.encode("utf-8", "surrogateescape")


def _reason(message: RawResponseMessage) -> bytes:
    return message.reason.encode("utf-8", "surrogateescape")


def _length(method: str, message: RawResponseMessage) -> int | None:
    """How long the answer's body will be, in bytes; None where only its end tells."""
    if method == "HEAD" or message.code in NO_BODY:
        return 0
    if message.chunked:
        return None
    length = message.headers.get("Content-Length")
    return None if length is None else int(length)
