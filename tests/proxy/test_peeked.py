"""A request that is read before it is passed on arrives as it was sent, or is refused and goes nowhere."""

import asyncio

import pytest

from claudetray.core.exchange import CallBegun, Refusal
from claudetray.proxy import peeked
from tests.proxy.stage import OK, POST, error, staged

pytestmark = pytest.mark.asyncio

USED_UP = Refusal(status=402, kind="billing_error", message="used up", headers={"x-should-retry": "false"})


class Stops:
    """Refuses what has a word in its body, and remembers what it was shown."""

    active = True

    def __init__(self, word: bytes = b"stop", looks: bool = True) -> None:
        self.word, self.looks = word, looks
        self.shown: list[bytes] = []

    def wants_body(self, call: CallBegun) -> bool:
        return self.looks

    def refusal(self, call: CallBegun, body: bytes) -> Refusal | None:
        self.shown.append(body)
        return USED_UP if self.word in body or not self.looks else None


async def test_a_body_that_may_pass_arrives_whole_whatever_its_pieces() -> None:
    stops = Stops()
    async with staged(stops=stops) as stage:
        client = await stage.asks(b"Content-Length: 11\r\n\r\nhello", POST)
        await client.say(b" world")
        api = await stage.api()
        assert b"content-length: 11" in (await api.head()).lower()
        await api.hear(b"hello world")
        await api.say(OK)
        assert (await client.head()).startswith(b"HTTP/1.1 200")
        assert stops.shown == [b"hello world"]
        assert stage.hearing.question == b"hello world"


async def test_chunks_stay_chunks() -> None:
    async with staged(stops=Stops()) as stage:
        await stage.asks(b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", POST)
        api = await stage.api()
        assert b"transfer-encoding: chunked" in (await api.head()).lower()
        assert await api.chunked() == b"hello world"


async def test_what_is_refused_goes_nowhere_and_is_on_record() -> None:
    async with staged(stops=Stops()) as stage:
        client = await stage.asks(b"Content-Length: 8\r\nConnection: close\r\n\r\nstop now", POST)
        answer = await client.rest()
        assert error(answer) == (402, {"type": "billing_error", "message": "used up"})
        assert b"x-should-retry: false" in answer
        assert stage.accepted.empty()
        assert (stage.hearing.status, stage.hearing.endings) == (402, [("ended",)])
        assert stage.hearing.question == b"stop now"
        assert b"used up" in stage.hearing.answer
        assert stage.relay.busy == 0


async def test_where_the_head_is_enough_the_body_is_not_waited_for() -> None:
    async with staged(stops=Stops(looks=False)) as stage:
        client = await stage.asks(b"Content-Length: 1000\r\nConnection: close\r\n\r\n", POST)
        assert error(await client.rest())[0] == 402
        assert stage.accepted.empty()


async def test_a_client_that_waits_to_be_told_to_go_on_is_told() -> None:
    async with staged(stops=Stops()) as stage:
        client = await stage.asks(b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n", POST)
        assert (await client.head()).startswith(b"HTTP/1.1 100")
        await client.say(b"hello")
        api = await stage.api()
        await api.head()
        await api.hear(b"hello")
        await api.say(OK)
        assert (await client.head()).startswith(b"HTTP/1.1 200")


async def test_a_client_that_leaves_meanwhile_leaves_nothing_behind() -> None:
    async with staged(stops=Stops()) as stage:
        client = await stage.asks(b"Content-Length: 1000\r\n\r\nhello", POST)
        await asyncio.sleep(0)
        client.leave()
        await stage.relay.idle()
        assert stage.relay.busy == 0
        assert stage.accepted.empty()


async def test_more_than_may_be_held_is_passed_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peeked, "MOST_PEEKED", 4)
    stops = Stops()
    async with staged(stops=stops) as stage:
        client = await stage.asks(b"Content-Length: 12\r\n\r\nhello", POST)
        api = await stage.api()
        await api.head()
        await client.say(b" stops!")
        await api.hear(b"hello stops!")
        assert stops.shown == [b"hello"]
