"""The outbox: alerts waiting in the store. Each reaches each of its channels; after that, never again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from filelock import AsyncFileLock, Timeout

from claudetray.core.alert import MOST_TOGETHER, Alert, AlertKind, Channel, Delivery, pause_after, together
from claudetray.core.errors import ChannelError, ClaudetrayError, SettingRefused
from claudetray.core.health import Health
from claudetray.store.alerts import AlertsKept

PATIENCE_S = 40.0  # a channel may take 15 s in the process before us
log = logging.getLogger(__name__)


class Outbox:
    """Delivers what is due, one process at a time."""

    def __init__(
        self,
        alerts: AlertsKept,
        channels: Mapping[str, Channel],
        added: Callable[[str, bool], Awaitable[Channel | None]],
        clock: Callable[[], datetime],
        home: Path,
    ) -> None:
        """`added` finds a channel that the person added; one that is switched off only where the second says so."""
        self._alerts, self._channels, self._added, self._clock = alerts, dict(channels), added, clock
        # A file lock and not a row: the operating system frees it when its holder is killed in the middle.
        self._lock = AsyncFileLock(home / "outbox.lock", timeout=PATIENCE_S, mode=0o600, poll_interval=0.1)
        self._pass = asyncio.Lock()  # the file lock keeps out other processes, not this one
        self._failing: set[str] = set()
        self._got_through: set[int] = set()  # a full disk may keep us from noting it: never send such a one again

    async def deliver_due(self, leave: Collection[str] = ()) -> datetime | None:
        """Try everything that is due; when the next delivery is, or None when nothing waits. Raises: StoreError.

        Channels to `leave` are another process's: a monitor's notifications have buttons, a command's have none.
        """
        if await self._alerts.due(self._clock()):
            try:
                async with self._pass, self._lock:
                    due = await self._alerts.due(self._clock())  # another process may just have done some
                    names = sorted({delivery.channel for delivery in due} - set(leave))
                    await asyncio.gather(
                        *(self._through(name, [d for d in due if d.channel == name]) for name in names)
                    )
            except Timeout:
                log.info("another process is delivering alerts")
        return await self._alerts.next_due_at()

    async def hurry(self, channel: str) -> None:
        """A channel was mended: what failed to get through to it is due now."""
        await self._alerts.hurry(channel, self._clock())

    async def test(self, channel: str | Channel) -> None:
        """Send one for real, past the outbox, by a channel of ours or another one.

        Raises: ChannelError, VaultError; SettingRefused when there is no such channel.
        """
        wanted = await self._channel(channel, even_off=True) if isinstance(channel, str) else channel
        if wanted is None:
            raise SettingRefused(f"There is no channel of the name “{channel}”.")
        alert = Alert(
            kind=AlertKind.TEST,
            health=Health.HEALTHY,
            title="A test from claudetray",
            body="Alerts will look like this, and arrive here.",
            facts=(),
            raised_at=self._clock(),
        )
        await wanted.send(alert)

    async def _through(self, name: str, due: list[Delivery]) -> None:
        """One channel's deliveries, those that are due at once in one message; a failure puts off all of them."""
        try:
            channel = await self._channel(name)
        except ClaudetrayError as error:  # its address cannot be read now
            for delivery in due:
                await self._settle(delivery, ChannelError(error.message))
            return
        waiting: list[Delivery] = []
        for delivery in due:
            if channel is None or self._clock() - delivery.first_due_at > channel.keep_for:
                await self._alerts.give_up(delivery, "too old" if channel else "no such channel")
            else:
                waiting.append(delivery)
        trouble: ChannelError | None = None
        for place in range(0, len(waiting), MOST_TOGETHER):
            some = waiting[place : place + MOST_TOGETHER]
            unsent = [delivery for delivery in some if delivery.id not in self._got_through]
            if channel is not None and trouble is None and unsent:
                trouble = await self._sent(channel, unsent)
            for delivery in some:
                await self._settle(delivery, trouble)
        self._say(name, trouble)

    async def _settle(self, delivery: Delivery, trouble: ChannelError | None) -> None:
        now = self._clock()
        if trouble is None or delivery.id in self._got_through:
            await self._alerts.done(delivery, now)
            return
        pause = trouble.retry_after or pause_after(delivery.tries + 1)
        await self._alerts.put_off(delivery, now + pause, trouble.message)

    async def _channel(self, name: str, even_off: bool = False) -> Channel | None:
        return self._channels.get(name) or await self._added(name, even_off)

    async def _sent(self, channel: Channel, some: Sequence[Delivery]) -> ChannelError | None:
        try:
            await channel.send(together([delivery.alert for delivery in some]))
        except ChannelError as error:
            return error
        except ClaudetrayError as error:  # the vault would not open, say
            return ChannelError(error.message)
        except Exception as error:  # a library's surprise in one channel must not hold up the others
            log.exception("%s failed", channel.name)
            return ChannelError(f"The channel failed ({type(error).__name__}).")
        self._got_through.update(delivery.id for delivery in some)
        return None

    def _say(self, name: str, trouble: ChannelError | None) -> None:
        if trouble is None and name in self._failing:
            self._failing.discard(name)
            log.info("alerts get through to %s again", name)
        elif trouble is not None and name not in self._failing:
            self._failing.add(name)
            log.warning("alerts do not get through to %s: %s", name, trouble.message)
