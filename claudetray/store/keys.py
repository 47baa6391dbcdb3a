"""The one data key: from `CLAUDETRAY_VAULT_KEY`, or from the system keyring; made on first use.

Keyring calls run in a daemon thread with a deadline, since a locked keyring can hang for minutes.
"""

import asyncio
import base64
import binascii
import logging
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from claudetray.core.errors import VaultError
from claudetray.store.handover import hand_over

T = TypeVar("T")
log = logging.getLogger(__name__)
KEY_BYTES = 32
SERVICE, USER = "claudetray", "data-key"
DEADLINE = timedelta(seconds=10)
# Backends that keep secrets encrypted by the operating system, best first; plain-text and null ones are no choice.
# Named and not looked for: looking loads every backend there is.
TRUSTED = {
    "win32": (("keyring.backends.Windows", "WinVaultKeyring"),),
    "darwin": (("keyring.backends.macOS", "Keyring"),),
}
ELSEWHERE = (("keyring.backends.SecretService", "Keyring"), ("keyring.backends.kwallet", "DBusKeyring"))


def decoded(text: str) -> bytes:
    """The key in `CLAUDETRAY_VAULT_KEY`. Raises: VaultError when it is not base64 of 32 bytes."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultError("CLAUDETRAY_VAULT_KEY must be 32 bytes in base64, for example from: openssl rand -base64 32")
    return key


def made() -> str:
    """A new key, as `CLAUDETRAY_VAULT_KEY` takes it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


async def from_keyring(home: Path) -> bytes:
    """The key in the system keyring, made there if need be. Raises: VaultError, saying why it cannot be had."""
    from filelock import AsyncFileLock, Timeout  # not needed where the environment has the key

    try:
        async with AsyncFileLock(
            home / "key.lock", timeout=DEADLINE.total_seconds(), mode=0o600
        ):  # one maker at a time
            kept = await within(DEADLINE, _read)
            if kept is not None:
                return decoded(kept)
            return await within(DEADLINE, _make)
    except (TimeoutError, Timeout) as error:
        raise VaultError("The system keyring does not answer; it may be locked.") from error


def _read() -> str | None:
    with _plainly():
        kept: str | None = _backend().get_password(SERVICE, USER)
        return kept


def _make() -> bytes:
    text = made()
    with _plainly():
        backend = _backend()
        backend.set_password(SERVICE, USER, text)
        if backend.get_password(SERVICE, USER) != text:
            raise VaultError("The system keyring did not keep the key.")
    return decoded(text)


@contextmanager
def _plainly() -> Iterator[None]:
    """Whatever a backend raises (each has its own) becomes a VaultError."""
    try:
        yield
    except VaultError:
        raise
    except Exception as error:
        raise VaultError(f"The system keyring cannot be used ({type(error).__name__}).") from error


def backends() -> tuple[tuple[str, str], ...]:
    """This system's: of each the module, and the name in it."""
    return TRUSTED.get(sys.platform, ELSEWHERE)


def _backend() -> Any:
    for module, name in backends():
        try:
            kind = getattr(import_module(module), name)
            _ = kind.priority  # raises where the service is missing
        except Exception as error:  # each backend has its own ways to be unusable
            log.debug("%s cannot be used: %s", module, type(error).__name__)
        else:
            return kind()
    raise VaultError("There is no system keyring here.")


async def within(deadline: timedelta, call: Callable[[], T]) -> T:
    """What a blocking `call` returns. Raises: TimeoutError when it is not back in time; else as `call`.

    Not `to_thread`: its pool is joined at exit, so a locked keyring would hold up quitting.
    """
    done: Future[T] = Future()

    threading.Thread(target=hand_over, args=(call, done), name="keyring", daemon=True).start()
    return await asyncio.wait_for(asyncio.wrap_future(done), deadline.total_seconds())
