"""Posting JSON to a web address: what all channels over HTTP share."""

from datetime import timedelta
from typing import Any

import httpx

from claudetray.core.errors import ChannelError

TIMEOUT_S = 15.0
LONGEST_WAIT_S = 86_400
AGAIN = "claudetray tries again."


async def posted(client: httpx.AsyncClient, url: str, name: str, message: dict[str, Any]) -> httpx.Response:
    """The answer to a message. Raises: ChannelError when there is none."""
    try:
        return await client.post(url, json=message, timeout=TIMEOUT_S)
    except httpx.TimeoutException as error:
        raise ChannelError(f"{name} did not answer in time.", AGAIN) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ChannelError(f"{name} cannot be reached ({type(error).__name__}).", AGAIN) from error


def told_to_wait(header: str | None) -> timedelta | None:
    """What `Retry-After` asks for, a day at most; None where it is no number of seconds."""
    asked = header or ""
    return timedelta(seconds=min(int(asked), LONGEST_WAIT_S)) if asked.isascii() and asked.isdigit() else None
