"""Byte for byte, in both directions, and what is heard of it."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claudetray.core.exchange import CallBegun
from tests.proxy.stage import OK, POST, STREAM, Hearing, Remembering, Wire, error, staged, turns

pytestmark = pytest.mark.asyncio


async def test_a_call_goes_out_and_its_answer_comes_back_as_they_are() -> None:
    async with staged() as stage:
        sent = b"X-One: 1\r\nx-oNE: 2\r\nAccept:*/*\r\nx-raw: \xff\xe9\r\nContent-Length: 4\r\n\r\n\0\r\n\xff"
        client = await stage.asks(b"Connection: keep-alive\r\nx-claudetray-tags: a\r\n" + sent, POST)
        api = await stage.api()
        host, port = api.writer.get_extra_info("sockname")
        received = sent.replace(b"Accept:*", b"Accept: *")
        await api.hear(b"POST /v1/messages HTTP/1.1\r\nHost: %b:%d\r\n%b" % (host.encode(), port, received))
        answer = b"HTTP/1.1 418 I'm a t\xe9apot\r\nX-b: \xfe\r\nx-B: 2\r\nContent-Length: 2\r\n\r\nok"
        await api.say(answer.replace(b"X-b", b"Connection: keep-alive\r\nX-b"))
        await client.hear(answer)
        hearing = stage.hearing
        assert hearing.call.method == "POST"
        assert hearing.call.target == "/v1/messages"
        assert (b"x-claudetray-tags", b"a") in hearing.call.headers
        assert (hearing.question, hearing.status, hearing.answer) == (b"\0\r\n\xff", 418, b"ok")
        assert (b"x-B", b"2") in hearing.headers
        assert hearing.endings == [("ended",)]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "//",
        "//v1//x/",
        "/a/../b",
        "/%2F%2e%2E/%zz%",
        "/a%0Ab%0d",
        "/?",
        "/a?b=c&b=%20+d??",
        "/a#b?c",
        '/{|}"<>^`\\',
    ],
)
async def test_paths_are_never_tidied(target: str) -> None:
    for prefix in ("", "/deep/prefix"):
        async with staged(prefix) as stage:
            await stage.asks(line=b"GET %b HTTP/1.1" % target.encode())
            api = await stage.api()
            assert (await api.head()).split(b"\r\n")[0] == b"GET %b%b HTTP/1.1" % (prefix.encode(), target.encode())
            assert stage.hearing.call.target == target


async def test_connections_are_kept_on_both_sides() -> None:
    async with staged() as stage:
        client = await stage.asks()
        api = await stage.api()
        for _ in range(3):
            await api.head()
            await api.say(OK)
            await client.hear(OK)
            await client.say(b"DELETE /v1/files/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await api.head()
        assert stage.accepted.empty()


async def test_an_event_is_passed_on_as_soon_as_it_is_there() -> None:
    async with staged() as stage:
        client = await stage.asks(line=POST)
        api = await stage.api()
        await api.head()
        await api.say(STREAM)
        await client.hear(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for event in (b"data: 1\n\n", b"data: 22\n\n", b": ping\n\n"):
            await api.say(b"%x\r\n%b\r\n" % (len(event), event))
            await client.hear(b"%x\r\n%b\r\n" % (len(event), event))
            assert stage.hearing.answer.endswith(event)
            assert stage.hearing.endings == []
        await api.say(b"0\r\n\r\n")
        await client.hear(b"0\r\n\r\n")
        assert stage.hearing.endings == [("ended",)]


class Checking(Hearing):
    """Looks, at the moment of `ended`, at what the client has been sent."""

    client: asyncio.StreamReader

    def ended(self) -> None:
        super().ended()
        self.sent_before = bytes(self.client._buffer)  # type: ignore[attr-defined]  # no public way to peek


@pytest.mark.parametrize(
    ("line", "answer", "last"),
    [
        (b"GET / HTTP/1.1", OK, b"ok"),
        (b"GET / HTTP/1.1", STREAM + b"2\r\nok\r\n0\r\n\r\n", b"0\r\n\r\n"),
        (b"GET / HTTP/1.1", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"\r\n\r\n"),
        (b"HEAD / HTTP/1.1", b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", b"\r\n\r\n"),
        (b"GET / HTTP/1.1", b"HTTP/1.1 204 No Content\r\nx: y\r\n\r\n", b"\r\n\r\n"),
        (b"GET / HTTP/1.1", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b"\r\n\r\n"),
    ],
)
async def test_the_end_is_heard_before_the_last_byte_is_out(line: bytes, answer: bytes, last: bytes) -> None:
    recorder = Remembering()
    recorder.ear = Checking
    async with staged(recorder=recorder) as stage:
        client = await stage.client()
        Checking.client = client.reader
        await client.say(line + b"\r\nHost: localhost\r\n\r\n")
        api = await stage.api()
        await api.head()
        await api.say(answer)
        assert (await client.reader.readuntil(last)).endswith(last)
        hearing = stage.hearing
        assert hearing.endings == [("ended",)]
        assert isinstance(hearing, Checking)
        assert not hearing.sent_before.endswith(last)
        await client.say(b"GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n")  # nothing is left on the line
        await api.head()
        await api.say(OK)
        await client.hear(OK)


async def test_a_body_may_come_in_pieces_and_chunks() -> None:
    async with staged() as stage:
        client = await stage.asks(b"Transfer-Encoding: chunked\r\n\r\n", POST)
        api = await stage.api()
        assert b"Transfer-Encoding: chunked\r\n" in await api.head()
        for piece in (b"a" * 10, b"bb"):
            await client.say(b"%x;ext=1\r\n%b\r\n" % (len(piece), piece))
            await api.hear(b"%x\r\n%b\r\n" % (len(piece), piece))
            assert stage.hearing.question.endswith(piece)
        await client.say(b"0\r\n\r\n")
        await api.hear(b"0\r\n\r\n")
        await api.say(OK)
        await client.hear(OK)
        assert stage.hearing.question == b"a" * 10 + b"bb"


async def test_an_early_answer_is_passed_on_while_the_upload_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async with staged() as stage:
        client = await stage.asks(b"Content-Length: 1000000\r\n\r\nstart", POST)
        api = await stage.api()
        await api.head()
        await api.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await client.hear(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        assert await api.rest() == b"start"
        await client.say(b"the rest")
        await turns(20)
        assert stage.hearing.question == b"start"
        assert caplog.text == ""
        assert stage.hearing.endings == [("ended",)]


async def test_expect_is_left_to_the_api() -> None:
    async with staged() as stage:
        client = await stage.asks(b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n", POST)
        api = await stage.api()
        assert b"Expect: 100-continue\r\n" in await api.head()
        await api.say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        await client.hear(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        await client.say(b"body")
        await api.hear(b"body")
        await api.say(OK)
        await client.hear(OK)
        assert stage.hearing.status == 200


async def test_an_old_client_gets_an_old_answer() -> None:
    async with staged() as stage:
        client = await stage.asks(line=b"GET / HTTP/1.0")
        api = await stage.api()
        await api.head()
        await api.say(b"HTTP/1.1 103 Early Hints\r\n\r\n" + STREAM + b"5\r\nhello\r\n0\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nConnection: close\r\n\r\n"
        assert await client.rest() == head + b"hello"
        assert stage.hearing.endings == [("ended",)]


async def test_an_old_api_ends_its_answer_by_closing() -> None:
    async with staged() as stage:
        client = await stage.asks()
        api = await stage.api()
        await api.head()
        await api.say(b"HTTP/1.0 200 OK\r\n\r\nhello")
        api.writer.close()
        await client.hear(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert await client.chunked() == b"hello"
        assert stage.hearing.endings == [("ended",)]


async def test_a_client_that_wants_to_close_is_closed() -> None:
    async with staged() as stage:
        client = await stage.asks(b"Connection: close\r\n\r\n")
        api = await stage.api()
        await api.head()
        await api.say(OK)
        assert await client.rest() == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@pytest.mark.parametrize("before", [b"", STREAM, STREAM + b"3\r\nabc\r\n"], ids=["head", "first byte", "end"])
async def test_a_client_that_leaves_stops_the_api(before: bytes) -> None:
    async with staged() as stage:
        client = await stage.asks(line=POST)
        api = await stage.api()
        await api.head()
        if before:
            await api.say(before)
            await client.head()
        client.leave()
        assert await api.rest() == b""
        await stage.hearing.over.wait()
        await stage.relay.idle()
        assert stage.hearing.endings == [("left",)]


async def test_a_client_that_leaves_while_it_uploads_never_gives_a_whole_request() -> None:
    async with staged() as stage:
        client = await stage.asks(b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", POST)
        api = await stage.api()
        await api.head()
        await api.hear(b"3\r\nabc\r\n")
        client.leave()
        assert await api.rest() == b""
        await stage.relay.idle()
        assert stage.hearing.endings == [("left",)]


async def test_a_body_that_is_no_body_never_arrives_as_a_whole_one(caplog: pytest.LogCaptureFixture) -> None:
    async with staged() as stage:
        client = await stage.asks(b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", POST)
        api = await stage.api()
        await api.head()
        await api.hear(b"3\r\nabc\r\n")
        await client.say(b"not a chunk\r\n")
        assert await api.rest() == b""
        status, said = error(await client.rest())
        assert (status, said["type"]) == (400, "invalid_request_error")
        assert caplog.text == ""
        assert stage.hearing.endings == [("left",)]


@pytest.mark.parametrize(
    ("line", "answer", "heard"),
    [
        (b"GET / HTTP/1.1", STREAM + b"5\r\nhello\r\n", b"5\r\nhello\r\n"),
        (b"GET / HTTP/1.1", STREAM + b"5\r\nhel", b"3\r\nhel\r\n"),
        (b"GET / HTTP/1.1", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", b"hello"),
    ],
)
async def test_an_api_that_breaks_off_breaks_the_client_off(line: bytes, answer: bytes, heard: bytes) -> None:
    async with staged() as stage:
        client = await stage.asks(line=line)
        api = await stage.api()
        await api.head()
        await api.say(answer)
        api.writer.close()
        await client.head()
        assert await client.rest() == heard  # no end of the body
        assert bytes(stage.hearing.answer) in heard
        assert [ending[:2] for ending in stage.hearing.endings] == [("broke", "broken_off")]


async def test_an_old_client_is_reset_since_closing_would_look_clean() -> None:
    async with staged() as stage:
        client = await stage.asks(line=b"GET / HTTP/1.0")
        api = await stage.api()
        await api.head()
        await api.say(STREAM + b"5\r\nhello\r\n")
        await client.head()
        await client.hear(b"hello")
        api.writer.close()
        with pytest.raises(ConnectionResetError):
            await client.reader.read()


async def test_an_api_that_hangs_up_unanswered_is_a_502() -> None:
    async with staged() as stage:
        client = await stage.asks(b"Content-Length: 2\r\n\r\nok", POST)
        (await stage.api()).leave()
        answer = await client.head() + await client.reader.readuntil(b"}}")
        assert error(answer)[0] == 502
        assert [ending[:2] for ending in stage.hearing.endings] == [("broke", "broken_off")]


async def test_an_answer_that_is_not_http_is_a_502() -> None:
    async with staged() as stage:
        client = await stage.asks(b"Content-Length: 2\r\n\r\nok", POST)
        api = await stage.api()
        await api.head()
        await api.say(b"SSH-2.0-OpenSSH\r\n")
        answer = await client.head() + await client.reader.readuntil(b"}}")
        assert error(answer)[0] == 502
        assert [ending[:2] for ending in stage.hearing.endings] == [("broke", "broken_off")]


async def test_a_kept_connection_that_has_just_been_closed_is_no_reason_to_fail() -> None:
    async with staged() as stage:
        client = await stage.asks()
        (await stage.api()).leave()
        api = await stage.api()
        await api.head()
        await api.say(OK)
        await client.hear(OK)
        assert stage.hearing.endings == [("ended",)]


@pytest.mark.parametrize("at_once", [True, False])
async def test_what_an_idle_api_says_unasked_answers_nobody(at_once: bool) -> None:
    evil = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    async with staged() as stage:
        client = await stage.asks()
        api = await stage.api()
        await api.head()
        await api.say(OK + evil if at_once else OK)
        await client.hear(OK)
        if not at_once:
            await api.say(evil)
            await turns(20)
        await client.say(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        fresh = await stage.api()
        await fresh.head()
        await fresh.say(OK)
        await client.hear(OK)


async def test_a_fault_of_our_own_is_a_500_and_heard_as_an_end(caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(Hearing):
        def answering(self, status: int, headers: object) -> None:
            raise RuntimeError("a bug")

    recorder = Remembering()
    recorder.ear = Faulty
    async with staged(recorder=recorder) as stage:
        client = await stage.asks()
        api = await stage.api()
        await api.head()
        await api.say(OK)
        assert error(await client.rest())[0] == 500
        assert await api.rest() == b""
        assert [ending[:2] for ending in stage.hearing.endings] == [("broke", "broken_off")]
    assert "could not be relayed" in caplog.text


SIZE = 64 * 1024 * 1024
ENOUGH = 5000  # turns; a relay that waited for nobody is through after 300


async def test_neither_side_is_read_faster_than_the_other_takes_it() -> None:
    async with staged() as stage:
        client = await stage.asks(b"Content-Length: %d\r\n\r\n" % SIZE, POST)
        api = await stage.api()
        await api.head()
        upload = asyncio.create_task(_pour(client))
        await turns(ENOUGH)
        assert len(stage.hearing.question) < SIZE / 2
        await api.reader.readexactly(SIZE)
        await upload
        await api.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE)
        download = asyncio.create_task(_pour(api))
        await turns(ENOUGH)
        assert len(stage.hearing.answer) < SIZE / 2
        await client.head()
        await client.reader.readexactly(SIZE)
        await download
        assert stage.hearing.endings == [("ended",)]


async def _pour(wire: Wire) -> None:
    block = bytes(1024 * 1024)
    for _ in range(SIZE // len(block)):
        await wire.say(block)


TOKEN = st.text("abcXYZ019-_!#$%&'*+.^`|~", min_size=1, max_size=12).map(str.encode)
VALUE = st.binary(max_size=30).map(lambda raw: bytes(b for b in raw if b >= 0x20 and b != 0x7F).strip())
HEADERS = st.lists(st.tuples(TOKEN.map(lambda name: b"X-" + name), VALUE), max_size=12)
PIECES = st.lists(st.binary(min_size=1, max_size=3000), max_size=6)
ENCODING = st.sampled_from([b"", b"gzip", b"br", b"zstd", b"deflate", b"identity", b"x-unknown"])


def message(first: bytes, headers: list[tuple[bytes, bytes]], pieces: list[bytes], chunked: bool) -> bytes:
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    if chunked:
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        return first + lines + b"Transfer-Encoding: chunked\r\n\r\n" + body
    body = b"".join(pieces)
    return first + lines + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


async def heard(wire: Wire) -> tuple[list[bytes], bytes]:
    """The lines and the body of a message, without what is framing or Host."""
    head = (await wire.head()).removesuffix(b"\r\n\r\n").split(b"\r\n")
    length = [int(line.split(b":")[1]) for line in head if line.startswith(b"Content-Length:")]
    body = await wire.reader.readexactly(length[0]) if length else await wire.chunked()
    return [line for line in head if not line.startswith((b"Host:", b"Transfer-", b"Content-Length:"))], body


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_is_said_arrives_byte_for_byte(data: st.DataObject) -> None:
    async with staged() as stage:
        client = await stage.client()
        for _ in range(3):
            asked, answered = data.draw(PIECES), data.draw(PIECES)
            question = [*data.draw(HEADERS), (b"Content-Encoding", data.draw(ENCODING))]
            answer = [*data.draw(HEADERS), (b"content-encoding", data.draw(ENCODING))]
            sent = message(b"PUT /x HTTP/1.1\r\nHost: [::1]\r\n", question, asked, data.draw(st.booleans()))
            back = message(b"HTTP/1.1 200 OK\r\n", answer, answered, data.draw(st.booleans()))
            cut = data.draw(st.integers(0, len(sent)))
            await client.say(sent[:cut])
            await client.say(sent[cut:])
            if not stage.recorder.calls:
                api = await stage.api()
            assert await heard(api) == ([b"PUT /x HTTP/1.1", *(b"%b: %b" % h for h in question)], b"".join(asked))
            cut = data.draw(st.integers(0, len(back)))
            await api.say(back[:cut])
            await api.say(back[cut:])
            assert await heard(client) == ([b"HTTP/1.1 200 OK", *(b"%b: %b" % h for h in answer)], b"".join(answered))
            hearing = stage.hearing
            assert hearing.question == b"".join(asked)
            assert hearing.answer == b"".join(answered)
            assert hearing.endings == [("ended",)]


async def test_a_call_begins_when_its_head_is_here() -> None:
    async with staged() as stage:
        await stage.asks(b"Content-Length: 9\r\n\r\n", POST)
        await (await stage.api()).head()
        call = stage.hearing.call
        assert isinstance(call, CallBegun)
        assert call.at.tzinfo is not None
        assert stage.hearing.question == b""
