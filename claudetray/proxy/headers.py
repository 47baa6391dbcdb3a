"""What stands on the wire around a body: heads and chunk borders, as bytes. Reads and writes no socket.

Source: RFC 9110, 7.6.1 (what is meant for one hop only); RFC 9112, 7.1 (chunks).
"""

from collections.abc import Mapping

from claudetray.core.exchange import Headers

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",  # framing: written anew
        b"upgrade",
    }
)
NOT_ASKED = HOP_BY_HOP | {b"host"}  # the upstream has a name of its own
# Without its length a body would run into the next message, so that one stays, whatever Connection says.
USUALLY_NAMED = frozenset({b"close", b"keep-alive", b"te", b"upgrade", b"content-length"})
OURS = b"x-claudetray-"
CREDENTIALS = frozenset({b"authorization", b"x-api-key"})
API_VERSION = (b"anthropic-version", b"2023-06-01")


def request_head(method: bytes, target: bytes, headers: Headers, added: bytes, codings: bytes | None) -> bytes:
    """A request's head as it goes to the upstream: the client's headers but for those meant for us.

    Shape: `added` are whole lines to begin with (Host); `codings` is the Transfer-Encoding, None where it has none.
    """
    lines = _lines(_passed_on(headers, NOT_ASKED, OURS))
    return b"%b %b HTTP/1.1\r\n%b%b%b\r\n" % (method, target, added, lines, _framing(codings))


def response_head(
    status: int, reason: bytes, headers: Headers, codings: bytes | None = None, *, closes: bool = False
) -> bytes:
    """An answer's head as it goes to the client: the upstream's headers, and none of ours but for framing."""
    kept = _passed_on(headers, HOP_BY_HOP)
    close = b"Connection: close\r\n" if closes else b""
    return b"HTTP/1.1 %d %b\r\n%b%b%b\r\n" % (status, reason, _lines(kept), _framing(codings), close)


def chunk(piece: bytes, *, last: bool) -> bytes:
    """A piece of a chunked body, with the body's end where it is the `last`; an empty piece is no chunk."""
    framed = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
    return framed + b"0\r\n\r\n" if last else framed


def with_credentials(headers: Headers, own: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The client's headers with `own` ones in place of its credentials, and an API version if it named none.

    Raises: ValueError when a header of `own` would not stay on its line.
    """
    added = [(name.encode("ascii"), value.encode("utf-8")) for name, value in own.items()]
    if any(break_ in part for header in added for part in header for break_ in (b"\r", b"\n", b"\0")):
        raise ValueError("a header of our own has a line break in it")
    replaced = CREDENTIALS | {name.lower() for name, _ in added}
    kept = [header for header in headers if header[0].lower() not in replaced]
    if not any(name.lower() == API_VERSION[0] for name, _ in [*kept, *added]):
        added.append(API_VERSION)
    return kept + added


def _passed_on(headers: Headers, never: frozenset[bytes], ours: bytes | None = None) -> Headers:
    kept = []
    named: set[bytes] = set()
    for header in headers:
        name = header[0].lower()
        if name in never:
            if name == b"connection":
                named.update(token.strip().lower() for token in header[1].split(b","))
        elif ours is None or not name.startswith(ours):
            kept.append(header)
    named -= USUALLY_NAMED
    return [header for header in kept if header[0].lower() not in named] if named else kept


def _lines(headers: Headers) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def _framing(codings: bytes | None) -> bytes:
    return b"Transfer-Encoding: %b\r\n" % codings if codings else b""
