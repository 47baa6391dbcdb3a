"""Signing in: leads the person from an open window to a session that works, with the right organization."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

from claudetray.core import words
from claudetray.core.account import Organization
from claudetray.core.browser import Choice, Event, Visit
from claudetray.core.errors import PageFailed, SignInFailed, SourceError
from claudetray.core.source import SigningIn, WebPage
from claudetray.services.connection import Connection, with_credit
from claudetray.services.preferences import PreferencesService

MOST_BALANCES = 20  # organizations whose balance is asked for; nobody was seen with as many
NO_CREDIT = "This account has no organization with API credit, so there is no balance to watch."
CHAT_ONLY = (
    f"{NO_CREDIT} What it pays for is a subscription of the Claude app, which is other money. "
    "Sign in with the account that you use in the API Console."
)
NO_ORGANIZATION = f"{NO_CREDIT} Sign in with the account that you use in the API Console."
READING = "Reading your organizations…"
NOT_TOLD = "The Console does not tell your organizations. If you are signed in, reload the page, or paste a snippet."
INSTEAD = "Pasting the credits request of your browser in Settings works as well."
log = logging.getLogger(__name__)


class SignInResult(StrEnum):
    SIGNED_IN = "signed_in"
    CLOSED = "closed"
    NO_CREDIT = "no_credit"  # closed after it was said that this account has none
    NOT_CHOSEN = "not_chosen"  # closed with several organizations to choose from
    SNIPPET_ASKED = "snippet_asked"
    ALREADY_OPEN = "already_open"


class SignIn:
    """One window at a time."""

    def __init__(self, page: WebPage, connection: Connection, preferences: PreferencesService) -> None:
        self._page, self._connection, self._preferences = page, connection, preferences
        self._visit: Visit | None = None
        self._open = False

    async def run(self) -> SignInResult:
        """Open the window, until somebody is signed in or it is closed; one that is open comes to the front.

        Raises: SignInFailed, VaultError, StoreError.
        """
        if self._open:
            if self._visit is not None:
                await self._visit.show()
            return SignInResult.ALREADY_OPEN
        self._open = True
        try:
            async with self._page.sign_in(introduce=not await self._preferences.sign_in_agreed()) as window:
                self._visit = window.visit
                return await self._led(window)
        except SourceError as error:
            raise SignInFailed(f"{error} {INSTEAD}") from error
        finally:
            self._visit, self._open = None, False

    async def _led(self, window: SigningIn) -> SignInResult:
        offered: tuple[Organization, ...] | None = None  # None: nobody is signed in yet
        happened = False
        checking: asyncio.Task[tuple[Organization, ...] | None] | None = None
        hearing = asyncio.ensure_future(window.visit.event())
        try:
            while True:
                waiting = {hearing} if checking is None else {hearing, checking}
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if checking is not None and checking.done():
                    found, checking = checking.result(), None
                    if found is None and happened:
                        checking, happened = asyncio.ensure_future(window.organizations()), False
                    elif found is None:
                        await window.visit.note(NOT_TOLD)
                    else:
                        await window.visit.note("")
                        offered = with_credit(found)
                        if await self._settled(window, found, offered):
                            return SignInResult.SIGNED_IN
                if not hearing.done():
                    continue
                event, hearing = hearing.result(), asyncio.ensure_future(window.visit.event())
                match event["event"]:
                    case Event.AGREED:
                        await self._preferences.agree_to_sign_in()
                    case Event.SNIPPET_ASKED:
                        return SignInResult.SNIPPET_ASKED
                    case Event.CLOSED:
                        return _closed(offered)
                    case Event.EMPTIED:
                        offered = None
                    case Event.CHOSEN:
                        await self._keep(window, _chosen(offered or (), event))
                        return SignInResult.SIGNED_IN
                    case Event.COOKIE | Event.SETTLED if window.session_cookie() and offered is None:
                        happened = checking is not None  # then it is looked at when this check has ended
                        if checking is None:
                            await window.visit.note(READING)
                            checking = asyncio.ensure_future(window.organizations())
        finally:
            for task in (hearing, checking):
                if task is not None:
                    task.cancel()
                    with suppress(asyncio.CancelledError, SourceError):
                        await task

    async def _settled(
        self, window: SigningIn, found: tuple[Organization, ...], offered: tuple[Organization, ...]
    ) -> bool:
        """Is it settled whose balance to watch? If not, the window asks."""
        if not offered:
            await window.visit.say(CHAT_ONLY if found else NO_ORGANIZATION)
            return False
        if len(offered) == 1:
            await self._keep(window, offered[0])
            return True
        shown = offered[:MOST_BALANCES]
        balances = [words.money(left) for left in await window.balances(shown)]
        balances += [words.DASH] * (len(offered) - len(shown))
        choices = [
            Choice(uuid=organization.uuid, name=organization.name, balance=balance)
            for organization, balance in zip(offered, balances, strict=True)
        ]
        hint = window.request("").organization_hint
        picked = hint if hint in {choice.uuid for choice in choices} else choices[0].uuid
        await window.visit.choose(choices, picked or "")
        return False

    async def _keep(self, window: SigningIn, organization: Organization) -> None:
        cookie = window.session_cookie()
        ends_at = cookie.expires_at if cookie else None
        await self._connection.keep_signed_in(window.request(organization.uuid), organization, ends_at)
        log.info("signed in")


def _closed(offered: tuple[Organization, ...] | None) -> SignInResult:
    if offered is None:
        return SignInResult.CLOSED
    return SignInResult.NOT_CHOSEN if offered else SignInResult.NO_CREDIT


def _chosen(offered: tuple[Organization, ...], event: Mapping[str, Any]) -> Organization:
    """Raises: PageFailed when it was not among those offered."""
    for organization in offered:
        if organization.uuid == event.get("uuid"):
            return organization
    raise PageFailed("The login helper said something that is not understood.")
