"""Live events over the local API, as server-sent events: `status` and `usage`."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import web

from claudetray.api.desk import Desk
from claudetray.core import contract, usage_contract
from claudetray.core.status import Status
from claudetray.core.usage import UsageRecord

BEAT_S = 15.0  # a comment now and then shows both sides that the other is there
MOST_WAITING = 1000  # events; a listener that is further behind misses some, and is told so
MOST_LISTENERS = 50


class Listeners:
    """Everybody who listens now."""

    def __init__(self, desk: Desk, beat_s: float = BEAT_S) -> None:
        self._desk, self._beat_s = desk, beat_s
        self._queues: set[asyncio.Queue[bytes | None]] = set()
        desk.recorded.listen(self._on_recorded)
        desk.status_changed.listen(self._on_status_changed)

    async def events(self, request: web.Request, desk: Desk) -> web.StreamResponse:
        """`event: status` at once and whenever it changes; `event: usage` for each record that is kept."""
        if len(self._queues) >= MOST_LISTENERS:
            raise web.HTTPServiceUnavailable(reason="Too many are listening already.")
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        self._queues.add(queue)
        try:
            await answer.prepare(request)
            await answer.write(_event("status", contract.status(await desk.kept.board.status(), desk.monitored())))
            await self._pass_on(queue, answer)
        finally:
            self._queues.discard(queue)
        return answer

    def close(self) -> None:
        """Let everybody go."""
        for queue in self._queues:
            _put(queue, None)

    async def _pass_on(self, queue: "asyncio.Queue[bytes | None]", answer: web.StreamResponse) -> None:
        while True:
            event: bytes | None = b": still here\n\n"
            with suppress(TimeoutError):
                async with asyncio.timeout(self._beat_s):
                    event = await queue.get()
            if event is None:
                return
            await answer.write(event)

    def _on_recorded(self, records: tuple[UsageRecord, ...]) -> None:
        if self._queues:
            for record in records:
                self._say(_event("usage", usage_contract.record(record)))

    def _on_status_changed(self, status: Status) -> None:
        if self._queues:
            self._say(_event("status", contract.status(status, self._desk.monitored())))

    def _say(self, event: bytes) -> None:
        for queue in self._queues:
            _put(queue, event)


def _put(queue: "asyncio.Queue[bytes | None]", event: bytes | None) -> None:
    """A full queue is emptied: better a gap that is named than memory without end."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(_event("missed", {"reason": "This listener was too slow."}))
    queue.put_nowait(event)


def _event(name: str, values: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(values)}\n\n".encode()
