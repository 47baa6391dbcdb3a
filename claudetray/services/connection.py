"""The connection: the request that looks are made with, and the account it asks for."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from claudetray.core.account import Account, Organization
from claudetray.core.announcement import Announcement
from claudetray.core.errors import NotConfigured, SourceError, WrongOrganization
from claudetray.core.look import Plan
from claudetray.core.provider import Provider
from claudetray.core.reading import Reading
from claudetray.core.request import ConsoleRequest, Snippet
from claudetray.core.session import Way
from claudetray.core.source import Source, keep_none
from claudetray.services.request_kept import RequestKept
from claudetray.services.sessions import Road, Sessions
from claudetray.store.accounts import AccountsKept
from claudetray.store.looks import LooksKept

NAMING_S = 2.0
# Why the monitor, in whichever process, looks at once: the waits after failures with the old session are over.
NEW_SNIPPET, NEW_SIGN_IN = "a new snippet", "a new sign-in"
NEW_SESSION = (NEW_SNIPPET, NEW_SIGN_IN)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a look asks with."""

    account: Account
    request: ConsoleRequest


class Connection:
    """Keeps one request and the account it belongs to. Events: `changed` when it is another one."""

    def __init__(
        self,
        request: RequestKept,
        sessions: Sessions,
        accounts: AccountsKept,
        looks: LooksKept,
        source: Source,
        provider: Provider,
        clock: Callable[[], datetime],
        console_url: str,
    ) -> None:
        self._request, self._sessions, self._accounts, self._looks = request, sessions, accounts, looks
        self._source, self._provider = source, provider
        self._clock, self._console_url = clock, console_url
        self.changed: Announcement[Account] = Announcement()

    def understood(self, text: str) -> Snippet:
        """Pasted text as a request. Raises: SnippetRefused."""
        from claudetray.snippets.reader import parse  # seldom needed

        return parse(text, self._console_url)

    async def kept(self) -> bool:
        """Is there a request to look with?"""
        return await self._request.kept()

    async def tried(self, text: str) -> Reading:
        """One look with a pasted text (empty: with the kept request), keeping nothing.

        Raises: SnippetRefused; NotConfigured; SourceError.
        """
        if not text:
            return await self._sessions.ask((await self.asking()).request, self._looked)
        request = self.understood(text).request
        if request.organization is None:
            offered = with_credit(await self._source.organizations(request, keep_none))
            request = request.for_organization(_only_one(offered, request).uuid)
        return await self._source.read(request, self._clock(), keep_none)

    async def keep(self, snippet: Snippet, organization: Organization | None = None) -> Account:
        """Keep what was pasted, in place of what was kept before, for another organization if one was chosen.

        Raises: VaultError, StoreError.
        """
        request = snippet.request.for_organization(organization.uuid) if organization else snippet.request
        await self._sessions.begin(request, Way.SNIPPET)
        return await self._begun(request, organization.name if organization else "", NEW_SNIPPET)

    async def keep_signed_in(
        self, request: ConsoleRequest, organization: Organization, ends_at: datetime | None
    ) -> Account:
        """Keep the session of a sign-in, in place of what was kept before. Raises: VaultError, StoreError."""
        await self._sessions.begin(request, Way.SIGN_IN, ends_at)
        return await self._begun(request, organization.name, NEW_SIGN_IN)

    async def watched(self) -> Account | None:
        """The account that is watched now, if any."""
        return await self._accounts.watched()

    async def asking(self) -> Asking:
        """The request to look with. Raises: NotConfigured when there is none, or none that can be read."""
        request = await self._request.now()
        # From the request itself, so that no balance is ever filed under another organization.
        return Asking(account=await self._watch(request, ""), request=request)

    async def resolved(self, asking: Asking, road: Road) -> Asking:
        """With the organization looked up, where only cookies were pasted.

        One organization with API credit is taken; among several, the one the browser used last, else the person
        chooses. Raises: SourceError.
        """
        request = road.request
        if request.organization is None:
            return await self._chosen(await self._picked(road), road.request)
        if request.organization == asking.account.organization:
            return replace(asking, request=request)
        return Asking(account=await self._watch(request, ""), request=request)  # looked up by the try before this one

    async def organizations(self, text: str) -> tuple[Organization, ...]:
        """The organizations with API credit that a pasted text (empty: the kept request) can see.

        Raises: SnippetRefused; NotConfigured; SourceError.
        """
        if text:
            return with_credit(await self._source.organizations(self.understood(text).request, keep_none))
        return await self._sessions.ask((await self.asking()).request, _offered)

    async def choose(self, organization: Organization) -> Account:
        """Watch another organization of the same session. Raises: NotConfigured, VaultError."""
        chosen = await self._chosen(organization, (await self.asking()).request)
        self.changed(chosen.account)
        return chosen.account

    async def explained(self, asking: Asking, error: WrongOrganization, road: Road) -> SourceError:
        """A wrong organization with the names of those that this session can see, to choose from; never fails.

        It is never switched by itself: another organization is other people's money.
        """
        try:
            offered = await _offered(road)
        except SourceError:
            return error
        names = ", ".join(found.name for found in offered if found.uuid != asking.request.organization)
        return WrongOrganization(f"{error} This session sees: {names}.") if names else error

    async def name(self, asking: Asking, road: Road) -> Asking:
        """With the organization's name, where it was not known yet; never fails, and takes 2 s at most."""
        if asking.account.name:
            return asking
        try:
            async with asyncio.timeout(NAMING_S):
                offered = await road.source.organizations(road.request, road.keep)
        except (SourceError, TimeoutError):
            return asking
        name = next((found.name for found in offered if found.uuid == asking.request.organization), "")
        account = await self._accounts.named(asking.account, name) if name else asking.account
        return replace(asking, account=account)

    async def _begun(self, request: ConsoleRequest, name: str, reason: str) -> Account:
        account = await self._watch(request, name)
        await self._looks.suggest_plan(Plan(next_look_at=self._clock(), reason=reason))
        self.changed(account)
        return account

    async def _looked(self, road: Road) -> Reading:
        organization = road.request.organization or (await self._picked(road)).uuid
        return await road.source.read(road.request.for_organization(organization), self._clock(), road.keep)

    async def _picked(self, road: Road) -> Organization:
        return _only_one(await _offered(road), road.request)

    async def _chosen(self, organization: Organization, used: ConsoleRequest) -> Asking:
        if not await self._request.change(used, lambda kept: kept.for_organization(organization.uuid)):
            raise NotConfigured("Another session was kept meanwhile.")
        request = used.for_organization(organization.uuid)
        return Asking(account=await self._watch(request, organization.name), request=request)

    async def _watch(self, request: ConsoleRequest, name: str) -> Account:
        return await self._accounts.watch(self._provider.id, request.host, request.organization or "", name)


async def _offered(road: Road) -> tuple[Organization, ...]:
    return with_credit(await road.source.organizations(road.request, road.keep))


def with_credit(organizations: Iterable[Organization]) -> tuple[Organization, ...]:
    """The organizations that can hold API credit."""
    return tuple(found for found in organizations if found.api)


def _only_one(offered: Sequence[Organization], request: ConsoleRequest) -> Organization:
    """The one there is, or the one that the browser used last. Raises: WrongOrganization."""
    if not offered:
        raise WrongOrganization("This account has no organization with API credit.")
    hinted = [found for found in offered if found.uuid == request.organization_hint]
    if len(offered) > 1 and not hinted:
        names = ", ".join(found.name for found in offered[:5])
        raise WrongOrganization(f"This account has several organizations with API credit: {names}.")
    return (hinted or offered)[0]
