"""The one HTTP client, and the one place where httpx's errors become ours."""

import random
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy

import httpx

from claudetray.core.errors import SourceError, UnexpectedAnswer, Unreachable

TIMEOUT = httpx.Timeout(15.0, connect=10.0)
MOST_ANSWER = 4 * 1024 * 1024  # bytes; a credits answer has some hundred


def client(trusted: ssl.SSLContext) -> httpx.AsyncClient:
    """No redirect is followed and no cookie is remembered: a cookie goes only where its request says."""
    made = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, verify=trusted)
    made.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return made


@contextmanager
def speaking_plainly(refusal: Callable[[httpx.Response], SourceError]) -> Iterator[None]:
    """Turn httpx's errors into ours, most specific first, keeping the cause."""
    try:
        yield
    except httpx.HTTPStatusError as error:
        raise refusal(error.response) from error
    except httpx.TimeoutException as error:
        raise Unreachable("The Console did not answer in time.") from error
    except httpx.TransportError as error:
        raise Unreachable(f"The Console cannot be reached ({type(error).__name__}).") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnexpectedAnswer(f"The answer cannot be read ({type(error).__name__}).") from error


Heard = Callable[[int, httpx.Headers], Awaitable[None]]


async def fetched(
    client: httpx.AsyncClient, url: str, headers: list[tuple[str, str]], heard: Heard | None = None
) -> httpx.Response:
    """The whole answer to a GET; its status and headers are `heard` before its body.

    Raises: httpx.HTTPStatusError on any status but 200; UnexpectedAnswer if too large.
    """
    raw = [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers]
    async with client.stream("GET", url, headers=raw) as response:
        if heard is not None:
            await heard(response.status_code, response.headers)
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MOST_ANSWER:
                raise UnexpectedAnswer("The answer is far too large.")
    whole = httpx.Response(
        response.status_code,
        headers=[
            (n, v) for n, v in response.headers.multi_items() if n.lower() not in ("content-encoding", "content-length")
        ],
        content=bytes(body),
        request=response.request,
    )
    if whole.status_code != httpx.codes.OK:
        raise httpx.HTTPStatusError(f"status {whole.status_code}", request=whole.request, response=whole)
    return whole


def jittered(pause: timedelta, spread: float = 0.2) -> float:
    """Seconds to wait: `pause`, give or take a share of it, so that many clients do not ask at once."""
    return pause.total_seconds() * random.uniform(1 - spread, 1 + spread)
