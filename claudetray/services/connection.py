"""The connection: the request that is kept in the vault, and the account it asks for."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from claudetray.core.account import Account, Organization
from claudetray.core.announcement import Announcement
from claudetray.core.errors import NotConfigured, SecretsClosed, SourceError, VaultError, WrongOrganization
from claudetray.core.look import Plan
from claudetray.core.provider import Provider
from claudetray.core.reading import Reading
from claudetray.core.request import ConsoleRequest, Snippet
from claudetray.core.source import Source
from claudetray.core.vault import Vault
from claudetray.store.accounts import AccountsKept
from claudetray.store.looks import LooksKept

SECRET = "console.request"
NAMING_S = 2.0
NEW_SNIPPET = "a new snippet"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a look asks with. `kept` is the vault's text, for compare and swap."""

    account: Account
    request: ConsoleRequest
    kept: str


class Connection:
    """Keeps one request and the account it belongs to. Events: `changed` when it is another one."""

    def __init__(
        self,
        vault: Vault,
        accounts: AccountsKept,
        looks: LooksKept,
        source: Source,
        provider: Provider,
        clock: Callable[[], datetime],
        console_url: str,
    ) -> None:
        self._vault, self._accounts, self._looks = vault, accounts, looks
        self._source, self._provider = source, provider
        self._clock, self._console_url = clock, console_url
        self.changed: Announcement[Account] = Announcement()

    def understood(self, text: str) -> Snippet:
        """Pasted text as a request. Raises: SnippetRefused."""
        from claudetray.snippets.reader import parse  # seldom needed

        return parse(text, self._console_url)

    async def kept(self) -> bool:
        """Is there a request to look with?"""
        return await self._vault.kept(SECRET)

    async def tried(self, text: str) -> Reading:
        """One look with a pasted text (empty: with the kept request), keeping nothing.

        Raises: SnippetRefused; NotConfigured; SourceError.
        """
        request = self.understood(text).request if text else (await self.asking()).request
        if request.organization is None:
            request = request.for_organization((await self._picked(request)).uuid)
        return (await self._source.read(request, self._clock())).reading

    async def keep(self, snippet: Snippet, organization: Organization | None = None) -> Account:
        """Keep what was pasted, in place of what was kept before, for another organization if one was chosen.

        Raises: VaultError, StoreError.
        """
        request = snippet.request.for_organization(organization.uuid) if organization else snippet.request
        await self._vault.keep(SECRET, request.to_json())
        account = await self._watch(request, organization.name if organization else "")
        plan = await self._looks.plan()
        if plan is None or not plan.paused:
            # For the monitor, in whichever process: the waits after failures with the old request are over.
            await self._looks.keep_plan(Plan(next_look_at=self._clock(), reason=NEW_SNIPPET))
        log.info("a new request is kept")
        self.changed(account)
        return account

    async def watched(self) -> Account | None:
        """The account that is watched now, if any."""
        return await self._accounts.watched()

    async def asking(self) -> Asking:
        """The request to look with. Raises: NotConfigured when there is none, or none that can be read."""
        try:
            kept = await self._vault.secret(SECRET)
        except VaultError as error:
            raise SecretsClosed(str(error)) from error
        if kept is None:
            raise NotConfigured("There is no request to look with yet.")
        try:
            request = ConsoleRequest.from_json(kept)
        except (ValueError, KeyError, TypeError) as error:
            raise NotConfigured("The request that was kept cannot be read.") from error
        # From the request itself, so that no balance is ever filed under another organization.
        return Asking(account=await self._watch(request, ""), request=request, kept=kept)

    async def resolved(self, asking: Asking) -> Asking:
        """With the organization looked up, where only cookies were pasted.

        One organization with API credit is taken; among several, the one the browser used last, else the person
        chooses. Raises: SourceError.
        """
        if asking.request.organization is not None:
            return asking
        return await self._chosen(asking, await self._picked(asking.request))

    async def organizations(self, text: str) -> tuple[Organization, ...]:
        """The organizations with API credit that a pasted text (empty: the kept request) can see.

        Raises: SnippetRefused; NotConfigured; SourceError.
        """
        request = self.understood(text).request if text else (await self.asking()).request
        return tuple(found for found in await self._source.organizations(request) if found.api)

    async def choose(self, organization: Organization) -> Account:
        """Watch another organization of the same session. Raises: NotConfigured, VaultError."""
        chosen = await self._chosen(await self.asking(), organization)
        self.changed(chosen.account)
        return chosen.account

    async def explained(self, asking: Asking, error: SourceError) -> SourceError:
        """A wrong organization with the names of those that this session can see, to choose from; never fails.

        It is never switched by itself: another organization is other people's money.
        """
        if not isinstance(error, WrongOrganization) or asking.request.organization is None:
            return error
        try:
            offered = [found for found in await self._source.organizations(asking.request) if found.api]
        except SourceError:
            return error
        names = ", ".join(found.name for found in offered if found.uuid != asking.request.organization)
        return WrongOrganization(f"{error} This session sees: {names}.") if names else error

    async def name(self, asking: Asking) -> Asking:
        """With the organization's name, where it was not known yet; never fails, and takes 2 s at most."""
        if asking.account.name:
            return asking
        try:
            async with asyncio.timeout(NAMING_S):
                offered = await self._source.organizations(asking.request)
        except (SourceError, TimeoutError):
            return asking
        name = next((found.name for found in offered if found.uuid == asking.request.organization), "")
        account = await self._accounts.named(asking.account, name) if name else asking.account
        return Asking(account=account, request=asking.request, kept=asking.kept)

    async def renew(self, asking: Asking, renewed: dict[str, str]) -> None:
        """Keep renewed cookies, unless another request was pasted meanwhile."""
        if renewed:
            text = asking.request.with_cookies(renewed).to_json()
            if text != asking.kept and not await self._vault.swap(SECRET, asking.kept, text):
                log.info("renewed cookies were dropped: another request is kept by now")

    async def _picked(self, request: ConsoleRequest) -> Organization:
        offered = [found for found in await self._source.organizations(request) if found.api]
        if not offered:
            raise WrongOrganization("This account has no organization with API credit.")
        hinted = [found for found in offered if found.uuid == request.organization_hint]
        if len(offered) > 1 and not hinted:
            names = ", ".join(found.name for found in offered[:5])
            raise WrongOrganization(f"This account has several organizations with API credit: {names}.")
        return (hinted or offered)[0]

    async def _chosen(self, asking: Asking, organization: Organization) -> Asking:
        request = asking.request.for_organization(organization.uuid)
        text = request.to_json()
        if not await self._vault.swap(SECRET, asking.kept, text):
            raise NotConfigured("Another request was kept meanwhile.")
        return Asking(account=await self._watch(request, organization.name), request=request, kept=text)

    async def _watch(self, request: ConsoleRequest, name: str) -> Account:
        return await self._accounts.watch(self._provider.id, request.host, request.organization or "", name)
