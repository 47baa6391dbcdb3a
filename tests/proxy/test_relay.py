"""Who may call, what happens to calls at the end of the program, and the calls that get a key of ours."""

import asyncio

import pytest

from tests.proxy.stage import OK, STREAM, error, staged

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/messages HTTP/1.1\r\nHost: evil.example\r\n",
        b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n",
        b"GET / HTTP/1.0\r\n",
    ],
)
async def test_a_web_page_cannot_spend(head: bytes) -> None:
    async with staged() as stage:
        client = await stage.client()
        await client.say(head + b"Connection: close\r\n\r\n")
        answer = await client.rest()
        status, said = error(answer)
        assert (status, said["type"]) == (403, "permission_error")
        assert b"Access-Control" not in answer
        assert stage.recorder.calls == []
        assert stage.accepted.empty()


@pytest.mark.parametrize("target", [b"http://127.0.0.1/v1/messages", b"http://evil.example/v1"])
async def test_it_is_no_forward_proxy(target: bytes) -> None:
    async with staged() as stage:
        client = await stage.asks(line=b"GET %b HTTP/1.1" % target)
        assert error(await client.rest())[0] == 400
        assert stage.accepted.empty()


async def test_a_call_without_a_key_gets_ours() -> None:
    async with staged(keys={"x-api-key": "ours"}) as stage:
        client = await stage.asks(
            b"Authorization: Bearer token\r\nX-Api-Key: theirs\r\nx-a: 1\r\nContent-Length: 2\r\n\r\n{}",
            b"POST /api/proxy?x=y HTTP/1.1",
        )
        api = await stage.api()
        head = await api.head()
        assert head.startswith(b"POST /v1/messages HTTP/1.1\r\nHost: ")
        assert head.endswith(b"x-a: 1\r\nContent-Length: 2\r\nx-api-key: ours\r\nanthropic-version: 2023-06-01\r\n\r\n")
        await api.hear(b"{}")
        await api.say(OK)
        await client.hear(OK)
        assert stage.hearing.call.target == "/v1/messages"
        assert (b"x-api-key", b"ours") in stage.hearing.call.headers
        assert not any(b"token" in value for _, value in stage.hearing.call.headers)


async def test_stopping_lets_calls_finish_and_takes_no_new_ones() -> None:
    async with staged() as stage:
        assert stage.relay.busy == 0
        await stage.relay.idle()
        client = await stage.asks()
        api = await stage.api()
        await api.head()
        assert stage.relay.busy == 1
        stage.relay.closing()
        late = await stage.asks()
        answer = await late.rest()
        assert error(answer)[0] == 503
        assert b"Connection: close\r\n" in answer
        waiting = asyncio.create_task(stage.relay.idle())
        await api.say(OK)
        await client.hear(OK)
        await waiting
        assert stage.relay.busy == 0


async def test_a_stop_that_cannot_wait_breaks_calls_off() -> None:
    async with staged() as stage:
        client = await stage.asks()
        api = await stage.api()
        await api.head()
        await api.say(STREAM + b"2\r\nok\r\n")
        await client.head()
        await client.hear(b"2\r\nok\r\n")
        stopping = asyncio.create_task(stage.listener.cleanup())
        assert await client.rest() == b""
        assert await api.rest() == b""
        await stopping
        assert stage.hearing.endings == [("left",)]
