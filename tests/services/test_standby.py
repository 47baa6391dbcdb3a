"""One monitor a home, whoever runs it: never two, and never none for good."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from claudetray.core.errors import StoreFailed
from claudetray.services.standby import LEAVE_S, Standby


class Lock:
    """Another process may hold it."""

    def __init__(self) -> None:
        self.elsewhere = self.ours = False

    def acquire(self, patience_s: float = 0) -> bool:
        if not self.elsewhere:
            self.ours = True
        return not self.elsewhere

    def release(self) -> None:
        self.ours = False


class Monitor:
    """Starts when it is let, and may fail at it."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.runs, self.trouble = False, trouble
        self.let = asyncio.Event()
        self.let.set()

    async def start(self) -> None:
        await self.let.wait()
        if self.trouble is not None:
            raise self.trouble
        self.runs = True

    async def stop(self) -> None:
        self.runs = False


class Scene:
    def __init__(self, *monitors: Monitor) -> None:
        self.lock, self.now, self.set_up = Lock(), 0.0, True
        self.monitors = list(monitors)
        self.built = asyncio.Event()
        self.let = asyncio.Event()
        self.let.set()
        self.standby = Standby(self.lock, self.wanted, self.build, lambda: self.now)

    async def wanted(self) -> bool:
        return self.set_up

    async def build(self) -> Monitor:
        self.built.set()
        await self.let.wait()
        return self.monitors.pop(0)


def live(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 10))  # type: ignore[arg-type]


def test_it_monitors_where_nobody_else_does() -> None:
    async def work() -> None:
        monitor = Monitor()
        scene = Scene(monitor)
        await scene.standby.take_up()
        assert (monitor.runs, scene.lock.ours, scene.standby.monitors) == (True, True, True)
        await scene.standby.close()
        assert (monitor.runs, scene.lock.ours, scene.standby.monitors) == (False, False, False)

    live(work)


@pytest.mark.parametrize("reason", ["elsewhere", "nothing"])
def test_it_does_not_where_another_does_or_nothing_is_set_up(reason: str) -> None:
    async def work() -> None:
        scene = Scene()
        scene.lock.elsewhere, scene.set_up = reason == "elsewhere", reason != "nothing"
        await scene.standby.take_up()
        assert not scene.standby.monitors

    live(work)


def test_a_start_that_fails_is_tried_again_and_holds_no_lock() -> None:
    async def work() -> None:
        good = Monitor()
        scene = Scene(Monitor(StoreFailed("locked")), good)
        with pytest.raises(StoreFailed):
            await scene.standby.take_up()
        assert (scene.lock.ours, scene.standby.monitors) == (False, False)
        await scene.standby.take_up()
        assert good.runs

    live(work)


def test_a_tray_that_comes_has_it_for_itself_for_a_while() -> None:
    async def work() -> None:
        first, second = Monitor(), Monitor()
        scene = Scene(first, second)
        await scene.standby.take_up()
        assert await scene.standby.release()
        assert (first.runs, scene.lock.ours) == (False, False)
        await scene.standby.take_up()
        assert not second.runs
        scene.now = LEAVE_S + 1
        await scene.standby.take_up()
        assert second.runs

    live(work)


def test_a_tray_that_comes_while_the_monitor_is_built_gets_the_lock() -> None:
    async def work() -> None:
        monitor = Monitor()
        scene = Scene(monitor)
        scene.let.clear()
        taking = asyncio.create_task(scene.standby.take_up())
        await scene.built.wait()
        releasing = asyncio.create_task(scene.standby.release())
        await asyncio.sleep(0)
        scene.let.set()
        await asyncio.gather(taking, releasing)
        assert (monitor.runs, scene.lock.ours, scene.standby.monitors) == (False, False, False)

    live(work)


def test_a_tray_that_comes_while_the_monitor_starts_gets_the_lock() -> None:
    async def work() -> None:
        monitor = Monitor()
        monitor.let.clear()
        scene = Scene(monitor)
        taking = asyncio.create_task(scene.standby.take_up())
        await scene.built.wait()
        await asyncio.sleep(0)
        releasing = asyncio.create_task(scene.standby.release())
        await asyncio.sleep(0)
        monitor.let.set()
        await asyncio.gather(taking, releasing)
        assert (monitor.runs, scene.lock.ours, releasing.result()) == (False, False, True)

    live(work)


def test_after_the_end_nothing_is_taken_up() -> None:
    async def work() -> None:
        scene = Scene(Monitor())
        await scene.standby.close()
        await scene.standby.take_up()
        assert not scene.standby.monitors

    live(work)
