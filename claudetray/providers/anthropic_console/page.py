"""Asking the Console through its own web page, in the login helper: the request is then the browser's own.

No challenge is solved here: the page is given the time that it takes in any browser.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from claudetray.core.account import Organization
from claudetray.core.browser import AWAY, LEFT, Browser, Event, Mode, Opening, PageAnswer, Visit
from claudetray.core.cookie import Cookie, belongs
from claudetray.core.errors import Challenged, PageFailed, SessionExpired, SourceError, Unreachable
from claudetray.core.money import Money
from claudetray.core.reading import Reading
from claudetray.core.request import ConsoleRequest
from claudetray.core.source import Keep, keep_none
from claudetray.providers.anthropic_console import look, mapper, provider, refusals, renewal

Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


class ConsolePage:
    """What the web page is asked for. `override`: a stand-in on this machine, in place of the request's own host."""

    def __init__(
        self,
        browser: Browser,
        clock: Clock,
        override: str | None = None,
        again: timedelta = provider.CHALLENGE_AGAIN,
    ) -> None:
        self._browser, self._clock, self._override, self._again = browser, clock, override, again

    @asynccontextmanager
    async def opened(self, request: ConsoleRequest, mode: Mode, keep: Keep) -> AsyncIterator["PageSource"]:
        """The billing page, unseen, with the request's cookies; a source for as long as the block runs.

        The session's cookies are kept as they come; the rest, and the engine's name, when the block ends well.
        Raises: PageFailed, Challenged.
        """
        origin = self._override or request.origin

        async def heard(cookie: Cookie) -> None:
            if cookie.name in provider.SESSION_COOKIES:
                await keep((cookie,))

        opening = Opening(mode=mode, origin=origin, address=origin + provider.BILLING_PATH, cookies=request.cookies)
        try:
            # The wait for another visit before this one, and the engine's end, are not the page's time.
            async with (
                self._browser.visit(opening, heard) as visit,
                asyncio.timeout(provider.PAGE_LOOK.total_seconds()),
            ):
                await settled(visit)
                yield PageSource(visit, self._clock, self._again)
        except TimeoutError as error:
            raise PageFailed("The web page did not come to rest in time.") from error

    @asynccontextmanager
    async def sign_in(self, introduce: bool) -> AsyncIterator["SigningIn"]:
        """The sign-in window, for as long as the block runs. Raises: PageFailed."""
        origin = self._override or provider.ADDRESS
        opening = Opening(mode=Mode.SIGN_IN, origin=origin, address=origin + provider.LOGIN_PATH, introduce=introduce)
        async with self._browser.visit(opening) as visit:
            yield SigningIn(visit, self._clock, origin)


class PageSource:
    """The Console through one open page."""

    name = provider.PAGE_SOURCE

    def __init__(self, visit: Visit, clock: Clock, again: timedelta) -> None:
        self._visit, self._clock, self._again = visit, clock, again

    async def read(self, request: ConsoleRequest, now: datetime, keep: Keep = keep_none) -> Reading:
        """Raises: SourceError, and nothing else."""
        with look.without_surprise():
            return await look.reading(self.get, request, now, self.name, self._secrets)

    async def organizations(self, request: ConsoleRequest, keep: Keep = keep_none) -> tuple[Organization, ...]:
        """Raises: SourceError."""
        found = await self.get(provider.ORGANIZATIONS)
        with look.without_surprise():
            return mapper.organizations(found)

    async def get(self, path: str) -> Any:
        """The JSON at that path. While Cloudflare holds the page up, it is asked again. Raises: SourceError."""
        away, refused = 0, False
        last: SourceError = PageFailed("The web page did not come to rest.")
        for _ in range(provider.CHALLENGE_TRIES):
            try:
                return answer((await self._visit.fetched([path]))[0], self._clock())
            except SessionExpired:
                # The page's own calls may have renewed the session while ours was under way: asked once more (seen).
                if refused:
                    raise
                refused = True
            except Challenged:
                away, last = 0, Challenged("Cloudflare does not let the web page pass by itself either.")
            except Away:
                away, last = away + 1, SessionExpired("The Console sent the web page elsewhere to sign in.")
                if away >= provider.AWAY_TRIES:
                    break
            except Passing:
                away, last = 0, PageFailed("The web page did not come to rest.")
            await asyncio.sleep(self._again.total_seconds())
        raise last

    def renewed(self, request: ConsoleRequest) -> ConsoleRequest:
        """That request as this browser would send it now: its cookies and its name belong together."""
        return as_browser(request, self._visit)

    def _secrets(self) -> list[str]:
        return [cookie.value for cookie in self._visit.cookies]


class Passing(Exception):
    """The page is on its way from one address to the next; never leaves this file."""


class Away(Passing):
    """The page is on another host than the Console's."""


class SigningIn:
    """The sign-in window, from the side that knows what the Console's answers mean."""

    def __init__(self, visit: Visit, clock: Clock, origin: str) -> None:
        self.visit, self._clock, self._origin = visit, clock, origin

    def session_cookie(self) -> Cookie | None:
        """The session's cookie, once the page was given it."""
        return next((cookie for cookie in self.visit.cookies if cookie.name in provider.SESSION_COOKIES), None)

    async def organizations(self) -> tuple[Organization, ...] | None:
        """What the session sees; None while it is none yet. A fresh one may be refused for some seconds.

        Raises: PageFailed.
        """
        for pause in provider.AFTER_SIGN_IN:
            await asyncio.sleep(pause.total_seconds())
            try:
                [got] = await self.visit.fetched([provider.ORGANIZATIONS])
                return mapper.organizations(answer(got, self._clock()))
            except Passing:
                continue
            except PageFailed:
                raise
            except SourceError as error:
                log.debug("not signed in yet: %s", error)
        return None

    async def balances(self, organizations: tuple[Organization, ...]) -> tuple[Money | None, ...]:
        """What is left in each; None where that is not to be had. Raises: PageFailed."""
        paths = [self.request(found.uuid).path() for found in organizations]
        return tuple(_left(got, self._clock()) for got in await self.visit.fetched(paths))

    def request(self, organization: str) -> ConsoleRequest:
        """What a look asks with from now on."""
        bare = ConsoleRequest(origin=self._origin, organization=organization, headers=(), cookies=())
        return as_browser(bare, self.visit)


async def settled(visit: Visit) -> None:
    """Wait until a page of the Console has come to rest. Raises: PageFailed."""
    while (await visit.event())["event"] != Event.SETTLED:
        pass


def answer(got: PageAnswer, now: datetime) -> Any:
    """The JSON that a GET inside the page brought. Raises: SourceError, Passing."""
    if got.status == 0:
        if got.trouble == AWAY:
            raise Away(got.trouble)
        if got.trouble == LEFT:
            raise Passing(got.trouble)
        raise Unreachable(f"The web page got no answer ({got.trouble or 'no reason given'}).")
    return refusals.answer(got.status, got.headers, got.body.encode(), now)


def as_browser(request: ConsoleRequest, visit: Visit) -> ConsoleRequest:
    """The request with the cookies that the page was given; with its engine's name, if that passed Cloudflare's check.

    Cloudflare's cookies are good with the browser that earned them alone, so either both change or none does.
    """
    given = [cookie for cookie in visit.cookies if belongs(cookie.domain, request.hostname)]
    passed = any(cookie.name == renewal.CLEARANCE[0] for cookie in given)
    if request.user_agent is not None and not passed:
        return request.with_cookies(cookie for cookie in given if cookie.name not in renewal.CLEARANCE)
    renewed = request.with_cookies(given)
    if visit.user_agent in ("", request.user_agent):
        return renewed
    headers = (
        ("Accept", "application/json"),
        ("User-Agent", visit.user_agent),
        ("Referer", f"{request.origin}{provider.BILLING_PATH}"),
        ("anthropic-client-platform", "web_console"),
    )
    return renewed.with_headers(headers)


def _left(got: PageAnswer, now: datetime) -> Money | None:
    try:
        return mapper.reading(answer(got, now), now).left
    except (SourceError, Passing):
        return None
