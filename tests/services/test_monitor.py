import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from claudetray import app, assembly
from claudetray.core.browser import Mode
from claudetray.core.cookie import Cookie
from claudetray.core.errors import StoreFailed
from claudetray.core.look import Trigger
from claudetray.core.session import SessionState, Way
from claudetray.core.status import Status
from claudetray.core.times import from_millis, to_millis
from claudetray.demo.console import SESSION, Mood
from claudetray.demo.world import World
from claudetray.services import monitor as monitor_module
from claudetray.services.monitor import Monitor
from claudetray.services.parts import Parts
from claudetray.services.tasks import Tasks
from tests.services.conftest import Desktop, Opens, set_up
from tests.services.pages import Browser

PACE = 6000.0  # a minute passes in ten milliseconds


class Watcher:
    """Waits for what the monitor announces."""

    def __init__(self, monitor: Monitor) -> None:
        self._news: asyncio.Queue[Status] = asyncio.Queue()
        monitor.status_changed.listen(self._news.put_nowait)

    async def until(self, seen: Callable[[Status], bool]) -> Status:
        async with asyncio.timeout(20):
            while not seen(status := await self._news.get()):
                pass
        return status


@pytest.fixture
def opened_now(opened: Opens, monkeypatch: pytest.MonkeyPatch) -> Opens:
    """The monitor keeps real time: its clock is the system's."""
    monkeypatch.setattr(app, "clock", lambda: datetime.now(UTC))
    return opened


@asynccontextmanager
async def monitored(opened: Opens, pace: float = PACE) -> AsyncIterator[tuple[Parts, Monitor, Watcher]]:
    async with opened() as parts:
        tasks = Tasks()
        monitor = assembly.built_monitor(parts, tasks, pace)
        watcher = Watcher(monitor)
        try:
            yield parts, monitor, watcher
        finally:
            await monitor.stop()
            await tasks.close()


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]


def test_it_looks_again_and_again_and_the_closer_to_empty_the_more_often(
    opened_now: Opens, stand_ins: World, desktop: Desktop
) -> None:
    async def work() -> None:
        async with monitored(opened_now) as (parts, monitor, watcher):
            await set_up(parts, stand_ins)
            await monitor.start()
            status = await watcher.until(lambda s: len(s.looks) >= 2)
            assert status.plan.reason == "above every threshold: every 2 h"
            stand_ins.console.amount = Decimal("4")
            status = await watcher.until(lambda s: s.left is not None and s.left.amount == 4)
            await watcher.until(lambda s: s.plan.reason == "below $5: every 10 min")
            await watcher.until(lambda s: len(s.looks) >= 6)

    run(work)
    assert (len(stand_ins.slack.messages), len(desktop.shown)) == (1, 1)


def test_failures_back_off_and_looking_goes_on(opened_now: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with monitored(opened_now) as (parts, monitor, watcher):
            await set_up(parts, stand_ins)
            stand_ins.console.mood = Mood.CHALLENGE
            await monitor.start()
            status = await watcher.until(lambda s: len(s.looks) >= 4)
            assert status.failure is not None
            assert "again in" in status.plan.reason
            stand_ins.console.mood = Mood.FINE
            await watcher.until(lambda s: s.left is not None)

    run(work)


def test_looks_never_overlap(opened_now: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with monitored(opened_now, pace=1) as (parts, monitor, _):
            await set_up(parts, stand_ins)
            await monitor.start()
            outcomes = await asyncio.gather(*(monitor.fetch_now() for _ in range(5)))
            assert len({id(outcome) for outcome in outcomes}) == 1

    run(work)


def test_paused_it_plans_nothing_but_fetches_when_asked(opened_now: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with monitored(opened_now, pace=1) as (parts, monitor, watcher):
            await set_up(parts, stand_ins)
            await monitor.start()
            await watcher.until(lambda s: bool(s.looks))
            await monitor.pause(True)
            await monitor.fetch_now()
            status = await watcher.until(lambda s: len(s.looks) >= 2 and not s.looking)
            assert status.plan.paused
            assert status.plan.next_look_at is None
            await monitor.pause(False)
            await watcher.until(lambda s: s.plan.next_look_at is not None and not s.plan.paused)

    run(work)


def test_a_changed_interval_changes_the_plan_and_a_new_snippet_is_looked_with_at_once(
    opened_now: Opens, stand_ins: World
) -> None:
    async def work() -> None:
        async with monitored(opened_now, pace=1) as (parts, monitor, watcher):
            await monitor.start()
            status = await watcher.until(lambda s: True)
            assert status.plan.reason == "waiting for a sign-in"
            await set_up(parts, stand_ins)
            status = await watcher.until(lambda s: s.left is not None and not s.looking)
            assert status.looks[0].trigger is Trigger.CHANGED
            await parts.preferences.keep("console.interval_minutes", "7")
            status = await watcher.until(lambda s: s.plan.reason == "above every threshold: every 7 min")
            assert status.plan.next_look_at is not None
            assert timedelta(minutes=6) < status.plan.next_look_at - datetime.now(UTC) <= timedelta(minutes=7)

    run(work)


def test_a_full_disk_is_said_and_looking_goes_on(
    opened_now: Opens, stand_ins: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StoreFailed("The disk is full.")

    async def work() -> None:
        async with opened_now() as parts:
            await set_up(parts, stand_ins)
        async with monitored(opened_now) as (parts, monitor, watcher):
            monkeypatch.setattr("claudetray.services.monitor.AFTER_TROUBLE", timedelta(milliseconds=20))
            said: asyncio.Queue[str] = asyncio.Queue()
            monitor.store_failed.listen(lambda error: said.put_nowait(error.kind))
            with monkeypatch.context() as patched:
                patched.setattr(parts.kept.looks, "add", full)
                await monitor.start()
                assert [await asyncio.wait_for(said.get(), 20) for _ in range(3)] == ["store_failed"] * 3
            await watcher.until(lambda s: s.left is not None)

    run(work)


def test_a_new_snippet_does_not_wait_for_a_look_with_the_old_one(opened_now: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with opened_now() as parts:
            await set_up(parts, stand_ins)
        async with monitored(opened_now, pace=1) as (parts, monitor, watcher):
            stand_ins.console.moods = [Mood.SLOW]  # for an hour
            await monitor.start()
            await watcher.until(lambda s: s.looking)
            await parts.connection.keep(parts.connection.understood(stand_ins.snippet()))
            status = await watcher.until(lambda s: s.left is not None)
            assert [look.trigger for look in status.looks] == [Trigger.CHANGED]

    run(work)


def test_after_a_restart_it_keeps_to_its_plan(opened_now: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with opened_now() as parts:
            await set_up(parts, stand_ins)
        async with monitored(opened_now, pace=1) as (_, monitor, watcher):
            await monitor.start()
            before = await watcher.until(
                lambda s: s.left is not None and s.plan.next_look_at is not None and not s.looking
            )
        async with monitored(opened_now, pace=1) as (_, monitor, watcher):
            await monitor.start()
            after = await watcher.until(lambda s: s.plan.next_look_at is not None)
            assert before.plan.next_look_at is not None
            assert after.plan.next_look_at is not None
            assert abs(after.plan.next_look_at - before.plan.next_look_at) < timedelta(seconds=5)
            assert stand_ins.console.looks() == 1

    run(work)


def test_it_looks_after_sleep_and_when_the_network_is_back(opened_now: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with opened_now() as parts:
            await set_up(parts, stand_ins)
        async with monitored(opened_now, pace=1) as (_, monitor, watcher):
            await monitor.start()
            await watcher.until(lambda s: s.left is not None and not s.looking)
            await monitor.went_online()  # nothing was unreachable: nothing to do
            await monitor._on_heartbeat(timedelta(hours=8))
            status = await watcher.until(lambda s: len(s.looks) >= 2)
            assert status.looks[0].trigger is Trigger.RESUMED

    run(work)


def test_a_new_snippet_ends_the_wait_after_a_failure(opened_now: Opens, stand_ins: World) -> None:
    """Kept by another process, or while no monitor ran."""

    async def work() -> None:
        async with monitored(opened_now, pace=1) as (parts, monitor, watcher):
            await set_up(parts, stand_ins)
            stand_ins.console.mood = Mood.EXPIRED
            await monitor.start()
            await watcher.until(lambda s: s.failure is not None and "again in" in s.plan.reason and not s.looking)
        async with opened_now() as other:
            stand_ins.console.mood = Mood.FINE
            await other.connection.keep(other.connection.understood(stand_ins.snippet()))
        async with monitored(opened_now, pace=1) as (_, monitor, watcher):
            await monitor.start()
            await watcher.until(lambda s: s.left is not None)

    run(work)


def test_a_fetch_by_another_process_is_noticed_at_the_next_heartbeat(opened_now: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with monitored(opened_now, pace=1) as (parts, monitor, watcher):
            await set_up(parts, stand_ins)
            await monitor.start()
            await watcher.until(lambda s: s.left is not None and not s.looking)
            stand_ins.console.amount = Decimal("7")
            await parts.refresher.look(Trigger.ASKED)
            monitor._seen_changes = -1  # what the file would say had another process written
            await monitor._on_heartbeat(timedelta(0))
            await watcher.until(lambda s: s.left is not None and s.left.amount == 7)

    run(work)


def test_signing_out_ends_looking_and_signing_in_begins_it_again(opened_now: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with monitored(opened_now, pace=1) as (parts, monitor, watcher):
            await set_up(parts, stand_ins)
            await monitor.start()
            await watcher.until(lambda s: len(s.looks) == 1 and not s.looking)
            await parts.sessions.sign_out()
            status = await watcher.until(lambda s: s.plan.reason == "signed out")
            assert (status.plan.next_look_at, status.session.state) == (None, SessionState.SIGNED_OUT)
            assert status.left is not None
            await parts.connection.keep(parts.connection.understood(stand_ins.snippet()))
            await watcher.until(lambda s: len(s.looks) == 2 and s.plan.next_look_at is not None)

    run(work)


def test_a_session_about_to_end_is_renewed_in_time(opened_now: Opens, stand_ins: World, browser: Browser) -> None:
    async def work() -> None:
        async with monitored(opened_now, pace=1) as (parts, monitor, watcher):
            await set_up(parts, stand_ins)
            browser.trouble = ""
            request = await parts.kept.request.now()
            soon = parts.clock() + timedelta(seconds=2)
            browser.given = (Cookie(name="sessionKey", value=SESSION, expires_at=soon + timedelta(days=90)),)
            await parts.sessions.begin(request, Way.SIGN_IN, soon)
            await monitor.start()
            status = await watcher.until(lambda s: s.session.renewed_at is not None)
            assert status.session.ends_at == from_millis(to_millis(soon + timedelta(days=90)))
            assert [opening.mode for opening in browser.opened] == [Mode.RENEW]

    run(work)


def test_a_session_that_can_be_renewed_no_more_leaves_no_timer_behind(
    opened_now: Opens, stand_ins: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "AFTER_TROUBLE", timedelta(milliseconds=50))

    async def work() -> None:
        async with monitored(opened_now, pace=1) as (parts, monitor, watcher):
            await set_up(parts, stand_ins)
            browser.trouble = ""
            browser.given = (Cookie(name="sessionKey", value=SESSION),)  # renewed, and nobody says until when
            await parts.sessions.begin(
                await parts.kept.request.now(), Way.SIGN_IN, parts.clock() + timedelta(seconds=2)
            )
            await monitor.start()
            await watcher.until(lambda s: s.session.renewed_at is not None and not s.looking)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await watcher.until(lambda s: False)
            assert len(browser.opened) == 1

    run(work)
