import pytest

from claudetray.core.exchange import Headers
from claudetray.proxy import headers as wire

HOST = b"Host: api.example\r\n"


def asked(*headers: tuple[bytes, bytes], codings: bytes | None = None) -> bytes:
    return wire.request_head(b"GET", b"/v1", headers, HOST, codings)


def answered(*headers: tuple[bytes, bytes]) -> bytes:
    return wire.response_head(200, b"OK", headers)


def test_order_case_and_repeats_are_kept() -> None:
    headers = ((b"X-b", b"1"), (b"x-A", b"2"), (b"x-B", b"3"), (b"X-b", b"4"))
    lines = b"X-b: 1\r\nx-A: 2\r\nx-B: 3\r\nX-b: 4\r\n\r\n"
    assert asked(*headers) == b"GET /v1 HTTP/1.1\r\n" + HOST + lines
    assert answered(*headers) == b"HTTP/1.1 200 OK\r\n" + lines


def test_values_need_not_be_text() -> None:
    assert b"x: \xff\xfe\xe9\r\n" in asked((b"x", b"\xff\xfe\xe9"))
    assert b"x: \xff\xfe\xe9\r\n" in answered((b"x", b"\xff\xfe\xe9"))


@pytest.mark.parametrize(
    "name",
    [b"Connection", b"keep-alive", b"TE", b"Trailer", b"Upgrade", b"Proxy-Authorization", b"proxy-connection"],
)
def test_what_is_meant_for_one_hop_stays_there(name: bytes) -> None:
    assert asked((name, b"x")) == asked()
    assert answered((name, b"x")) == answered()


def test_what_connection_names_stays_too() -> None:
    assert asked((b"X-Own", b"1"), (b"connection", b"close, x-own ,"), (b"x-other", b"2")) == asked((b"x-other", b"2"))


def test_a_length_stays_even_where_connection_names_it() -> None:
    assert b"Content-Length: 3" in asked((b"Content-Length", b"3"), (b"Connection", b"content-length"))


def test_host_and_our_own_headers_are_not_passed_on() -> None:
    assert asked((b"host", b"127.0.0.1"), (b"X-Claudetray-Tags", b"a")) == asked()
    assert b"x-claudetray-tags" in answered((b"x-claudetray-tags", b"a"))


def test_framing_is_written_anew() -> None:
    assert asked((b"transfer-encoding", b"chunked"), codings=b"chunked").count(b"chunked") == 1
    assert answered((b"transfer-encoding", b"chunked")) == answered()
    assert wire.response_head(200, b"", (), b"chunked", closes=True) == (
        b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )


def test_chunks() -> None:
    assert wire.chunk(b"x" * 26, last=False) == b"1a\r\n" + b"x" * 26 + b"\r\n"
    assert wire.chunk(b"ab", last=True) == b"2\r\nab\r\n0\r\n\r\n"
    assert wire.chunk(b"", last=True) == b"0\r\n\r\n"
    assert wire.chunk(b"", last=False) == b""


CALLER: Headers = ((b"Authorization", b"Bearer token"), (b"X-Api-Key", b"old"), (b"x-a", b"1"))


def test_our_key_takes_the_place_of_the_callers() -> None:
    assert wire.with_credentials(CALLER, {"x-api-key": "ours"}) == [
        (b"x-a", b"1"),
        (b"x-api-key", b"ours"),
        (b"anthropic-version", b"2023-06-01"),
    ]


def test_a_version_that_was_named_stays() -> None:
    named = (b"Anthropic-Version", b"2099-01-01")
    assert wire.with_credentials([named], {}) == [named]


def test_a_key_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        wire.with_credentials([], {"x-api-key": "a\r\nx: y"})
