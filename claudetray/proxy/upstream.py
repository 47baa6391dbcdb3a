"""The connections to the upstream, and the one place where aiohttp's errors become ours. Reads no body itself.

Below `ClientSession`, on its connector: the session would fold headers that differ in case, re-encode their values
and swallow 1xx answers.
"""

import asyncio
import base64
import logging
import os
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import RawResponseMessage, StreamWriter
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EofStream, StreamReader
from yarl import URL

from claudetray.core.errors import BrokeOff, NotReached, TookTooLong, UpstreamFailed
from claudetray.core.exchange import Headers
from claudetray.proxy import headers as wire

log = logging.getLogger(__name__)

CONNECTING_S = 30.0
KEPT_OPEN_S = 15.0  # well below what servers keep: a connection is rarely closed just as we use it
LONGEST_LINE = 1024 * 1024  # bytes
MOST_HEADERS = 1000


class Line:
    """A connection for the length of one exchange. Raises: BrokeOff, where it waits for the upstream."""

    __slots__ = ("_connection", "_protocol", "_writer")

    def __init__(self, connection: Connection, protocol: ResponseHandler) -> None:
        self._connection = connection
        self._protocol = protocol
        self._writer: StreamWriter | None = None

    def write(self, data: bytes) -> None:
        """Never raises: that the upstream has hung up shows where its answer is read."""
        transport = self._protocol.transport
        if transport is not None and not transport.is_closing():
            transport.write(data)

    async def drained(self) -> None:
        """Waits until the upstream takes more."""
        if self._protocol.writing_paused:
            if self._writer is None:
                self._writer = StreamWriter(self._protocol, asyncio.get_running_loop())
            with suppress(ConnectionError):
                await self._writer.drain()

    async def head(self) -> tuple[RawResponseMessage, StreamReader]:
        """The next head, of a 1xx too, and the body that belongs to it."""
        try:
            return await self._protocol.read()
        except (aiohttp.ClientError, HttpProcessingError, OSError, EofStream) as error:
            raise BrokeOff(f"The API hung up before it answered ({type(error).__name__}).") from error

    def at_hand(self, body: StreamReader) -> bytes:
        """What has already come of the body, if anything."""
        try:
            return body.read_nowait()
        except (aiohttp.ClientError, HttpProcessingError, OSError) as error:
            raise _broke_off(error) from error

    async def piece(self, body: StreamReader) -> bytes:
        """What has come of the body since, as soon as there is any; nothing at its end."""
        try:
            return await body.readany()
        except (aiohttp.ClientError, HttpProcessingError, OSError) as error:
            raise _broke_off(error) from error

    def ending(self) -> "asyncio.Future[None] | None":
        """How the connection will have ended, for a body that only its end ends."""
        ended = self._protocol.closed
        if ended is not None:
            ended.add_done_callback(lambda done: done.cancelled() or done.exception())
        return ended

    def give_back(self) -> None:
        """The exchange is whole: the connection may serve the next one."""
        self._connection.release()

    def cut(self) -> None:
        """Break off at once, whatever is still to be sent. Harmless after `give_back`."""
        if self._connection.protocol is not None:
            self._protocol.abort()
            self._connection.close()


def _broke_off(error: Exception) -> BrokeOff:
    return BrokeOff(f"The API broke off in the middle of its answer ({type(error).__name__}).")


class Upstream:
    """The server that calls go to, reached directly or as the system's proxy settings say. Made on a running loop.

    Shape: `trusted` are the certificates to go by, the system's if None; `proxies` gives an address by scheme.
    Raises: ValueError for an address that is not `http(s)://host[:port][/prefix]`, or a proxy that speaks no HTTP.
    """

    def __init__(
        self,
        address: str,
        *,
        trusted: ssl.SSLContext | None = None,
        proxies: Callable[[], Mapping[str, str]] = urllib.request.getproxies,
        connecting_s: float = CONNECTING_S,
    ) -> None:
        url = URL(address, encoded=True)
        if url.scheme not in ("http", "https") or not url.raw_host or url.user or url.query_string or url.fragment:
            raise ValueError("not an address for the API: it must be http(s)://host[:port][/prefix]")
        host = url.host_port_subcomponent or ""
        prefix = url.raw_path.rstrip("/")
        self.address = f"{url.scheme}://{host}{prefix}"
        self._added = b"Host: %b\r\n" % host.encode()
        proxy, credentials = _proxy(url, proxies)
        if proxy is not None and url.scheme == "http":  # no tunnel: the proxy reads the head
            prefix = self.address
            self._added += b"".join(b"Proxy-Authorization: %b\r\n" % value.encode() for value in credentials.values())
        self._prefix = prefix.encode()
        self._failing = False
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connecting_s)
        self._connector = aiohttp.TCPConnector(
            limit=0, keepalive_timeout=KEPT_OPEN_S, ssl=True if trusted is None else trusted
        )
        self._plate = aiohttp.ClientRequest(
            "GET", url, loop=asyncio.get_running_loop(), proxy=proxy, proxy_headers=credentials or None
        )

    def request_head(self, method: str, target: str, headers: Headers, codings: bytes | None) -> bytes:
        """The head of a request for `target`, path and query as the client sent them."""
        path = self._prefix + target.encode("utf-8", "surrogateescape")
        return wire.request_head(method.encode(), path, headers, self._added, codings)

    async def line(self, method: str) -> Line:
        """A connection ready for one request. Raises: NotReached, TookTooLong."""
        try:
            connection, protocol = await self._connected()
        except UpstreamFailed as failure:
            if not self._failing:
                log.warning("%s: %s", failure.title, failure)
            self._failing = True
            raise
        if self._failing:
            self._failing = False
            log.info("%s can be reached again", self.address)
        protocol.set_response_params(
            skip_payload=method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=MOST_HEADERS,
        )
        return Line(connection, protocol)

    async def _connected(self) -> tuple[Connection, ResponseHandler]:
        try:
            while True:
                connection = await self._connector.connect(self._plate, [], self._timeout)
                if (protocol := connection.protocol) is not None and not protocol.should_close:
                    return connection, protocol
                connection.close()  # it spoke out of turn while nobody had asked
        except TimeoutError as error:
            raise TookTooLong(f"{self.address} could not be reached within {self._timeout.connect:g} s.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise NotReached(f"{self.address} cannot be reached ({_reason(error)}).") from error

    async def close(self) -> None:
        await self._connector.close()


def _proxy(url: URL, proxies: Callable[[], Mapping[str, str]]) -> tuple[URL | None, dict[str, str]]:
    """The system's proxy for `url`, and the header that opens it."""
    host = url.host or ""
    known = proxies()
    address = known.get(url.scheme) or known.get("all")
    if not address or _loopback(host) or urllib.request.proxy_bypass(host):
        return None, {}
    proxy = URL(address if "://" in address else f"http://{address}")
    if proxy.scheme not in ("http", "https"):
        raise ValueError(f"a {proxy.scheme} proxy cannot be used: set an http one, or NO_PROXY={host}")
    if proxy.user is None:
        return proxy, {}
    pair = base64.b64encode(f"{proxy.user}:{proxy.password or ''}".encode()).decode()
    return proxy.with_user(None), {"Proxy-Authorization": f"Basic {pair}"}


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy refused: {error.status} {error.message}"
    cause: BaseException = error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError):
        cause = error.os_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError):
        if cause.errno is not None and cause.errno > 0:  # a resolver's own numbers are negative
            return os.strerror(cause.errno)
        return cause.strerror or str(cause) or type(cause).__name__
    return type(cause).__name__
