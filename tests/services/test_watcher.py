"""Alerts without a look: by what calls, days and budgets bring."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from claudetray.core.alert import AlertKind
from claudetray.core.budget import Budget, Period
from claudetray.demo.world import World
from claudetray.services.parts import Parts
from tests.builders import a_record, dollars, thresholds
from tests.services.conftest import Clock, Desktop, Opens, live, look, set_up


async def call(parts: Parts, clock: Clock, cost: str, minutes_ago: float = 0) -> None:
    at = clock.now - timedelta(minutes=minutes_ago)
    record = replace(a_record(cost=cost, at=at, duration=None), key=f"{at}{cost}")
    await parts.kept.usage.add([record])


async def check(parts: Parts) -> list[str]:
    raised = await parts.kept.watcher.check()
    await parts.outbox.deliver_due()
    return [alert.title for alert in raised]


def test_calls_that_take_the_balance_to_a_threshold_are_said_between_looks(
    opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.amount = Decimal("21.00")
        await set_up(parts, stand_ins, "20=30", "5=10")
        await look(parts)
        clock.passes(minutes=10)
        await call(parts, clock, "1.50")
        assert await check(parts) == ["$19.50 of credit left"]
        assert await check(parts) == []
        stand_ins.console.amount = Decimal("19.40")
        await look(parts)
        assert desktop.shown == ["$19.50 of credit left"]

    live(opened, work)


def test_a_budget_speaks_when_calls_take_it_there_and_after_a_restart_not_again(
    opened: Opens, clock: Clock, desktop: Desktop
) -> None:
    async def spend(parts: Parts) -> None:
        await parts.kept.budgets.keep(Budget(name="day", amount=Decimal(2), period=Period.DAY))
        assert await check(parts) == []
        await call(parts, clock, "1.10")
        assert await check(parts) == ["Budget “day”: 55 % spent"]

    async def again(parts: Parts) -> None:
        assert await check(parts) == []
        clock.passes(days=1)
        await call(parts, clock, "2.00")
        assert await check(parts) == ["Budget “day”: 100 % spent"]

    live(opened, spend)
    live(opened, again)
    assert desktop.shown == ["Budget “day”: 55 % spent", "Budget “day”: 100 % spent"]


def test_what_is_said_at_once_is_one_message(opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.amount = Decimal("21.00")
        await set_up(parts, stand_ins, "20=30", "5=10")
        await look(parts)
        await parts.kept.budgets.keep(Budget(name="day", amount=Decimal(2), period=Period.DAY))
        clock.passes(minutes=10)
        await call(parts, clock, "1.80")
        assert len(await check(parts)) == 2
        assert desktop.shown == ["$19.20 of credit left, and 1 more"]
        (message,) = stand_ins.slack.messages
        assert "Budget “day”: 90 % spent" in message["blocks"][0]["text"]["text"]
        found = await parts.alerts.latest()
        assert [one.state for _, ways in found for one in ways] == ["done"] * 4

    live(opened, work)


def test_a_refused_call_is_said_once_until_there_is_money_again(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        watcher, by_hand = parts.kept.watcher, parts.kept.by_hand(parts.clock)
        await by_hand.set(dollars("0.10"))
        clock.passes(minutes=1)
        assert [alert.kind for alert in await watcher.out_of_credit()] == [AlertKind.OUT_OF_CREDIT]
        assert await watcher.out_of_credit() == ()
        clock.passes(minutes=1)
        await by_hand.set(dollars("0.05"))
        await watcher.check()
        assert await watcher.out_of_credit() == ()
        await by_hand.top_up(dollars("20"))
        await watcher.check()
        clock.passes(minutes=1)
        assert len(await watcher.out_of_credit()) == 1

    live(opened, work)


def test_health_and_cadence_follow_the_live_balance(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.amount = Decimal("21.00")
        await set_up(parts, stand_ins, "20=30", "5=10")
        await look(parts)
        clock.passes(minutes=5)
        await call(parts, clock, "17.00")
        known = await parts.board.status()
        assert (known.left, known.health) == (dollars("4.00"), "critical")
        assert known.following(clock.now).delay == timedelta(minutes=10)
        assert known.reading is not None
        assert known.reading.left == dollars("21.00")

    live(opened, work)


def test_a_balance_by_hand_is_counted_down_and_never_grows_old(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await parts.preferences.keep_thresholds(thresholds("5=60"))
        await parts.kept.by_hand(parts.clock).set(dollars("20"))
        clock.passes(days=3)
        await call(parts, clock, "3.25")
        known = await parts.board.status()
        assert (known.left, known.stale, known.by_hand) == (dollars("16.75"), False, True)

    live(opened, work)
