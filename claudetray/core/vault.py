"""What whoever needs secrets is handed."""

from typing import Protocol


class Vault(Protocol):
    """Secrets by name. `lasting`: do they outlive this process? If not, `why` says so to a person."""

    @property
    def lasting(self) -> bool: ...

    @property
    def why(self) -> str: ...

    async def ready(self) -> None:
        """Find the key, if there is one to be had; from then on `lasting` and `why` are certain."""

    async def kept(self, name: str) -> bool:
        """Is there a secret of that name? Answers without a key."""

    async def secret(self, name: str) -> str | None:
        """The secret, or None where none is kept. Raises: VaultError when it is there but cannot be read."""

    async def keep(self, name: str, secret: str) -> None:
        """Keep a secret, in place of any kept before. Raises: VaultError."""

    async def swap(self, name: str, used: str, renewed: str) -> bool:
        """Keep `renewed` only if `used` is still the one kept. True when it was."""

    async def forget(self, name: str) -> None:
        """Keep it no longer."""
