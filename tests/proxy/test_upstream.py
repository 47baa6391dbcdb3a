import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from claudetray.core.errors import NotReached, TookTooLong
from claudetray.proxy.upstream import Upstream
from tests.proxy.stage import Wire

pytestmark = pytest.mark.asyncio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, asyncio.Queue[Wire]]]:
    accepted: asyncio.Queue[Wire] = asyncio.Queue()
    server = await asyncio.start_server(lambda *ends: accepted.put_nowait(Wire(*ends)), "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], accepted
    finally:
        server.close()
        while not accepted.empty():
            accepted.get_nowait().leave()


@asynccontextmanager
async def reaching(upstream: Upstream) -> AsyncIterator[Upstream]:
    try:
        yield upstream
    finally:
        await upstream.close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.anthropic.com",
        "ftp://a.example",
        "https://",
        "https://me:secret@a.example",
        "http://a/?x=1",
        "http://a/#x",
    ],
)
async def test_what_is_no_address_is_refused_and_never_repeated(address: str) -> None:
    with pytest.raises(ValueError, match="http") as refused:
        Upstream(address)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "line", "host"),
    [
        ("https://api.anthropic.com", b"/v1//%2f?a=b%20", b"api.anthropic.com"),
        ("https://api.anthropic.com/", b"/v1//%2f?a=b%20", b"api.anthropic.com"),
        ("http://[::1]:99/a%2Fb/", b"/a%2Fb/v1//%2f?a=b%20", b"[::1]:99"),
        ("https://a.example:443", b"/v1//%2f?a=b%20", b"a.example"),
    ],
)
async def test_the_target_follows_the_prefix_byte_for_byte(address: str, line: bytes, host: bytes) -> None:
    async with reaching(Upstream(address, proxies=dict)) as upstream:
        head = upstream.request_head("GET", "/v1//%2f?a=b%20", (), None)
        assert head == b"GET %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (line, host)


async def test_a_port_where_nobody_listens_is_unreachable(caplog: pytest.LogCaptureFixture) -> None:
    async with listening() as (port, _):
        pass
    async with reaching(Upstream(f"http://127.0.0.1:{port}", proxies=dict)) as upstream:
        for _ in range(2):
            with pytest.raises(NotReached, match=rf"127\.0\.0\.1:{port} cannot be reached \(Connection refused\)"):
                await upstream.line("GET")
    assert caplog.text.count("cannot be reached") == 1


async def test_a_server_that_never_shakes_hands_times_out() -> None:
    async with listening() as (port, accepted):
        async with reaching(Upstream(f"https://127.0.0.1:{port}", proxies=dict, connecting_s=0.05)) as upstream:
            with pytest.raises(TookTooLong, match=r"within 0\.05 s"):
                await upstream.line("GET")
        (await accepted.get()).leave()


async def test_an_http_upstream_is_asked_through_the_systems_proxy() -> None:
    async with listening() as (port, accepted):
        proxies = {"http": f"http://me:pw@127.0.0.1:{port}"}
        async with reaching(Upstream("http://api.example/x", proxies=lambda: proxies)) as upstream:
            line = await upstream.line("GET")
            line.write(upstream.request_head("GET", "/v1", (), None))
            proxy = await accepted.get()
            assert await proxy.head() == (
                b"GET http://api.example/x/v1 HTTP/1.1\r\nHost: api.example\r\n"
                b"Proxy-Authorization: Basic bWU6cHc=\r\n\r\n"
            )
            await proxy.say(OK)
            assert (await line.head())[0].code == 200
            line.cut()
            proxy.leave()


async def test_an_https_upstream_is_asked_through_a_tunnel() -> None:
    async with listening() as (port, accepted):
        proxies = {"https": f"http://me:pw@127.0.0.1:{port}"}
        async with reaching(Upstream("https://api.example", proxies=lambda: proxies)) as upstream:
            waiting = asyncio.create_task(upstream.line("GET"))
            proxy = await accepted.get()
            head = await proxy.head()
            assert head.startswith(b"CONNECT api.example:443 HTTP/1.1\r\n")
            assert b"Proxy-Authorization: Basic bWU6cHc=\r\n" in head
            await proxy.say(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            with pytest.raises(NotReached, match="the proxy refused: 403 Forbidden"):
                await waiting
            proxy.leave()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.9.9", "[::1]"])
async def test_this_computer_is_never_asked_through_a_proxy(host: str) -> None:
    async with reaching(Upstream(f"http://{host}:1", proxies=lambda: {"http": "http://p.example"})) as upstream:
        assert upstream.request_head("GET", "/", (), None).startswith(b"GET / HTTP/1.1\r\n")


async def test_a_proxy_that_speaks_no_http_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="a socks5 proxy cannot be used"):
        Upstream("https://api.example", proxies=lambda: {"all": "socks5://127.0.0.1:1080"})


async def test_certificates_are_those_it_was_given(tmp_path: Path) -> None:
    serving, trusted = _certified(tmp_path)
    async with listening(serving) as (port, accepted):
        async with reaching(Upstream(f"https://127.0.0.1:{port}", proxies=dict)) as upstream:
            with pytest.raises(NotReached, match="its certificate is not trusted: self-signed"):
                await upstream.line("GET")
        async with reaching(Upstream(f"https://127.0.0.1:{port}", proxies=dict, trusted=trusted)) as upstream:
            line = await upstream.line("GET")
            line.write(upstream.request_head("GET", "/", (), None))
            api = await accepted.get()
            await api.head()
            await api.say(OK)
            message, body = await line.head()
            assert (message.code, await line.piece(body)) == (200, b"ok")
            line.give_back()
            again = await upstream.line("GET")
            assert accepted.empty()
            again.cut()
            assert await api.rest() == b""
            api.leave()


def _certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server for 127.0.0.1, and a client that trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(secret + certificate)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "server.pem")
    return serving, ssl.create_default_context(cadata=certificate.decode())
