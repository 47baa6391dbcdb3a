"""The session as a thing: which way a look goes, when the session is renewed, and what is known of it.

A look goes by plain HTTP. Stopped by Cloudflare, it goes through the web page, and so for some hours. Refused, the
session is renewed quietly, once; only then it has expired.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from claudetray.core import session as rules
from claudetray.core.announcement import Announcement
from claudetray.core.browser import Mode
from claudetray.core.cookie import Cookie
from claudetray.core.errors import (
    Challenged,
    NotConfigured,
    PageFailed,
    SessionExpired,
    SourceError,
    Unreachable,
    VaultError,
)
from claudetray.core.request import ConsoleRequest
from claudetray.core.session import SIGNED_OUT, Session, SessionState, Way
from claudetray.core.source import Keep, Source, WebPage
from claudetray.services.preferences import PreferencesService
from claudetray.services.request_kept import Renewals, RequestKept
from claudetray.store.sessions import SessionKept

T = TypeVar("T")
PLAIN_S = 62.0  # the source keeps to 60 s by itself; looking the organization up counts as well
log = logging.getLogger(__name__)


class Road:
    """One way to the Console, for as long as one question takes: ask `source` with `request`, and hand it `keep`."""

    def __init__(self, source: Source, renewals: Renewals, keep: Keep) -> None:
        self.source, self._renewals, self.keep = source, renewals, keep

    @property
    def request(self) -> ConsoleRequest:
        """The request as it is now: an answer may have renewed the session since the last one."""
        return self._renewals.used


Work = Callable[[Road], Awaitable[T]]


async def known(request: RequestKept, kept: SessionKept) -> Session:
    """What is known of the session now, without the vault's key. Raises: StoreError."""
    if not await request.kept():
        return SIGNED_OUT
    session = await kept.now()
    return session if session.state is not SessionState.SIGNED_OUT else Session(state=SessionState.SIGNED_IN)


class Sessions:
    """One session at a time. Events: `ended` when the person signed out."""

    def __init__(
        self,
        request: RequestKept,
        kept: SessionKept,
        plain: Source,
        page: WebPage,
        preferences: PreferencesService,
        clock: Callable[[], datetime],
    ) -> None:
        self._request, self._kept = request, kept
        self._plain, self._page = plain, page
        self._preferences, self._clock = preferences, clock
        self._renewing = asyncio.Lock()
        self.ended: Announcement[None] = Announcement()

    async def now(self) -> Session:
        """Raises: StoreError."""
        return await known(self._request, self._kept)

    async def begin(self, request: ConsoleRequest, way: Way, ends_at: datetime | None = None) -> None:
        """From now on look with this request. Raises: VaultError, StoreError."""
        # In this order: killed between the two, a session without its row would never be known for what it is.
        await self._kept.keep(rules.begun(way, self._clock(), ends_at))
        await self._request.keep(request)
        log.info("a new session is kept")

    async def sign_out(self) -> bool:
        """Wipe the session from the vault; what it brought stays. False when there was none. Raises: StoreError."""
        if not await self._request.kept():
            return False
        await self._request.forget()
        await self._kept.keep(SIGNED_OUT)
        log.info("signed out: the session is wiped")
        self.ended(None)
        return True

    async def ask(self, used: ConsoleRequest, work: Work[T]) -> T:
        """What `work` gets from the Console, whichever way it goes. Raises: SourceError, VaultError, StoreError."""
        seen = await self.now()
        if seen.through_page(self._clock()) and await self._visit_allowed():
            return await self._through_page(seen, used, work)
        try:
            return await self._plainly(seen, used, work)
        except Challenged as error:
            return await self._after_challenge(seen, used, work, error)
        except SessionExpired as error:
            return await self._after_refusal(used, work, error)

    async def refresh(self) -> Session:
        """Renew the session now, unseen. Raises: NotConfigured, SourceError, StoreError."""
        async with self._renewing:
            used, seen = await self._request.now(), await self.now()
            if not await self._visit_allowed():
                raise PageFailed(await self._used_up())
            try:
                await self._renewed(seen, used)
            except SessionExpired:
                await self._expire(seen, self._clock())
                raise
            if seen.state is SessionState.EXPIRED:
                await self._kept.change(seen, rules.answered)
            return await self.now()

    async def renew_in_time(self) -> None:
        """Renew the session if its cookie is about to expire; what fails is tried again later. Raises: StoreError."""
        async with self._renewing:
            seen = await self.now()
            due = rules.renew_at(seen)
            if due is None or due > self._clock():
                return
            try:
                await self._quietly_renewed(seen, await self._request.now(), await self._visit_allowed())
            except NotConfigured as error:
                log.info("the session was not renewed: %s", error)

    async def _plainly(self, seen: Session, used: ConsoleRequest, work: Work[T]) -> T:
        renewals = Renewals(self._request, used)
        road = Road(self._plain, renewals, partial(self._keep, seen, renewals))
        try:
            async with asyncio.timeout(PLAIN_S):
                found = await work(road)
        except TimeoutError as error:
            raise Unreachable("The Console did not answer in time.") from error
        await self._kept.change(seen, rules.answered)
        return found

    async def _after_challenge(self, seen: Session, used: ConsoleRequest, work: Work[T], error: Challenged) -> T:
        if seen.state is SessionState.EXPIRED and not rules.may_renew(seen):
            # Known to be over: a visit of the page would bring nothing, look after look.
            raise SessionExpired(
                "The Console did not accept this session, and now Cloudflare stops requests."
            ) from error
        log.info("plain requests are stopped: looking through the web page")
        seen = await self._kept.change(seen, lambda session: rules.challenged(session, self._clock()))
        if not await self._visit_allowed():
            raise Challenged(f"{error} {await self._used_up()}") from error
        # Cloudflare's cookies may have been renewed by the very answer that stopped us.
        return await self._through_page(seen, await self._newest(used), work)

    async def _through_page(self, seen: Session, used: ConsoleRequest, work: Work[T], again: bool = True) -> T:
        renewals = Renewals(self._request, used)
        keep = partial(self._keep, seen, renewals)
        try:
            async with self._page.opened(used, Mode.LOOK, keep) as page:
                try:
                    found = await work(Road(page, renewals, keep))
                except (SessionExpired, PageFailed):
                    raise
                except SourceError:
                    await renewals.adopt(page.renewed)
                    raise
                await renewals.adopt(page.renewed)
        except SessionExpired:
            newest = await self._newest(used)
            if newest.session_keys == renewals.used.session_keys:
                # Opening the page was the quiet renewal: there is no other one to try.
                await self._expire(seen, self._clock())
                raise
            if not again or not await self._visit_allowed():
                raise Challenged("Cloudflare stops plain requests, and the session was renewed meanwhile.") from None
            return await self._through_page(seen, newest, work, again=False)
        except PageFailed as error:
            why = f"Cloudflare stops plain requests, and the web page could not be looked through: {error}"
            raise Challenged(why) from error
        await self._kept.change(seen, rules.answered_by_page)
        return found

    async def _after_refusal(self, used: ConsoleRequest, work: Work[T], error: SessionExpired) -> T:
        async with self._renewing:  # whoever waits here finds what the one before has renewed, and noted
            seen, newest = await self.now(), await self._newest(used)
            tried_at = seen.renewal_tried_at if seen.state is SessionState.EXPIRED else None
            renewed = None
            if newest.session_keys == used.session_keys and rules.may_renew(seen) and await self._visit_allowed():
                tried_at = self._clock()
                renewed = await self._quietly_renewed(seen, used, allowed=True)
            if renewed is None and newest.session_keys == used.session_keys:
                await self._expire(seen, tried_at)
                raise error
            newest = renewed or newest
            try:
                return await self._plainly(seen, newest, work)
            except Challenged as challenge:
                stopped = challenge
            except SessionExpired as again:
                if renewed is None:
                    await self._expire(seen, tried_at)
                    raise
                # The page was answered, so the session lives: it is the plain request that is not wanted.
                stopped = Challenged(f"{again} The web page is answered all the same.")
        return await self._after_challenge(seen, newest, work, stopped)

    async def _quietly_renewed(self, seen: Session, used: ConsoleRequest, allowed: bool) -> ConsoleRequest | None:
        """The renewed request, or None where the page could not renew it."""
        # Noted before it is tried, so that a crash in the middle is not repeated for ever.
        seen = await self._kept.change(seen, lambda session: rules.renewal_tried(session, self._clock()))
        if not allowed:
            log.info("the session was not renewed: %s", await self._used_up())
            return None
        try:
            return await self._renewed(seen, used)
        except SourceError as error:
            log.info("the session was not renewed: %s: %s", error.title, error)
            return None

    async def _renewed(self, seen: Session, used: ConsoleRequest) -> ConsoleRequest:
        """The request after the page was opened with it and answered, or after another process renewed it beside us.

        Raises: SourceError.
        """
        renewals = Renewals(self._request, used)
        keep = partial(self._keep, seen, renewals)
        try:
            async with self._page.opened(used, Mode.RENEW, keep) as page:
                await page.organizations(used, keep)
                await renewals.adopt(page.renewed)
        except SessionExpired:
            newest = await self._newest(used)
            if newest.session_keys == renewals.used.session_keys:
                raise
            return newest
        log.info("the session was renewed" if renewals.session_cookie else "the session needed no renewal")
        return renewals.used

    async def _keep(self, seen: Session, renewals: Renewals, cookies: tuple[Cookie, ...]) -> None:
        """A look that is broken off must not lose the session that the Console just renewed: first this is kept."""
        keeping = asyncio.ensure_future(self._kept_renewals(seen, renewals, cookies))
        try:
            await asyncio.shield(keeping)
        except asyncio.CancelledError:
            await keeping
            raise

    async def _kept_renewals(self, seen: Session, renewals: Renewals, cookies: tuple[Cookie, ...]) -> None:
        try:
            before = renewals.session_cookie
            await renewals.keep(cookies)
        except VaultError as error:
            log.warning("%s: %s", error.title, error)
            return
        cookie = renewals.session_cookie
        if cookie is not None and cookie is not before:
            await self._kept.change(seen, lambda session: rules.renewed(session, self._clock(), cookie.expires_at))

    async def _newest(self, used: ConsoleRequest) -> ConsoleRequest:
        """The request as it is kept now, with the organization that was asked for. Raises: NotConfigured."""
        newest = await self._request.now()
        return newest if used.organization is None else newest.for_organization(used.organization)

    async def _expire(self, seen: Session, tried_at: datetime | None) -> None:
        await self._kept.change(seen, lambda session: rules.expired(session, tried_at))

    async def _visit_allowed(self) -> bool:
        return await self._kept.visit((await self._preferences.now()).page_looks, self._clock())

    async def _used_up(self) -> str:
        most = (await self._preferences.now()).page_looks
        if most == 0:
            return "Hidden visits of the web page are switched off."
        return f"No hidden visit of the web page is left for today ({most} are allowed)."
