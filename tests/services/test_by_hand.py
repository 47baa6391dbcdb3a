from datetime import timedelta
from decimal import Decimal

import pytest

from claudetray.core.alert import AlertKind
from claudetray.core.errors import SettingRefused
from claudetray.core.look import Trigger
from claudetray.core.money import Money
from claudetray.core.reading import BY_HAND
from claudetray.demo.world import World
from claudetray.services.by_hand import NAME, BalanceByHand
from claudetray.services.parts import Parts
from tests.builders import a_record, dollars, thresholds
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


def test_a_top_up_is_added_to_what_is_left_and_a_correction_was_never_spent(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await by_hand(parts).set(dollars("20"))
        clock.passes(minutes=5)
        await parts.kept.usage.add([a_record(cost="1.50", at=clock.now, duration=None)])
        clock.passes(minutes=5)
        await by_hand(parts).top_up(dollars("30"))
        assert (await parts.board.status()).left == dollars("48.50")
        clock.passes(minutes=5)
        await by_hand(parts).correct(dollars("40"))
        known = await parts.board.status()
        assert known.left == dollars("40.00")
        corrected, topped_up, _ = await parts.kept.ledger.latest(known.account.id if known.account else 0)
        assert (topped_up.added, topped_up.spent, topped_up.measured) == (30, Decimal("1.5"), Decimal("1.5"))
        assert (corrected.corrected, corrected.spent) == (Decimal("-8.5"), 0)

    live(opened, work)


def test_credit_with_an_end_lapses_and_what_lapses_first_is_spent_first(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await by_hand(parts).set(dollars("10"), total=dollars("25"), expires_at=clock.now + timedelta(days=2))
        await by_hand(parts).top_up(dollars("30"), expires_at=clock.now + timedelta(days=90))
        clock.passes(days=1)
        await parts.kept.usage.add([a_record(cost="4", at=clock.now, duration=None)])
        assert (await parts.board.status()).left == dollars("36.00")
        clock.passes(days=2)
        known = await parts.board.status()
        assert known.left == dollars("30.00")
        assert known.outlook.live is not None
        assert known.outlook.live.lapsed == 6

    live(opened, work)


def test_a_balance_of_some_time_ago_is_counted_down_from_there(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await parts.kept.usage.add([a_record(cost="2", at=clock.now - timedelta(hours=5), duration=None)])
        await by_hand(parts).set(dollars("20"), at=clock.now - timedelta(hours=6))
        assert (await parts.board.status()).left == dollars("18.00")

    live(opened, work)


def test_what_cannot_be_told_is_refused_in_a_sentence(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        with pytest.raises(SettingRefused, match="still to come"):
            await by_hand(parts).set(dollars("20"), at=clock.now + timedelta(minutes=1))
        with pytest.raises(SettingRefused, match="more than 0"):
            await by_hand(parts).top_up(dollars("0"))
        await by_hand(parts).set(dollars("20"))
        with pytest.raises(SettingRefused, match="kept in USD"):
            await by_hand(parts).top_up(Money(Decimal(5), "EUR"))
        assert (await parts.board.status()).left == dollars("20.00")

    live(opened, work)


def test_money_that_is_added_where_nothing_was_known_is_all_there_is(opened: Opens) -> None:
    async def work(parts: Parts) -> None:
        await by_hand(parts).top_up(dollars("30"))
        assert (await parts.board.status()).left == dollars("30.00")

    live(opened, work)


@pytest.mark.parametrize("hours", [0, 24])
def test_a_balance_of_before_the_last_one_is_refused(opened: Opens, clock: Clock, hours: int) -> None:
    async def work(parts: Parts) -> None:
        await by_hand(parts).set(dollars("50"))
        at = clock.now - timedelta(hours=hours)
        clock.passes(minutes=1)
        with pytest.raises(SettingRefused, match="later balance is known"):
            await by_hand(parts).set(dollars("45"), at=at)
        assert (await parts.board.status()).left == dollars("50")

    live(opened, work)


def test_what_cannot_be_meant_is_refused(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        with pytest.raises(SettingRefused, match="more than what it is of"):
            await by_hand(parts).set(dollars("10"), total=dollars("5"))
        with pytest.raises(SettingRefused, match="has ended"):
            await by_hand(parts).set(dollars("10"), expires_at=clock.now - timedelta(days=1))
        with pytest.raises(SettingRefused, match="has ended"):
            await by_hand(parts).top_up(dollars("10"), clock.now)
        assert (await parts.board.status()).left is None

    live(opened, work)


def test_a_top_up_after_credit_lapsed_is_what_was_added(opened: Opens, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await by_hand(parts).set(dollars("20"), expires_at=clock.now + timedelta(days=1))
        clock.passes(hours=12)
        await parts.kept.usage.add([a_record(cost="12", at=clock.now - timedelta(hours=1), duration=None)])
        clock.passes(days=1)  # $8.00 lapsed
        await by_hand(parts).top_up(dollars("30"))
        account = await parts.kept.accounts.watched()
        assert account is not None
        (last, _) = await parts.kept.ledger.latest(account.id)
        assert (last.added, last.expired, last.spent, last.balance) == (30, 8, 12, dollars("30"))

    live(opened, work)
