import gzip
import json

import pytest

from tests.proxy.stage import staged

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"hello\r\n\r\n", "it is not HTTP/1.1"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "it is not HTTP/1.1"),
        (b"GET / HTTP/1.1\r\n\r\n", "it is not HTTP/1.1"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nx: a\x01b\r\n\r\n", "it is not HTTP/1.1"),
        (b"GET /" + b"a" * 1_100_000 + b" HTTP/1.1\r\n", "a line of its head is too long"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nx: " + b"a" * 1_100_000 + b"\r\n", "a line of its head is too long"),
    ],
)
async def test_what_cannot_be_read_is_a_400_in_json(sent: bytes, message: str) -> None:
    async with staged() as stage:
        client = await stage.client()
        client.writer.write(sent)
        head = await client.head()
        assert head.startswith(b"HTTP/1.0 400 Bad Request\r\n")
        said = json.loads(await client.reader.readuntil(b"}}"))
        assert said["error"] == {
            "type": "invalid_request_error",
            "message": f"The request cannot be read: {message}.",
        }
        assert stage.recorder.calls == []


async def test_a_tunnel_is_refused_in_json() -> None:
    async with staged() as stage:
        client = await stage.asks(line=b"CONNECT api.example:443 HTTP/1.1")
        assert b" 404 " in (await client.head()).split(b"\r\n")[0]
        assert json.loads(await client.reader.readuntil(b"}}"))["error"]["type"] == "not_found_error"


async def test_long_lines_and_many_headers_pass() -> None:
    async with staged() as stage:
        headers = b"".join(b"x-%d: y\r\n" % number for number in range(800))
        client = await stage.asks(headers + b"x-long: " + b"a" * 60_000 + b"\r\n\r\n")
        api = await stage.api()
        assert headers in await api.head()
        await api.say(b"HTTP/1.1 200 OK\r\n" + headers + b"x-long: " + b"b" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n")
        assert headers in await client.head()


async def test_a_request_body_is_not_decompressed() -> None:
    body = gzip.compress(b"hello")
    async with staged() as stage:
        await stage.asks(
            b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body), b"POST / HTTP/1.1"
        )
        api = await stage.api()
        await api.head()
        await api.hear(body)


@pytest.mark.parametrize("together", [True, False])
async def test_a_request_behind_another_waits_its_turn(together: bool) -> None:
    async with staged() as stage:
        first, second = (b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number for number in (1, 2))
        client = await stage.client()
        await client.say(first + second if together else first)
        api = await stage.api()
        assert (await api.head()).startswith(b"GET /1")
        if not together:
            await client.say(second)
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"
        await api.say(answer + b"1")
        await client.hear(answer + b"1")
        assert (await api.head()).startswith(b"GET /2")
        await api.say(answer + b"2")
        await client.hear(answer + b"2")


async def test_a_wish_to_speak_another_protocol_is_not_passed_on() -> None:
    async with staged() as stage:
        client = await stage.asks(b"Connection: Upgrade\r\nUpgrade: websocket\r\nx: y\r\n\r\n")
        api = await stage.api()
        assert (await api.head()).endswith(b"\r\nx: y\r\n\r\n")
        await api.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await client.hear(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
