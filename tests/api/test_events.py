"""Live events: the status first, then each record; nobody is kept who has left."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any

from aiohttp import web

from claudetray.api.events import BEAT_S, MOST_LISTENERS, MOST_WAITING, Listeners
from claudetray.core.announcement import Announcement
from claudetray.core.status import Status
from claudetray.core.usage import UsageRecord
from tests.api.service import PATIENCE_S, Service
from tests.builders import a_record, a_status
from tests.proxy.stage import turns
from tests.whole.desktop import until

Event = tuple[str, dict[str, Any]]


@contextmanager
def listening(service: Service) -> Iterator[Iterator[Event]]:
    """The events as they come."""
    with service.client.stream("GET", "/api/events", timeout=PATIENCE_S) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.headers["cache-control"] == "no-store"
        yield events(answer.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Event]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)
        else:
            assert line == "" or line.startswith(":")


def test_the_status_comes_first_then_each_record(service: Service) -> None:
    with listening(service) as heard:
        name, status = next(heard)
        assert (name, status["health"], status["balance"]) == ("status", "unknown", None)
        service.call()
        name, record = next(heard)
        [kept] = service.items("/api/usage")
        assert (name, record) == ("usage", kept)
        made = service.enter()
        assert next(heard) == ("usage", made)


def test_each_listener_hears_everything(service: Service) -> None:
    with listening(service) as first, listening(service) as second:
        for heard in (first, second):
            assert next(heard)[0] == "status"
        for number in range(3):
            service.enter(client=str(number))
        for heard in (first, second):
            assert [next(heard)[1]["client"] for _ in range(3)] == ["0", "1", "2"]


def test_who_left_makes_room_and_who_is_one_too_many_is_told(service: Service) -> None:
    with ExitStack() as stack:
        everybody = [stack.enter_context(listening(service)) for _ in range(MOST_LISTENERS)]
        assert [next(heard)[0] for heard in everybody] == ["status"] * MOST_LISTENERS
        assert "listening" in service.refused("GET", "/api/events", 503)
    until(lambda: _answered(service))


def _answered(service: Service) -> bool:
    with service.client.stream("GET", "/api/events") as answer:
        return answer.status_code == 200


def test_at_the_end_everybody_is_let_go(service: Service) -> None:
    with listening(service) as heard:
        assert next(heard)[0] == "status"
        service.ask_to_quit()
        assert list(heard) == []  # a clean end


class Board:
    async def status(self) -> Status:
        return a_status()


class Kept:
    board = Board()


class Desk:
    """As much of a desk as a listener sees."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.recorded: Announcement[tuple[UsageRecord, ...]] = Announcement()
        self.status_changed: Announcement[Status] = Announcement()

    def monitored(self) -> bool:
        return True


@asynccontextmanager
async def heard_by_hand(desk: Desk, beat_s: float) -> AsyncIterator[tuple[Listeners, asyncio.StreamReader]]:
    """A listener on a bare connection, after its first event: it reads when the test does."""
    listeners = Listeners(desk, beat_s)  # type: ignore[arg-type]

    async def answer(request: web.Request) -> web.StreamResponse:
        return await listeners.events(request, desk)  # type: ignore[arg-type]

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0])
    writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await reader.readuntil(b'"budgets": []}\n\n')
    try:
        yield listeners, reader
    finally:
        writer.close()
        await runner.cleanup()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Everything up to the end of a chunked body."""
    return await reader.readuntil(b"\r\n0\r\n\r\n")


def test_a_status_that_changes_is_told() -> None:
    async def run() -> None:
        desk = Desk()
        async with heard_by_hand(desk, BEAT_S) as (listeners, reader):
            desk.status_changed(a_status(left="4.20"))
            listeners.close()
            said = await rest(reader)
            assert b"event: status" in said
            assert b'"4.20"' in said

    asyncio.run(run())


def test_a_comment_now_and_then_shows_that_the_line_is_open() -> None:
    async def run() -> None:
        async with heard_by_hand(Desk(), 0.001) as (_, reader):
            await reader.readuntil(b": still here\n\n")
            await reader.readuntil(b": still here\n\n")

    asyncio.run(run())


def test_who_is_too_slow_misses_some_and_is_told_so() -> None:
    async def run() -> None:
        desk = Desk()
        async with heard_by_hand(desk, BEAT_S) as (listeners, reader):
            large = a_record(client="x" * 100_000)
            for _ in range(10):  # until nothing more goes out
                desk.recorded((large,) * (MOST_WAITING // 10))
                await turns(20)
            for number in range(MOST_WAITING):
                desk.recorded((a_record(request_id=f"r{number}"),))
            listeners.close()
            said = b""
            while not said.endswith(b"\r\n0\r\n\r\n"):
                said += await reader.read(1024 * 1024)
            assert b"event: missed" in said
            assert said.rindex(b'"r999"') > said.index(b"event: missed")

    asyncio.run(run())
