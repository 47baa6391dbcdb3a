"""Alerts without a look: by what calls, days and budgets bring."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import Rule
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
        assert await watcher.out_of_credit()
        assert not await watcher.out_of_credit()
        clock.passes(minutes=1)
        await by_hand.set(dollars("0.05"))
        await watcher.check()
        assert not await watcher.out_of_credit()
        await by_hand.top_up(dollars("20"))
        await watcher.check()
        clock.passes(minutes=1)
        assert await watcher.out_of_credit()
        assert [alert.kind for alert, _ in await parts.alerts.latest()].count(AlertKind.OUT_OF_CREDIT) == 2

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


def test_a_budget_that_was_raised_speaks_anew(opened: Opens, clock: Clock, desktop: Desktop) -> None:
    async def work(parts: Parts) -> None:
        budget = await parts.kept.budgets.keep(Budget(name="m", amount=Decimal(2), period=Period.MONTH))
        await call(parts, clock, "2.00")
        assert await check(parts) == ["Budget “m”: 100 % spent"]
        await parts.kept.budgets.keep(replace(budget, hard_stop=True))
        assert await check(parts) == []
        await parts.kept.budgets.keep(replace(budget, amount=Decimal(10)))
        assert await check(parts) == []
        await call(parts, clock, "7.00")
        assert await check(parts) == ["Budget “m”: 90 % spent"]

    live(opened, work)


def test_refused_calls_are_one_episode_while_they_go_on_whatever_the_console_says(
    opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.amount = Decimal("30")  # of another organization than the key's
        await set_up(parts, stand_ins, "5=10")
        await look(parts)
        found = []
        for _ in range(30):
            clock.passes(minutes=7)
            found.append(await parts.kept.watcher.out_of_credit())
            await look(parts)
            await check(parts)
        assert (found[0], any(found[1:])) == (True, False)
        assert desktop.shown == ["The credit is used up"]
        clock.passes(hours=2)
        assert await parts.kept.watcher.out_of_credit()

    live(opened, work)


def test_a_refused_call_is_news_where_no_account_is_watched_and_where_nobody_wants_the_alert(
    opened: Opens, clock: Clock, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        assert await parts.kept.watcher.out_of_credit()
        clock.passes(days=2)
        await parts.preferences.keep_rules([Rule(kind=AlertKind.OUT_OF_CREDIT, enabled=False)])
        assert await parts.kept.watcher.out_of_credit()  # the Console is asked all the same
        assert not await parts.kept.watcher.out_of_credit()
        assert len(await parts.alerts.latest()) == 1

    live(opened, work)


def test_a_console_that_bills_later_does_not_make_a_threshold_news_again(
    opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.amount = Decimal("5.30")
        await set_up(parts, stand_ins, "5=10")
        await look(parts)
        for _ in range(3):
            clock.passes(minutes=10)
            await call(parts, clock, "0.40")
            await check(parts)
            clock.passes(minutes=5)
            await look(parts)
        assert desktop.shown == ["$4.90 of credit left"]
        stand_ins.console.amount = Decimal("10.30")
        await look(parts)
        clock.passes(minutes=5)
        stand_ins.console.amount = Decimal("4.80")
        await look(parts)
        assert desktop.shown == ["$4.90 of credit left", "$4.80 of credit left"]

    live(opened, work)


def test_a_call_that_became_known_late_counts_once(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.amount = Decimal("30")
        await set_up(parts, stand_ins, "5=10")
        await look(parts)
        clock.passes(minutes=30)
        stand_ins.console.amount = Decimal("24")
        await look(parts)
        await parts.kept.budgets.keep(Budget(name="m", amount=Decimal(10), period=Period.MONTH))
        (before,) = (await parts.board.status()).outlook.budgets
        clock.passes(minutes=1)
        await call(parts, clock, "5", minutes_ago=20)
        (after,) = (await parts.board.status()).outlook.budgets
        assert (before.spent, after.spent) == (Decimal(6), Decimal(6))

    live(opened, work)


def test_what_was_spent_over_midnight_counts_by_its_share(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.amount = Decimal("50")
        await set_up(parts, stand_ins, "5=10")
        await look(parts)
        clock.passes(days=3)
        stand_ins.console.amount = Decimal("20")
        await look(parts)
        await parts.kept.budgets.keep(Budget(name="d", amount=Decimal(15), period=Period.DAY))
        status = await parts.board.status()
        (state,) = status.outlook.budgets
        today = Decimal((status.now - state.since) / timedelta(days=1))
        assert abs(state.spent - 10 * today) < Decimal("0.01")

    live(opened, work)
