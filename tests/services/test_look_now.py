from datetime import timedelta

from claudetray.core.look import Trigger
from claudetray.demo.console import Mood
from claudetray.demo.world import World
from claudetray.services import look_now
from claudetray.services.parts import Parts
from tests.builders import dollars
from tests.services.conftest import Clock, Desktop, Opens, live, set_up


def test_a_look_is_kept_planned_on_and_delivered(
    opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins, "100=30", "5=10")
        outcome, next_at = await look_now.looked(parts, Trigger.ASKED)
        assert (outcome.look.left, outcome.look.trigger) == (dollars("60.36"), Trigger.ASKED)
        assert next_at == clock.now + timedelta(minutes=30)
        known = await parts.board.status()
        assert (known.plan.next_look_at, known.plan.reason) == (next_at, outcome.next_look.reason)
        assert desktop.shown == ["$60.36 of credit left"]
        assert len(stand_ins.slack.messages) == 1

    live(opened, work)


def test_a_look_that_fails_is_planned_on_as_well(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.EXPIRED
        outcome, next_at = await look_now.looked(parts, Trigger.ASKED)
        assert outcome.look.failure is not None
        assert next_at > clock.now

    live(opened, work)
