"""What every command is handed, and how it speaks: one JSON object or plain lines on standard output."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

import click

from claudetray.core.errors import ClaudetrayError, VaultError
from claudetray.core.startup import StartsWithSession
from claudetray.services.parts import Parts

T = TypeVar("T")
Telling = Callable[[T], Awaitable[None]]
FAILED, WRONG_USAGE = 1, 2


class SelfTested(Protocol):
    """What one part came to in the self-test."""

    @property
    def part(self) -> str: ...
    @property
    def good(self) -> bool: ...
    @property
    def word(self) -> str: ...
    @property
    def seconds(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """What the composition root hands to the commands."""

    parts: Callable[[], AbstractAsyncContextManager[Parts]]
    display: Callable[[], bool]  # can windows be shown?
    serve: Callable[[int | None], int]  # the proxy and the local API, until told to stop; the exit code
    autostart: StartsWithSession
    self_test: Callable[[Callable[[SelfTested], None]], bool]  # every part once, a line each; do they work?


def run(context: click.Context, work: Callable[[Parts], Awaitable[T]], schema: str | None = None) -> T:
    """What `work` returns, with every part open while it runs.

    With a `schema` a failure is said as JSON as well. Raises: ClaudetrayError without one.
    """
    launcher: Launcher = context.find_root().obj

    async def opened() -> T:
        async with launcher.parts() as parts:
            return await work(parts)

    try:
        return asyncio.run(opened())
    except ClaudetrayError as error:
        if schema is None:
            raise
        fail(error, schema)


def say(line: str = "") -> None:
    """A line for people, on standard output."""
    click.echo(line)


def say_json(schema: str, **values: Any) -> None:
    """The one object of a command, on standard output."""
    click.echo(json.dumps({"schema": f"claudetray.{schema}.v1", **values}))


def fail(error: ClaudetrayError, schema: str | None = None, **details: Any) -> NoReturn:
    """End with exit code 1: the sentence on standard error, and as JSON where that was asked for."""
    if schema is not None:
        shown = {"kind": error.kind, "title": error.title, "message": error.message, **details}
        say_json(schema, ok=False, error=shown)
    click.echo(f"{error.title}: {error.message}", err=True)
    sys.exit(FAILED)


def bytes_of(file: str) -> bytes:
    """A file, or standard input for `-`. Raises: click.UsageError when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise click.UsageError(f"The file cannot be read ({error.strerror}).") from error


def text_of(file: str) -> str:
    """The text of a file, or of standard input for `-`. Raises: click.UsageError when it cannot be read."""
    raw = bytes_of(file)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):  # what PowerShell writes with >
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8-sig", "replace")


async def ensure_lasting(parts: Parts) -> None:
    """A command ends at once, so a vault that forgets at quit is of no use to it. Raises: VaultError."""
    await parts.vault.ready()
    if not parts.vault.lasting:
        raise VaultError(
            f"{parts.vault.why} So nothing secret can be kept from the command line. "
            "Unlock the keyring, or set CLAUDETRAY_VAULT_KEY (32 bytes in base64)."
        )
