"""Asking the Console: GETs with the pasted headers and cookies, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx

from claudetray.core.account import Organization
from claudetray.core.errors import SourceError, UnexpectedAnswer, Unreachable
from claudetray.core.redaction import scrubbed
from claudetray.core.request import ConsoleRequest
from claudetray.core.source import Answer
from claudetray.providers import http
from claudetray.providers.anthropic_console import mapper, provider, refusals, renewal

T = TypeVar("T")
HARMLESS = {"accept", "accept-language", "user-agent", "referer", "origin", "priority", "content-type"}
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

    async def read(self, request: ConsoleRequest, now: datetime) -> Answer:
        """The reading, within a minute: three tries for what may pass, one for what will not.

        Raises: SourceError, and nothing else.
        """
        return await self._within(lambda: self._read(request, now))

    async def organizations(self, request: ConsoleRequest) -> tuple[Organization, ...]:
        """What the session can see. Raises: SourceError."""
        answer, _ = await self._within(lambda: self._get(request, provider.ORGANIZATIONS))
        return mapper.organizations(answer)

    async def _read(self, request: ConsoleRequest, now: datetime) -> Answer:
        answer, renewed = await self._get(request, request.path())
        # An answer that repeats what was sent must not bring it to disk: the raw answer is kept.
        sent = [value for _, value in request.cookies] + [v for n, v in request.headers if n.lower() not in HARMLESS]
        reading = mapper.reading(scrubbed(answer, [*sent, *renewed.values()]), now)
        left = reading.left
        spend = await self._spend(request.with_cookies(renewed), left.currency if left else "USD")
        return Answer(reading=replace(reading, meters=(*reading.meters, spend)) if spend else reading, renewed=renewed)

    async def _spend(self, request: ConsoleRequest, currency: str) -> Any:
        """The month's spend where it answers soon: it never fails the look."""
        try:
            async with asyncio.timeout(provider.EXTRAS.total_seconds()):
                answer, _ = await self._get(request, request.path("/current_spend"))
        except (SourceError, TimeoutError):
            return None
        return mapper.spend(answer, currency)

    async def _within(self, work: Callable[[], Awaitable[T]]) -> T:
        """`work` with its tries, all of it within the whole look's time."""
        last: SourceError | None = None
        try:
            async with asyncio.timeout(self._whole_look.total_seconds()):
                for left in reversed(range(provider.TRIES)):
                    try:
                        return await work()
                    except (TypeError, KeyError, AttributeError, ValueError) as error:
                        raise UnexpectedAnswer(f"The answer surprised us ({type(error).__name__}).") from error
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

    async def _get(self, request: ConsoleRequest, path: str) -> tuple[Any, dict[str, str]]:
        """The JSON at that path, and the cookies it renews. Raises: SourceError."""
        headers = [*request.headers, ("Cookie", request.cookie_header)]
        if not any(name.lower() == "accept" for name, _ in headers):
            headers.append(("Accept", "application/json"))
        with http.speaking_plainly(self._refusal):
            response = await http.fetched(self._client, (self._override or request.origin) + path, headers)
        answer = refusals.parsed(response.content)
        if answer is None:
            raise self._no_json(response)
        return answer, renewal.renewed(response.headers.get_list("set-cookie"))

    def _refusal(self, response: httpx.Response) -> SourceError:
        return refusals.refusal(response.status_code, response.headers, response.content, self._clock())

    def _no_json(self, response: httpx.Response) -> SourceError:
        """A 200 that is no JSON: a challenge in disguise, or the Console changed."""
        if refusals.is_challenge(response.headers, response.content):
            return self._refusal(response)
        html = "html" in response.headers.get("content-type", "")
        what = "a web page" if html else "something that is not JSON"
        return UnexpectedAnswer(f"The Console answered with {what}.", f"{len(response.content)} bytes")
