"""The request in the vault: read, replaced, and renewed only over the session that was used (compare and swap)."""

import asyncio
import logging
from collections.abc import Callable

from claudetray.core.cookie import Cookie
from claudetray.core.errors import NotConfigured, SecretsClosed, VaultError
from claudetray.core.request import ConsoleRequest
from claudetray.core.vault import Vault

SECRET = "console.request"
TRIES = 5
log = logging.getLogger(__name__)


class RequestKept:
    """One request, which is the session: whoever signs in or pastes a snippet replaces it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def kept(self) -> bool:
        """Is there one? Answers without the vault's key. Raises: StoreError."""
        return await self._vault.kept(SECRET)

    async def now(self) -> ConsoleRequest:
        """Raises: SecretsClosed when the vault does not open; NotConfigured when there is none that can be read."""
        return (await self._read())[0]

    async def keep(self, request: ConsoleRequest) -> None:
        """Raises: VaultError, StoreError."""
        await self._vault.keep(SECRET, request.to_json())

    async def forget(self) -> None:
        """Raises: VaultError, StoreError."""
        await self._vault.forget(SECRET)

    async def change(self, used: ConsoleRequest, rule: Callable[[ConsoleRequest], ConsoleRequest]) -> bool:
        """Change what is kept, if it is still the session that was `used`; another process may change it beside us.

        False when another session is kept by now, or none. Raises: VaultError, StoreError.
        """
        for _ in range(TRIES):
            try:
                kept, text = await self._read()
            except NotConfigured:
                return False
            if kept.session_keys != used.session_keys:
                return False
            changed = rule(kept).to_json()
            if changed == text or await self._vault.swap(SECRET, text, changed):
                return True
        return False

    async def _read(self) -> tuple[ConsoleRequest, str]:
        try:
            text = await self._vault.secret(SECRET)
        except VaultError as error:
            raise SecretsClosed(str(error)) from error
        if text is None:
            raise NotConfigured("There is no session to look with yet.")
        try:
            return ConsoleRequest.from_json(text), text
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise NotConfigured("The request that was kept cannot be read.") from error


class Renewals:
    """Keeps what one look renews. `used` is the session as it is from one renewal to the next."""

    def __init__(self, kept: RequestKept, used: ConsoleRequest) -> None:
        self._kept, self.used = kept, used
        self._changing = asyncio.Lock()  # cookies are heard beside the look that adopts them
        self.session_cookie: Cookie | None = None  # the newest one, if the session itself was renewed

    async def keep(self, cookies: tuple[Cookie, ...]) -> None:
        """Keep these over the ones that were used. Raises: VaultError, StoreError."""
        if await self._change(lambda request: request.with_cookies(cookies)):
            self.session_cookie = next((c for c in cookies if c.name.startswith("sessionKey")), self.session_cookie)

    async def adopt(self, renewed: Callable[[ConsoleRequest], ConsoleRequest]) -> None:
        """Keep what a browser makes of the request: its cookies and its name. Raises: VaultError, StoreError."""
        await self._change(renewed)

    async def _change(self, rule: Callable[[ConsoleRequest], ConsoleRequest]) -> bool:
        async with self._changing:
            changed = await self._kept.change(self.used, rule)
            if changed:
                self.used = rule(self.used)
        if not changed:
            log.info("renewed cookies were dropped: the session they belong to is not kept any more")
        return changed
