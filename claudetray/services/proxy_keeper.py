"""Keeps the proxy running as the setting says: adopts one that runs, else starts one, and again when it ends.

Never serves itself: the proxy is a process of its own, so that neither can harm the other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from claudetray.core.analytics import Sums
from claudetray.core.announcement import Announcement
from claudetray.core.errors import ServeFailed, StoreError
from claudetray.core.serving import ProxyState, ProxyStatus, Serving
from claudetray.core.settings import PORT, PROXY, PROXY_KEY, UPSTREAM, Preferences
from claudetray.core.usage import UsageRecord
from claudetray.services.preferences import PreferencesService
from claudetray.services.tasks import Tasks

if TYPE_CHECKING:  # loaded by who asks for figures, once a proxy runs
    from claudetray.store.usage import UsageKept

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=60)
STEADY = timedelta(minutes=5)  # after as long it ran well, and the pauses begin anew
BEAT_S = 30.0  # between two looks at the numbers, and at one that somebody else started
PARTING_S = 35.0  # it finishes its streams for 30 s
LEAVE_S = 2.0  # how long quitting waits; it finishes by itself
WATCHED = frozenset({PROXY.key, PORT.key, UPSTREAM.key, PROXY_KEY.key})
OLD_SETTINGS = "Another process started the proxy: end it there, and it is started here with the new settings."
BUG = "Something went wrong here; the log says what."
log = logging.getLogger(__name__)


async def figures(usage: "UsageKept", clock: Callable[[], datetime]) -> tuple[Sums, UsageRecord | None]:
    """The sums since local midnight, and the last call. Raises: StoreError."""
    midnight = datetime.combine(clock().astimezone().date(), time.min).astimezone()
    last = await usage.latest(1)
    return await usage.today(midnight.astimezone(UTC)), last[0] if last else None


class Process(Protocol):
    """A proxy that we started."""

    async def ready(self) -> Serving:
        """Raises: ServeFailed."""

    async def ended(self) -> str:
        """Wait for its end: why it ended, in a sentence."""

    def ask_to_end(self) -> None: ...

    def kill(self) -> None: ...


class Server(Protocol):
    """The way to start one, and to find one that runs."""

    def running(self) -> Serving | None: ...

    def launch(self, port: int) -> Process:
        """Raises: ServeFailed."""

    def ask_to_end(self, serving: Serving) -> None: ...


class ProxyKeeper:
    """Events: `changed`, with all that is known of the proxy now.

    `figures` gives the sums since local midnight and the last call.
    """

    def __init__(
        self,
        preferences: PreferencesService,
        server: Server,
        figures: Callable[[], Awaitable[tuple[Sums, UsageRecord | None]]],
        tasks: Tasks,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._preferences, self._server, self._figures, self._tasks = preferences, server, figures, tasks
        self._clock, self._sleep = clock, sleep
        self._wanted: tuple[int, str] | None = None  # port and upstream; None: off
        self._keeping: asyncio.Task[None] | None = None
        self._own: Process | None = None
        self._parting: list[Process] = []  # asked to end, and finishing their streams
        self._dismissed: Serving | None = None  # somebody else's, asked to end
        self._said = ""
        self._stopped = False
        self.status = ProxyStatus(state=ProxyState.OFF)
        self.changed: Announcement[ProxyStatus] = Announcement()
        preferences.changed.listen(self._on_preferences_changed)

    async def start(self) -> None:
        """Begin as the setting says. Raises: StoreError."""
        self.follow(await self._preferences.now())
        await self.refresh()
        self.changed(self.status)

    async def stop(self) -> None:
        """Ours is asked to end and finishes by itself; one that somebody else started is left alone."""
        self._stopped = True
        keeping = self._halt()
        if keeping is not None:
            await asyncio.wait([keeping])
        if self._parting:
            await self._in_time(asyncio.gather(*(process.ended() for process in self._parting)), LEAVE_S)

    async def switch(self, on: bool) -> None:
        """Keep the setting; the rest follows from it. Raises: StoreError."""
        await self._preferences.keep(PROXY.key, PROXY.text(on))

    async def refresh(self) -> None:
        """Look at the numbers again; what cannot be read now stays as it was."""
        try:
            today, last = await self._figures()
        except StoreError as error:
            log.debug("the numbers of the proxy cannot be read: %s", error.message)
        else:
            self._announce(replace(self.status, today=today, last=last))

    def follow(self, preferences: Preferences, anew: bool = False) -> None:
        """Do as the settings say now. `anew`: start ours again even where none of these changed."""
        wanted = (preferences.port, preferences.upstream) if preferences.proxy else None
        if self._stopped or (wanted == self._wanted and not (anew and wanted)):
            return
        before, self._wanted = self._wanted, wanted
        if wanted is None:
            self._dismiss()
            self._halt()
            self._show(ProxyState.OFF)
        elif before is not None and self.status.adopted:
            self._announce(replace(self.status, trouble=OLD_SETTINGS))
        else:
            halted = self._halt()
            self._show(ProxyState.STARTING)
            self._keeping = asyncio.get_running_loop().create_task(self._keep(halted))

    def _on_preferences_changed(self, keys: frozenset[str]) -> None:
        if keys & WATCHED:
            self._tasks.start(self._follow(anew=PROXY_KEY.key in keys))

    async def _follow(self, anew: bool) -> None:
        self.follow(await self._preferences.now(), anew)

    def _halt(self) -> "asyncio.Task[None] | None":
        """Keep it no more: ours is asked to end. The task that has yet to wind up, if any."""
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()
        self._part()
        return keeping

    def _part(self) -> None:
        if self._own is not None:
            self._own.ask_to_end()
            self._parting.append(self._own)
            self._own = None

    def _dismiss(self) -> None:
        """Switched off is off, whoever started it: the person said so."""
        if self.status.adopted and self.status.serving is not None:
            self._dismissed = self.status.serving
            self._server.ask_to_end(self._dismissed)

    async def _keep(self, before: "asyncio.Task[None] | None") -> None:
        """For ever, until cancelled."""
        if before is not None:
            await asyncio.wait([before])
        pause = FIRST_PAUSE
        while True:
            await self._parted()
            began = self._clock()
            trouble = await self._ran()
            if not trouble:
                continue
            if self._clock() - began >= STEADY:
                pause = FIRST_PAUSE
            if trouble != self._said:
                self._said = trouble
                log.warning("the proxy is down: %s", trouble)
            self._show(ProxyState.WAITING, trouble=trouble, again_at=self._clock() + pause)
            await self._sleep(pause.total_seconds())
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _ran(self) -> str:
        """One proxy from its beginning, or ours, to its end: why it ended; empty where somebody else's did."""
        try:
            running = self._server.running()
            if running is not None and running != self._dismissed:
                await self._adopted(running)
                return ""
            return await self._started()
        except ServeFailed as error:
            self._own = None
            return error.message
        except Exception:  # whatever it was, it is tried again
            log.exception("the proxy could not be kept")
            self._part()
            return BUG

    async def _started(self) -> str:
        self._show(ProxyState.STARTING, trouble=self._said)
        assert self._wanted is not None
        own = self._own = self._server.launch(self._wanted[0])
        self._runs(await own.ready())
        while not await self._in_time(own.ended(), BEAT_S):
            await self.refresh()
        self._own = None
        return await own.ended()

    async def _adopted(self, serving: Serving) -> None:
        self._runs(serving, adopted=True)
        while self._server.running() == serving:
            await self.refresh()
            await self._sleep(BEAT_S)

    async def _parted(self) -> None:
        """Wait for those before: they hold the port until their last stream is through."""
        while self._parting:
            process = self._parting[-1]
            if not await self._in_time(process.ended(), PARTING_S):
                process.kill()
            self._parting.remove(process)

    async def _in_time(self, work: Awaitable[Any], seconds: float) -> bool:
        """Did it come to pass in that time?"""
        working = asyncio.ensure_future(work)
        pausing = asyncio.ensure_future(self._sleep(seconds))
        try:
            done, _ = await asyncio.wait((working, pausing), return_when=asyncio.FIRST_COMPLETED)
            return working in done
        finally:
            working.cancel()
            pausing.cancel()
            await asyncio.gather(working, pausing, return_exceptions=True)

    def _runs(self, serving: Serving, adopted: bool = False) -> None:
        log.info("the proxy runs at %s%s", serving.url, ", started by somebody else" if adopted else "")
        self._said = ""
        self._show(ProxyState.RUNNING, serving=serving, adopted=adopted)

    def _show(
        self,
        state: ProxyState,
        *,
        serving: Serving | None = None,
        adopted: bool = False,
        trouble: str = "",
        again_at: datetime | None = None,
    ) -> None:
        self._announce(
            replace(self.status, state=state, serving=serving, adopted=adopted, trouble=trouble, again_at=again_at)
        )

    def _announce(self, status: ProxyStatus) -> None:
        if status != self.status:
            self.status = status
            self.changed(status)
