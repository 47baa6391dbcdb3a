"""The proxy itself: every call that may pass goes to the upstream and back. Knows neither accounts nor prices."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.streams import StreamReader

from claudetray.core.exchange import CallBegun, Headers, Recorder, Refusal, Stops
from claudetray.proxy import guard, refusals
from claudetray.proxy import headers as wire
from claudetray.proxy.delivery import Delivery
from claudetray.proxy.exchange import BAD_BODY, Exchange
from claudetray.proxy.peeked import Peeked, peeked
from claudetray.proxy.upstream import Upstream


class Relay:
    """Relays calls until `closing`; from then on those under way may finish, and new ones are refused."""

    def __init__(self, upstream: Upstream, recorder: Recorder, never: str = "", stops: Stops | None = None) -> None:
        """`never` is a secret of ours: a call that brings it by mistake is refused."""
        self._upstream = upstream
        self._stops = stops
        self._never = never.encode()
        self._recorder = recorder
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = self._broken_off = False

    @property
    def route(self) -> web.RouteDef:
        """Every method and every path, an encoded line break in it too. Add it last: it leaves nothing over."""
        return web.route("*", r"/{path:[\s\S]*}", self.handle, expect_handler=_left_to_the_upstream)

    @property
    def busy(self) -> int:
        """How many exchanges are under way."""
        return self._busy

    def closing(self) -> None:
        """Take no new calls."""
        self._closing = True

    def break_off(self) -> None:
        """What is cancelled from here on is cancelled by us, and not by a client that left."""
        self._broken_off = True

    async def idle(self) -> None:
        """Waits until no exchange is under way."""
        await self._idle.wait()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The handler behind `route`."""
        return await self._relay(request, request.raw_path, request.raw_headers)

    async def pass_on(
        self, request: web.BaseRequest, *, target: str, own_headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """The same for `target`, with `own_headers` in place of the client's credentials.

        Raises: ValueError when a header's value has a line break in it.
        """
        return await self._relay(request, target, wire.with_credentials(request.raw_headers, own_headers))

    async def _relay(self, request: web.BaseRequest, target: str, headers: Headers) -> web.StreamResponse:
        refusal = self._refusal(request, target, headers)
        if refusal is not None:
            return refusals.answer(refusal)
        self._busy += 1
        self._idle.clear()
        try:
            call = CallBegun(at=datetime.now(UTC), method=request.method, target=target, headers=headers)
            content: StreamReader | Peeked = request.content
            if self._stops is not None and self._stops.active:
                body = await self._peeked(request, call, self._stops)
                stop = self._stops.refusal(call, body)
                if stop is not None:
                    return self._stopped(call, body, stop)
                content = Peeked(body, request.content)
            ear = self._recorder.begun(call)
            delivery = Delivery(request)
            exchange = Exchange(
                self._upstream, request, content, ear, delivery, target, headers, lambda: self._broken_off
            )
            return await exchange.run()
        finally:
            self._busy -= 1
            if self._busy == 0:
                self._idle.set()

    async def _peeked(self, request: web.BaseRequest, call: CallBegun, stops: Stops) -> bytes:
        if not request.body_exists or not stops.wants_body(call):
            return b""
        try:
            return await peeked(request)
        except BAD_BODY:  # relayed as far as it goes, it gets the answer that it gets anyway
            return b""

    def _stopped(self, call: CallBegun, body: bytes, stop: Refusal) -> web.StreamResponse:
        """Refused like a call that the API refuses, and on record like one."""
        ear = self._recorder.begun(call)
        if body:
            ear.asked(body)
        ear.answering(stop.status, ((b"content-type", b"application/json"),))
        ear.answered(refusals.body(stop))
        ear.ended()
        return refusals.answer(stop)

    def _refusal(self, request: web.BaseRequest, target: str, headers: Headers) -> Refusal | None:
        refusal = guard.refusal(request.headers, own_port(request))
        if refusal is not None:
            return refusal
        if self._closing:
            return refusals.CLOSING
        if self._never and any(self._never in value for _, value in headers):
            return refusals.OUR_TOKEN
        return None if target.startswith("/") else refusals.NOT_A_PATH


def own_port(request: web.BaseRequest) -> int:
    """The port that a request came in at, as the guard wants it."""
    name = request.protocol.sockname
    return name[1] if isinstance(name, tuple) else 0


async def _left_to_the_upstream(request: web.Request) -> None:
    """`Expect: 100-continue` is passed on, and so is the answer to it."""
