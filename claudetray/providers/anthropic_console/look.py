"""One look at the Console, whichever way the GETs go: the credits, and the month's spend where it answers soon."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from claudetray.core.errors import SourceError, UnexpectedAnswer
from claudetray.core.reading import Reading, Spend
from claudetray.core.redaction import scrubbed
from claudetray.core.request import ConsoleRequest
from claudetray.providers.anthropic_console import mapper, provider

HARMLESS = {"accept", "accept-language", "user-agent", "referer", "origin", "priority", "content-type"}
SPEND = "/current_spend"
Get = Callable[[str], Awaitable[Any]]


@contextmanager
def without_surprise() -> Iterator[None]:
    """An answer that no mapper expected is an error of ours, too. Raises: UnexpectedAnswer."""
    try:
        yield
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise UnexpectedAnswer(f"The answer surprised us ({type(error).__name__}).") from error


async def reading(
    get: Get, request: ConsoleRequest, now: datetime, source: str, known: Callable[[], list[str]]
) -> Reading:
    """The reading that those GETs bring. `known`: the secrets that went with them. Raises: SourceError."""
    answer = await get(request.path())
    # An answer that repeats what was sent must not bring it to disk: the raw answer is kept.
    found = replace(mapper.reading(scrubbed(answer, [*secrets(request), *known()]), now), source=source)
    spend = await _spend(get, request, found.left.currency if found.left else "USD")
    return replace(found, meters=(*found.meters, spend)) if spend else found


def secrets(request: ConsoleRequest) -> list[str]:
    """Whatever of a request is nobody else's business."""
    return [
        *(cookie.value for cookie in request.cookies),
        *(value for name, value in request.headers if name.lower() not in HARMLESS),
    ]


async def _spend(get: Get, request: ConsoleRequest, currency: str) -> Spend | None:
    """It never fails the look."""
    try:
        async with asyncio.timeout(provider.EXTRAS.total_seconds()):
            return mapper.spend(await get(request.path(SPEND)), currency)
    except (SourceError, TimeoutError):
        return None
