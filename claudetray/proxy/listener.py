"""The server that clients speak to: aiohttp's, with limits that let every Claude client through and errors in JSON."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from claudetray.proxy import refusals

Own = Callable[[str], bool]  # does that path, as it was sent, belong to the application?
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
log = logging.getLogger(__name__)

LONGEST_LINE = 1024 * 1024  # bytes
MOST_HEADERS = 1000
LONGEST_STOP_S = 0.2  # for what is still under way when the server goes; the root has waited before


class Listener(web.AppRunner):
    """Serves an application; a client that leaves cancels its handler. Bodies are never decompressed.

    What is not the application's `own` goes to `others` straight away: its routing would cost every call 30 µs.
    """

    def __init__(self, app: web.Application, own: Own | None = None, others: Handler | None = None) -> None:
        super().__init__(app, shutdown_timeout=LONGEST_STOP_S)
        self._own, self._others = own, others

    async def _make_server(self) -> web.Server:
        inner = await super()._make_server()
        own, others = self._own, self._others

        async def handler(request: web.BaseRequest) -> web.StreamResponse:
            if others is not None and own is not None and not own(request.raw_path):
                return await others(request)
            try:
                return await inner.request_handler(request)
            except web.HTTPException as error:
                return refusals.answer(
                    refusals.of_status(error.status, f"{error.reason}: {request.method} {request.path}")
                )

        return _Server(
            handler,
            request_factory=inner.request_factory,
            handler_cancellation=True,
            access_log=None,
            auto_decompress=False,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=MOST_HEADERS,
        )


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Speaker(self, loop=self._loop, **self._kwargs)


class _Speaker(web.RequestHandler):
    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """A body that goes wrong half-way is an error to its reader: aiohttp alone leaves it waiting for the rest."""
        super().data_received(data)
        if len(self._messages) > 1:
            body = self._messages[-2][1]
        elif self._messages and self._current_request is not None:
            body = self._current_request.content
        else:
            return
        if not body.is_eof():  # then what came after it can only be the parser's error
            body.set_exception(web.RequestPayloadError("the body cannot be read"))
            body.feed_eof()  # nothing is left to wait for

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """In place of aiohttp's plain text."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun: nothing else can be said")
        if status == 500:
            log.error("A request failed", exc_info=exc)
            return refusals.answer(refusals.OWN_FAULT)
        said = "a line of its head is too long" if isinstance(exc, LineTooLong) else "it is not HTTP/1.1"
        return refusals.answer(refusals.of_status(status, f"The request cannot be read: {said}."))
