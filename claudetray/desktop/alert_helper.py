"""The starter of the helper that delivers through Apprise: one process for one message."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from claudetray.core.channel import SEND
from claudetray.desktop.unseen import unseen

WITHIN_S = 40.0  # longer than the helper itself waits


class AlertHelper:
    """Starts `command`, this same program, in `environ`."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._command, self._environ = tuple(command), dict(environ)

    async def send(self, order: bytes) -> bytes:
        """The helper's answer to an order. Raises: TimeoutError; OSError when it cannot be started."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            SEND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environ,
            **unseen(),
        )
        try:
            async with asyncio.timeout(WITHIN_S):
                answer, _ = await process.communicate(order)
            return answer
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
