import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from claudetray.core.alert import DeliveryState
from claudetray.core.channel import NATIVE, SLACK, ChannelForm
from claudetray.core.errors import ChannelError, StoreFailed
from claudetray.core.look import Trigger
from claudetray.demo.world import World
from claudetray.services.parts import Parts
from tests.services.conftest import Clock, Desktop, Opens, set_up


async def raise_one(parts: Parts, stand_ins: World) -> None:
    stand_ins.console.amount = Decimal("18.20")
    await set_up(parts, stand_ins)
    await parts.refresher.look(Trigger.ASKED)


async def states(parts: Parts) -> dict[str, DeliveryState]:
    ((_, deliveries),) = await parts.alerts.latest()
    return {delivery.channel: delivery.state for delivery in deliveries}


def test_a_channel_that_is_down_gets_it_once_it_is_back(
    opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop
) -> None:
    async def work() -> None:
        async with opened() as parts:
            stand_ins.slack.refuse, stand_ins.slack.status = "oops", 500
            await raise_one(parts, stand_ins)
            for _ in range(20):
                due = await parts.outbox.deliver_due()
                assert due is not None
                clock.now = due
            assert await states(parts) == {NATIVE: DeliveryState.DONE, SLACK: DeliveryState.PENDING}
            stand_ins.slack.refuse = None
        async with opened() as parts:  # over a restart
            assert await parts.outbox.deliver_due() is None
            clock.passes(days=3)
            assert await parts.outbox.deliver_due() is None
            assert (await states(parts))[SLACK] is DeliveryState.DONE

    asyncio.run(work())
    assert (len(stand_ins.slack.messages), len(desktop.shown)) == (1, 1)
    assert stand_ins.slack.tries == 21


def test_a_wait_that_was_told_is_kept(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work() -> None:
        async with opened() as parts:
            stand_ins.slack.refuse, stand_ins.slack.status, stand_ins.slack.retry_after = "rate_limited", 429, "600"
            await raise_one(parts, stand_ins)
            assert await parts.outbox.deliver_due() == clock.now + timedelta(seconds=600)

    asyncio.run(work())


def test_what_is_too_old_is_given_up(opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop) -> None:
    async def work() -> None:
        async with opened() as parts:
            desktop.trouble = "no service"
            stand_ins.slack.refuse = "no_service"
            await raise_one(parts, stand_ins)
            await parts.outbox.deliver_due()
            clock.passes(days=2)
            await parts.outbox.deliver_due()
            assert await states(parts) == {NATIVE: DeliveryState.GIVEN_UP, SLACK: DeliveryState.PENDING}
            clock.passes(days=6)
            assert await parts.outbox.deliver_due() is None
            assert (await states(parts))[SLACK] is DeliveryState.GIVEN_UP

    asyncio.run(work())


def test_snoozed_alerts_wait_until_the_snooze_ends(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work() -> None:
        async with opened() as parts:
            await parts.preferences.snooze(clock.now + timedelta(hours=4))
            await raise_one(parts, stand_ins)
            assert await parts.outbox.deliver_due() == clock.now + timedelta(hours=4)
            assert stand_ins.slack.messages == []
            clock.passes(hours=4)
            await parts.outbox.deliver_due()

    asyncio.run(work())
    assert len(stand_ins.slack.messages) == 1


def test_two_passes_at_once_deliver_once(opened: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with opened() as parts:
            await raise_one(parts, stand_ins)
            await asyncio.gather(*(parts.outbox.deliver_due() for _ in range(5)))

    asyncio.run(work())
    assert len(stand_ins.slack.messages) == 1


def test_a_test_goes_past_the_outbox_and_says_what_is_wrong(opened: Opens, stand_ins: World, desktop: Desktop) -> None:
    async def work() -> None:
        async with opened() as parts:
            await parts.outbox.test(NATIVE)
            with pytest.raises(ChannelError, match="No Slack webhook"):
                await parts.outbox.test(SLACK)
            await parts.outbox.test(parts.slack_at(stand_ins.webhook))
            assert await parts.alerts.latest() == ()

    asyncio.run(work())
    assert desktop.shown == ["A test from claudetray"]
    assert len(stand_ins.slack.messages) == 1


def test_a_surprise_in_one_channel_does_not_hold_up_the_others(
    opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def surprise(*_: object) -> None:
        raise RuntimeError("not of ours")

    monkeypatch.setattr(desktop, "notify", surprise)

    async def work() -> None:
        async with opened() as parts:
            await raise_one(parts, stand_ins)
            assert await parts.outbox.deliver_due() == clock.now + timedelta(seconds=30)
            assert await states(parts) == {NATIVE: DeliveryState.PENDING, SLACK: DeliveryState.DONE}

    asyncio.run(work())


def test_what_got_through_but_could_not_be_noted_is_not_sent_again(
    opened: Opens, stand_ins: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StoreFailed("The disk is full.")

    async def work() -> None:
        async with opened() as parts:
            await raise_one(parts, stand_ins)
            with monkeypatch.context() as patched:
                patched.setattr(parts.alerts, "done", full)
                with pytest.raises(StoreFailed):
                    await parts.outbox.deliver_due()
            await parts.outbox.deliver_due()
            assert await states(parts) == {NATIVE: DeliveryState.DONE, SLACK: DeliveryState.DONE}

    asyncio.run(work())
    assert len(stand_ins.slack.messages) == 1


def test_a_channel_that_was_switched_off_gets_nothing_any_more(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work() -> None:
        async with opened() as parts:
            await parts.channels.keep("hook", ChannelForm.WEBHOOK, {"url": stand_ins.webhook})
            await parts.preferences.snooze(clock.now + timedelta(hours=4))
            await raise_one(parts, stand_ins)
            await parts.channels.switch("hook", enabled=False)
            await parts.outbox.hurry("hook")
            await parts.outbox.deliver_due()
            assert (await states(parts))["hook"] is DeliveryState.PENDING
            clock.passes(hours=5)
            await parts.outbox.deliver_due()
            assert (await states(parts))["hook"] is DeliveryState.GIVEN_UP

    asyncio.run(work())
    assert stand_ins.slack.messages  # the other channel had it


def test_what_rested_for_days_is_not_too_old(opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop) -> None:
    async def work() -> None:
        async with opened() as parts:
            await parts.preferences.snooze(clock.now + timedelta(days=20))
            await raise_one(parts, stand_ins)
            clock.passes(days=20, minutes=1)
            await parts.outbox.deliver_due()
            assert await states(parts) == {NATIVE: DeliveryState.DONE, SLACK: DeliveryState.DONE}

    asyncio.run(work())
