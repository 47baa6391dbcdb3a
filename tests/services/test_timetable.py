import asyncio
import time
from datetime import UTC, datetime, timedelta

from claudetray.services.timetable import HEARTBEAT, Pulse, Timetable
from tests.builders import NOW


def now() -> datetime:
    return datetime.now(UTC)


def nothing(*_: object) -> None: ...


def test_a_look_comes_in_its_time_and_a_new_plan_takes_the_place_of_the_old() -> None:
    async def work() -> None:
        looked = asyncio.Event()

        def look() -> None:
            looked.set()

        timetable = Timetable(look, nothing, nothing, nothing, now)
        timetable.start()
        timetable.look_at(now() + timedelta(days=400))  # far beyond what a Qt timer holds
        timetable.look_at(None)
        timetable.look_at(None)
        timetable.look_at(now() + timedelta(milliseconds=50))
        await asyncio.wait_for(looked.wait(), 10)
        timetable.stop()
        timetable.stop()

    asyncio.run(work())


def test_a_time_in_the_past_is_made_up_for_once() -> None:
    async def work() -> None:
        looked: asyncio.Queue[float] = asyncio.Queue()

        def look() -> None:
            looked.put_nowait(time.monotonic())

        timetable = Timetable(look, nothing, nothing, nothing, now)
        timetable.start()
        timetable.look_at(now() - timedelta(hours=9))
        await asyncio.wait_for(looked.get(), 10)
        assert looked.empty()
        timetable.stop()

    asyncio.run(work())


def test_the_pulse_notices_sleep_on_either_clock_and_a_clock_that_was_set() -> None:
    beat = HEARTBEAT.total_seconds()
    assert Pulse(NOW, 0).slept(NOW + HEARTBEAT, beat) == timedelta(0)
    assert Pulse(NOW, 0).slept(NOW + timedelta(hours=8), beat) == timedelta(hours=8)
    assert Pulse(NOW, 0).slept(NOW + timedelta(hours=8), 8 * 3600) == timedelta(hours=8)
    assert Pulse(NOW, 0).slept(NOW - timedelta(hours=2), beat) == timedelta(hours=2)


def test_the_pulse_counts_from_the_last_beat() -> None:
    pulse = Pulse(NOW, 0)
    pulse.slept(NOW + timedelta(hours=8), 60)
    assert pulse.slept(NOW + timedelta(hours=8) + HEARTBEAT, 120) == timedelta(0)
