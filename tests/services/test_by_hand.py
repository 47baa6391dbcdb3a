from datetime import timedelta

from claudetray.core.alert import AlertKind
from claudetray.core.look import Trigger
from claudetray.core.reading import BY_HAND
from claudetray.demo.world import World
from claudetray.services.by_hand import NAME, BalanceByHand
from claudetray.services.parts import Parts
from tests.builders import dollars, thresholds
from tests.services.conftest import Clock, Desktop, Opens, live, look, set_up


def by_hand(parts: Parts) -> BalanceByHand:
    return parts.kept.by_hand(parts.clock)


def test_a_typed_balance_is_what_is_known_where_no_account_is_watched(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await by_hand(parts).set(dollars("42.50"))
        known = await parts.board.status()
        assert known.account is not None
        assert (known.account.provider, known.account.name) == (BY_HAND, NAME)
        assert known.reading is not None
        assert (known.reading.left, known.reading.taken_at, known.reading.source) == (
            dollars("42.50"),
            clock.now,
            BY_HAND,
        )
        assert known.looks[0].trigger is Trigger.BY_HAND
        clock.passes(minutes=5)
        await by_hand(parts).set(dollars("40"))
        again = await parts.board.status()
        assert again.account == known.account
        assert again.reading is not None
        assert again.reading.left == dollars("40")

    live(opened, work)


def test_a_typed_balance_is_that_of_the_watched_account_and_the_next_look_replaces_it(
    opened: Opens, stand_ins: World, clock: Clock
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await look(parts)
        account = (await parts.board.status()).account
        clock.passes(minutes=1)
        await by_hand(parts).set(dollars("7"))
        known = await parts.board.status()
        assert known.account == account
        assert known.reading is not None
        assert known.reading.left == dollars("7")
        clock.passes(minutes=1)
        await look(parts)
        after = (await parts.board.status()).reading
        assert after is not None
        assert after.left == dollars("60.36")

    live(opened, work)


def test_a_typed_balance_is_judged_and_announced_once(opened: Opens, desktop: Desktop, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await parts.preferences.keep_thresholds(thresholds("20=30", "5=10"))
        for left in ("25", "18.20", "17"):
            await by_hand(parts).set(dollars(left))
            await parts.outbox.deliver_due()
            clock.passes(minutes=1)
        assert desktop.shown == ["$18.20 of credit left"]
        ((alert, _),) = await parts.alerts.latest(5)
        assert (alert.kind, alert.raised_at) == (AlertKind.THRESHOLD, clock.now - timedelta(minutes=2))

    live(opened, work)
