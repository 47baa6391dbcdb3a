"""Monitoring on standby: taken up while nobody else monitors this home, and left to a tray that comes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

LEAVE_S = 120.0  # for the tray that asked to take it up
log = logging.getLogger(__name__)


class Lock(Protocol):
    def acquire(self, patience_s: float = ...) -> bool: ...

    def release(self) -> None: ...


class Watch(Protocol):
    """A monitor."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Standby:
    """Holds the lock of the monitor exactly as long as its monitor runs.

    `wanted`: is there anything to monitor? `build` makes a monitor, which is costly. `monotonic` is in seconds.
    """

    def __init__(
        self,
        lock: Lock,
        wanted: Callable[[], Awaitable[bool]],
        build: Callable[[], Awaitable[Watch]],
        monotonic: Callable[[], float],
    ) -> None:
        self._lock, self._wanted, self._build, self._monotonic = lock, wanted, build, monotonic
        self._monitor: Watch | None = None
        self._turn = asyncio.Lock()  # taking it up and letting it go each happen as a whole
        self._leave_until: float | None = None
        self._closed = False

    @property
    def monitors(self) -> bool:
        return self._monitor is not None

    async def take_up(self) -> None:
        """Monitor, if there is something to monitor and nobody does. Raises: ClaudetrayError; then nobody does yet."""
        async with self._turn:
            if self._monitor is not None or self._held_back() or not await self._wanted():
                return
            if not self._lock.acquire(patience_s=0):
                return
            monitor = None
            try:
                monitor = await self._build()
                if self._held_back():  # building takes a while: a tray may have asked meanwhile
                    self._lock.release()
                    return
                await monitor.start()
            except BaseException:
                if monitor is not None:
                    await monitor.stop()
                self._lock.release()
                raise
            self._monitor = monitor
            log.info("monitoring")

    async def release(self) -> bool:
        """Leave it to who asks, for a while; True when it was ours."""
        self._leave_until = self._monotonic() + LEAVE_S
        return await self._let_go()

    async def close(self) -> None:
        """For good."""
        self._closed = True
        await self._let_go()

    async def _let_go(self) -> bool:
        async with self._turn:
            monitor, self._monitor = self._monitor, None
            if monitor is None:
                return False
            await monitor.stop()
            self._lock.release()
            log.info("monitoring is left to another process")
            return True

    def _held_back(self) -> bool:
        return self._closed or (self._leave_until is not None and self._monotonic() < self._leave_until)
