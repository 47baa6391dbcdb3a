import asyncio
from datetime import timedelta

from claudetray.core.health import Health
from claudetray.core.look import Trigger
from claudetray.core.status import Condition
from claudetray.demo.console import Mood
from claudetray.demo.world import World
from tests.services.conftest import Clock, Opens, set_up


def test_conditions_from_the_first_day_to_an_old_reading(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work() -> None:
        async with opened() as parts:
            status = await parts.board.status()
            assert (status.condition, status.health, status.left) == (Condition.NEVER, Health.UNKNOWN, None)
            await set_up(parts, stand_ins)
            await parts.refresher.look(Trigger.ASKED)
            assert (await parts.board.status()).condition is Condition.FRESH
            clock.passes(hours=5)
            assert (await parts.board.status()).condition is Condition.STALE
            stand_ins.console.mood = Mood.EXPIRED
            await parts.refresher.look(Trigger.ASKED)
            status = await parts.board.status()
            assert status.condition is Condition.FAILED
            assert status.reading is not None
            assert clock.now - status.reading.taken_at == timedelta(hours=5)

    asyncio.run(work())
