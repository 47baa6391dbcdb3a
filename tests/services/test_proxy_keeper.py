import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from claudetray.core.analytics import NO_SUMS, Sums
from claudetray.core.announcement import Announcement
from claudetray.core.errors import ServeFailed, StoreFailed
from claudetray.core.serving import ProxyState, ProxyStatus, Serving
from claudetray.core.settings import PORT, PROXY, PROXY_KEY, Preferences
from claudetray.core.usage import UsageRecord
from claudetray.services.proxy_keeper import BEAT_S, LEAVE_S, PARTING_S, ProxyKeeper, figures
from claudetray.services.tasks import Tasks
from claudetray.store.database import Database
from claudetray.store.usage import UsageKept
from tests.builders import NOW, a_record

HERE = Serving(url="http://127.0.0.1:8377", pid=1)
THERE = Serving(url="http://127.0.0.1:9000", pid=99)
SUMS = Sums(calls=12, cost_pico=420_000_000_000)


class Child:
    """A proxy that ends when the test says so."""

    def __init__(self, serving: Serving | None) -> None:
        self.serving = serving
        self.over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.told: list[str] = []

    async def ready(self) -> Serving:
        if self.serving is None:
            raise ServeFailed("Port 8377 is taken.")
        return self.serving

    async def ended(self) -> str:
        return await asyncio.shield(self.over)

    def ask_to_end(self) -> None:
        self.told.append("end")

    def kill(self) -> None:
        self.told.append("kill")


class Machine:
    """What runs, and what was started."""

    def __init__(self) -> None:
        self.found: Serving | None = None
        self.fails = False
        self.children: list[Child] = []
        self.ports: list[int] = []
        self.asked: list[Serving] = []

    def running(self) -> Serving | None:
        return self.found

    def launch(self, port: int) -> Child:
        self.ports.append(port)
        self.children.append(Child(None if self.fails else replace(HERE, pid=len(self.ports))))
        return self.children[-1]

    def ask_to_end(self, serving: Serving) -> None:
        self.asked.append(serving)


class Settings:
    """Preferences without a store."""

    def __init__(self, on: bool) -> None:
        self.kept = {PROXY.key: PROXY.text(on)}
        self.changed: Announcement[frozenset[str]] = Announcement()

    async def now(self) -> Preferences:
        return Preferences.of(self.kept)

    async def keep(self, key: str, text: str) -> None:
        self.kept[key] = text
        self.changed(frozenset({key}))


class Time:
    """Passes when the test says so; remembers what was waited for."""

    def __init__(self) -> None:
        self.now = NOW
        self.waiting: list[tuple[float, asyncio.Future[None]]] = []

    def __call__(self) -> object:
        return self.now

    async def sleep(self, seconds: float) -> None:
        wait = (seconds, asyncio.get_running_loop().create_future())
        self.waiting.append(wait)
        try:
            await wait[1]
        finally:
            self.waiting.remove(wait)

    @property
    def waits(self) -> list[float]:
        return [seconds for seconds, _ in self.waiting]

    async def passes(self) -> None:
        """As long as the shortest wait."""
        seconds, over = min(self.waiting, key=lambda wait: wait[0])
        self.now += timedelta(seconds=seconds)
        over.set_result(None)
        await settled()


async def settled() -> None:
    """Until nothing more happens by itself."""
    for _ in range(50):
        await asyncio.sleep(0)


class World:
    def __init__(self, on: bool = True) -> None:
        self.machine, self.settings, self.time, self.tasks = Machine(), Settings(on), Time(), Tasks()
        self.figures: tuple[Sums, UsageRecord | None] = (NO_SUMS, None)
        self.asked = 0
        self.seen: list[ProxyStatus] = []
        self.keeper = ProxyKeeper(
            self.settings,  # type: ignore[arg-type]
            self.machine,
            self._figures,
            self.tasks,
            self.time,  # type: ignore[arg-type]
            self.time.sleep,
        )
        self.keeper.changed.listen(self.seen.append)

    @property
    def states(self) -> list[ProxyState]:
        return [status.state for status in self.seen]

    @property
    def child(self) -> Child:
        return self.machine.children[-1]

    async def started(self) -> None:
        await self.keeper.start()
        await settled()

    async def _figures(self) -> tuple[Sums, UsageRecord | None]:
        self.asked += 1
        return self.figures


def live(work: Callable[[World], Awaitable[None]], on: bool = True) -> World:
    worlds: list[World] = []

    async def run() -> None:
        world = World(on)
        worlds.append(world)
        await work(world)
        for child in world.machine.children:
            if not child.over.done():
                child.over.set_result("It is over.")
        await world.keeper.stop()
        await world.tasks.close()

    asyncio.run(run())
    return worlds[0]


def test_switched_off_nothing_is_started_but_the_numbers_are_known() -> None:
    async def work(world: World) -> None:
        world.figures = (SUMS, a_record())
        await world.started()
        assert world.machine.ports == []
        assert world.time.waits == []
        assert (world.keeper.status.state, world.keeper.status.today) == (ProxyState.OFF, SUMS)

    live(work, on=False)


def test_switched_on_one_is_started_and_the_switch_is_kept() -> None:
    async def work(world: World) -> None:
        await world.started()
        await world.keeper.switch(True)
        await settled()
        assert world.settings.kept[PROXY.key] == "true"
        assert world.machine.ports == [8377]
        assert world.keeper.status.serving == HERE
        assert not world.keeper.status.adopted
        await world.keeper.switch(False)
        await settled()
        assert world.child.told == ["end"]
        assert world.keeper.status.state is ProxyState.OFF

    world = live(work, on=False)
    assert world.states == [ProxyState.OFF, ProxyState.STARTING, ProxyState.RUNNING, ProxyState.OFF]


def test_it_is_started_again_with_longer_and_longer_pauses_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    async def work(world: World) -> None:
        world.machine.fails = True
        await world.started()
        pauses = []
        for _ in range(8):
            assert world.keeper.status.state is ProxyState.WAITING
            assert world.keeper.status.trouble == "Port 8377 is taken."
            pauses += world.time.waits
            assert world.keeper.status.again_at == NOW + timedelta(seconds=sum(pauses))
            await world.time.passes()
        assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
        world.machine.fails = False
        await world.time.passes()
        assert world.keeper.status.state is ProxyState.RUNNING
        assert world.keeper.status.trouble == ""

    with caplog.at_level(logging.WARNING):
        live(work)
    assert [record.getMessage() for record in caplog.records] == ["the proxy is down: Port 8377 is taken."]


def test_after_five_good_minutes_the_pauses_begin_anew() -> None:
    async def work(world: World) -> None:
        world.machine.fails = True
        await world.started()
        await world.time.passes()
        await world.time.passes()
        world.machine.fails = False
        await world.time.passes()
        world.child.over.set_result("It fell.")
        await settled()
        assert world.time.waits == [8]
        await world.time.passes()
        for _ in range(10):
            assert world.time.waits == [BEAT_S]
            await world.time.passes()
        world.child.over.set_result("It fell again.")
        await settled()
        assert world.time.waits == [1]
        assert world.keeper.status.trouble == "It fell again."

    live(work)


def test_one_that_runs_is_adopted_watched_and_replaced_when_it_is_gone() -> None:
    async def work(world: World) -> None:
        world.machine.found = THERE
        await world.started()
        assert world.machine.ports == []
        assert (world.keeper.status.serving, world.keeper.status.adopted) == (THERE, True)
        assert world.time.waits == [BEAT_S]
        await world.time.passes()
        assert world.keeper.status.adopted
        world.machine.found = None
        await world.time.passes()
        assert world.keeper.status.serving == HERE
        assert not world.keeper.status.adopted

    live(work)


def test_quitting_leaves_an_adopted_one_alone_but_switching_off_does_not() -> None:
    async def quits(world: World) -> None:
        world.machine.found = THERE
        await world.started()
        await world.keeper.stop()
        assert world.machine.asked == []

    async def switches_off(world: World) -> None:
        world.machine.found = THERE
        await world.started()
        await world.keeper.switch(False)
        await settled()
        assert world.machine.asked == [THERE]
        assert world.keeper.status.state is ProxyState.OFF
        await world.keeper.switch(True)  # while it finishes its streams: not adopted once more
        await settled()
        assert world.machine.ports == [8377]

    live(quits)
    live(switches_off)


def test_quitting_asks_ours_to_end_and_does_not_wait_for_its_streams() -> None:
    async def work(world: World) -> None:
        await world.started()
        stopping = asyncio.get_running_loop().create_task(world.keeper.stop())
        await settled()
        assert world.child.told == ["end"]
        assert world.time.waits == [LEAVE_S]
        await world.time.passes()
        assert stopping.done()
        assert not world.child.over.done()
        await world.settings.keep(PORT.key, "9999")  # what is said while quitting comes too late
        world.child.over.set_result("It was asked to.")
        await settled()
        assert world.machine.ports == [8377]

    live(work)


@pytest.mark.parametrize(("key", "text", "port"), [(PORT.key, "9999", 9999), (PROXY_KEY.key, "sk-ant-x", 8377)])
def test_other_settings_begin_once_the_last_stream_is_through(key: str, text: str, port: int) -> None:
    async def work(world: World) -> None:
        await world.started()
        first = world.child
        await world.settings.keep(key, text)
        await settled()
        assert first.told == ["end"]
        assert world.keeper.status.state is ProxyState.STARTING
        assert world.machine.ports == [8377]
        first.over.set_result("It was asked to.")
        await settled()
        assert world.machine.ports == [8377, port]
        assert world.keeper.status.state is ProxyState.RUNNING

    live(work)


def test_one_that_does_not_end_is_ended() -> None:
    async def work(world: World) -> None:
        await world.started()
        first = world.child
        await world.settings.keep(PORT.key, "9999")
        await settled()
        assert world.time.waits == [PARTING_S]
        await world.time.passes()
        assert first.told == ["end", "kill"]
        assert world.machine.ports == [8377, 9999]

    live(work)


def test_settings_that_are_not_the_proxys_and_the_same_ones_again_change_nothing() -> None:
    async def work(world: World) -> None:
        await world.started()
        await world.settings.keep("native.enabled", "false")
        await world.settings.keep(PORT.key, "8377")
        world.keeper.follow(await world.settings.now())
        await settled()
        assert world.child.told == []
        assert len(world.machine.ports) == 1

    live(work)


def test_an_adopted_one_is_not_restarted_for_other_settings_and_says_so() -> None:
    async def work(world: World) -> None:
        world.machine.found = THERE
        await world.started()
        await world.settings.keep(PORT.key, "9999")
        await settled()
        assert world.machine.asked == []
        assert world.keeper.status.serving == THERE
        assert "new settings" in world.keeper.status.trouble

    live(work)


def test_the_numbers_are_looked_at_every_half_minute_and_when_asked_for() -> None:
    async def work(world: World) -> None:
        await world.started()
        assert world.asked == 1
        world.figures = (SUMS, a_record())
        await world.time.passes()
        assert (world.asked, world.keeper.status.today) == (2, SUMS)
        announced = len(world.seen)
        await world.keeper.refresh()
        assert len(world.seen) == announced  # nothing new is no news

        async def closed() -> tuple[Sums, UsageRecord | None]:
            raise StoreFailed("locked")

        world.keeper._figures = closed
        await world.keeper.refresh()
        assert world.keeper.status.today == SUMS

    live(work)


def test_the_figures_are_those_since_local_midnight(data: Database) -> None:
    async def work() -> None:
        usage = UsageKept(data)
        assert await figures(usage, lambda: NOW) == (NO_SUMS, None)
        await usage.add([a_record(at=NOW - timedelta(hours=9)), a_record(at=NOW - timedelta(hours=10))])
        today, last = await figures(usage, lambda: NOW)
        assert (today.calls, today.cost_pico) == (1, 12_300_000_000)
        assert last is not None
        assert last.started_at == NOW - timedelta(hours=9)

    asyncio.run(work())


def test_a_bug_is_logged_and_the_proxy_is_kept_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    async def work(world: World) -> None:
        def spoiled() -> Serving | None:
            raise RuntimeError("planted")

        running, world.machine.running = world.machine.running, spoiled  # type: ignore[method-assign]
        await world.started()
        assert world.keeper.status.state is ProxyState.WAITING
        world.machine.running = running  # type: ignore[method-assign]
        await world.time.passes()
        assert world.keeper.status.state is ProxyState.RUNNING

    live(work)
    assert "planted" in caplog.text
