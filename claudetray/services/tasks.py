"""Work started from slots and callbacks, each with an owner."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from claudetray.core.errors import ClaudetrayError

log = logging.getLogger(__name__)


class Tasks:
    """Holds every task it started until it ends, and logs a failure that nobody awaits."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Cancel what still runs, and wait until it has ended."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, ClaudetrayError):
            log.warning("%s: %s", error.title, error.message)
        else:
            log.error("a task failed", exc_info=error)
