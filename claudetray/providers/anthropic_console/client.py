"""Asking the Console by plain HTTP: GETs with the kept headers and cookies, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx

from claudetray.core.account import Organization
from claudetray.core.errors import SourceError, Unreachable
from claudetray.core.reading import Reading
from claudetray.core.request import ConsoleRequest
from claudetray.core.source import Keep, keep_none
from claudetray.providers import http
from claudetray.providers.anthropic_console import look, mapper, provider, refusals, renewal

T = TypeVar("T")
Clock = Callable[[], datetime]


class Console:
    """The Console by plain HTTP. `override`: where the requests go instead of their own host (tests and demo)."""

    name = provider.SOURCE

    def __init__(
        self,
        client: httpx.AsyncClient,
        clock: Clock,
        override: str | None = None,
        between_tries: timedelta = provider.BETWEEN_TRIES,
        whole_look: timedelta = provider.WHOLE_LOOK,
    ) -> None:
        self._client, self._clock, self._override = client, clock, override
        self._between_tries, self._whole_look = between_tries, whole_look

    async def read(self, request: ConsoleRequest, now: datetime, keep: Keep = keep_none) -> Reading:
        """The reading, within a minute: three tries for what may pass, one for what will not.

        Raises: SourceError, and nothing else.
        """
        asking = _Asking(self._client, self._clock, self._override, request, keep)
        return await self._within(lambda: look.reading(asking.get, request, now, provider.SOURCE, asking.secrets))

    async def organizations(self, request: ConsoleRequest, keep: Keep = keep_none) -> tuple[Organization, ...]:
        """What the session can see. Raises: SourceError."""
        asking = _Asking(self._client, self._clock, self._override, request, keep)
        return mapper.organizations(await self._within(lambda: asking.get(provider.ORGANIZATIONS)))

    async def _within(self, work: Callable[[], Awaitable[T]]) -> T:
        """`work` with its tries, all of it within the whole look's time."""
        last: SourceError | None = None
        try:
            async with asyncio.timeout(self._whole_look.total_seconds()):
                for left in reversed(range(provider.TRIES)):
                    try:
                        with look.without_surprise():
                            return await work()
                    except SourceError as error:
                        pause = self._pause(error)
                        if not left or pause is None:
                            raise
                        last = error
                        await asyncio.sleep(pause)
        except TimeoutError as error:
            raise last or Unreachable("The Console did not answer in time.") from error
        raise AssertionError("the last try returns or raises")

    def _pause(self, error: SourceError) -> float | None:
        """Seconds until the next try; None where asking again in seconds makes no sense."""
        if error.retry_after is not None:
            return error.retry_after.total_seconds() if error.retry_after <= self._between_tries else None
        return http.jittered(self._between_tries) if error.may_pass else None


class _Asking:
    """The GETs of one look: each goes with the cookies that the one before it renewed."""

    def __init__(
        self, client: httpx.AsyncClient, clock: Clock, override: str | None, request: ConsoleRequest, keep: Keep
    ) -> None:
        self._client, self._clock, self._override = client, clock, override
        self._request, self._keep = request, keep

    async def get(self, path: str) -> Any:
        """The JSON at that path. Raises: SourceError."""
        request = self._request
        headers = [*request.headers, ("Cookie", request.cookie_header)]
        if not any(name.lower() == "accept" for name, _ in headers):
            headers.append(("Accept", "application/json"))
        with http.speaking_plainly(self._refusal):
            address = (self._override or request.origin) + path
            response = await http.fetched(self._client, address, headers, self._on_headers)
        return refusals.answer(response.status_code, response.headers, response.content, self._clock())

    def secrets(self) -> list[str]:
        """What an answer must not bring to the disk, though it may repeat it."""
        return look.secrets(self._request)

    async def _on_headers(self, status: int, headers: httpx.Headers) -> None:
        """Before the body, which may never come whole: a renewed session would be lost with it."""
        renewed = renewal.renewed(headers.get_list("set-cookie"), status, self._clock())
        if renewed:
            self._request = self._request.with_cookies(renewed)
            await self._keep(renewed)

    def _refusal(self, response: httpx.Response) -> SourceError:
        return refusals.refusal(response.status_code, response.headers, response.content, self._clock())
