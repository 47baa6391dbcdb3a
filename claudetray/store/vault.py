"""The vault: secrets in the data file, each in an AES-GCM box that only its own name opens.

Never writes a secret in clear: without a key it keeps them in memory until quit, and says so.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable

from claudetray.core.errors import VaultError
from claudetray.store.database import Database
from claudetray.store.schema import SecretRow

NONCE_BYTES = 12
TRY_AGAIN_S = 60.0


class SealedVault:
    """Secrets that outlive this process, under a data key of 32 bytes."""

    lasting = True
    why = ""

    def __init__(self, database: Database, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # 25 ms and 7 MiB: only with the first secret

        self._database = database
        self._cipher = AESGCM(key)

    async def ready(self) -> None:
        """It is."""

    async def kept(self, name: str) -> bool:
        return await self._database.read(lambda: sealed(name))

    async def secret(self, name: str) -> str | None:
        row = await self._database.read(lambda: SecretRow.get_or_none(SecretRow.name == name))
        return None if row is None else self._opened(name, row)

    async def keep(self, name: str, secret: str) -> None:
        sealed = self._sealed(name, secret)
        await self._database.run(lambda: SecretRow.replace(**sealed).execute())

    async def swap(self, name: str, used: str, renewed: str) -> bool:
        sealed = self._sealed(name, renewed)

        def work() -> bool:
            row = SecretRow.get_or_none(SecretRow.name == name)
            if row is None or self._opened(name, row) != used:
                return False
            SecretRow.replace(**sealed).execute()
            return True

        return await self._database.run(work)

    async def forget(self, name: str) -> None:
        await self._database.run(lambda: SecretRow.delete().where(SecretRow.name == name).execute())

    def _sealed(self, name: str, secret: str) -> dict[str, object]:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return {"name": name, "nonce": nonce, "box": self._cipher.encrypt(nonce, secret.encode(), name.encode())}

    def _opened(self, name: str, row: SecretRow) -> str:
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(bytes(row.nonce), bytes(row.box), name.encode()).decode()
        except InvalidTag as error:
            raise VaultError(
                "What was kept cannot be opened: the key in the keyring (or CLAUDETRAY_VAULT_KEY) is another one. "
                "Put the old key back, or enter the secret again."
            ) from error


class MemoryVault:
    """No key to be had: keeps secrets until quit, writes nothing."""

    lasting = False

    def __init__(self, database: Database, why: str) -> None:
        self._database = database
        self.why = why
        self._kept: dict[str, str] = {}

    async def ready(self) -> None:
        """It is, as it is."""

    def in_memory(self) -> tuple[tuple[str, str], ...]:
        """What it holds, for a vault that lasts."""
        return tuple(self._kept.items())

    async def kept(self, name: str) -> bool:
        return name in self._kept or await self._database.read(lambda: sealed(name))

    async def secret(self, name: str) -> str | None:
        if name not in self._kept and await self._database.read(lambda: sealed(name)):
            raise VaultError(f"{self.why} What was kept before cannot be opened until it does.")
        return self._kept.get(name)

    async def keep(self, name: str, secret: str) -> None:
        self._kept[name] = secret

    async def swap(self, name: str, used: str, renewed: str) -> bool:
        if self._kept.get(name) != used:
            return False
        self._kept[name] = renewed
        return True

    async def forget(self, name: str) -> None:
        self._kept.pop(name, None)
        await self._database.run(lambda: SecretRow.delete().where(SecretRow.name == name).execute())


class OpeningVault:
    """Opens on first use, for the keyring takes its time; without a key it tries again a minute later."""

    def __init__(self, database: Database, key: Callable[[], Awaitable[bytes]]) -> None:
        self._database, self._key = database, key
        self._vault: SealedVault | MemoryVault | None = None
        self._opening = asyncio.Lock()
        self._tried = 0.0

    @property
    def lasting(self) -> bool:
        return self._vault is None or self._vault.lasting

    @property
    def why(self) -> str:
        return "" if self._vault is None else self._vault.why

    async def open(self) -> SealedVault | MemoryVault:
        """The vault behind this door."""
        async with self._opening:
            if self._vault is None or (not self._vault.lasting and time.monotonic() - self._tried > TRY_AGAIN_S):
                self._tried = time.monotonic()
                try:
                    sealed_vault = SealedVault(self._database, await self._key())
                    for name, secret in self._vault.in_memory() if isinstance(self._vault, MemoryVault) else ():
                        await sealed_vault.keep(name, secret)
                    self._vault = sealed_vault
                except VaultError as error:
                    self._vault = self._vault or MemoryVault(self._database, str(error))
            return self._vault

    async def ready(self) -> None:
        await self.open()

    async def kept(self, name: str) -> bool:
        if self._vault is None:
            return await self._database.read(lambda: sealed(name))
        return await self._vault.kept(name)

    async def secret(self, name: str) -> str | None:
        return await (await self.open()).secret(name)

    async def keep(self, name: str, secret: str) -> None:
        await (await self.open()).keep(name, secret)

    async def swap(self, name: str, used: str, renewed: str) -> bool:
        return await (await self.open()).swap(name, used, renewed)

    async def forget(self, name: str) -> None:
        await (await self.open()).forget(name)


def sealed(name: str) -> bool:
    """Is there a box of that name? For use inside the store's thread."""
    return bool(SecretRow.select().where(SecretRow.name == name).exists())
