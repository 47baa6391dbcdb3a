import asyncio
from datetime import timedelta

import pytest

from claudetray.core.alert import AlertKind
from claudetray.core.look import Plan
from claudetray.core.thresholds import Threshold
from claudetray.core.watch import Judgement, WatchState
from claudetray.store.accounts import AccountsKept
from claudetray.store.alerts import AlertsKept
from claudetray.store.database import Database
from claudetray.store.looks import LooksKept
from tests.builders import NOW, a_failure, a_look, a_reading, an_alert, dollars, routes

STATE = WatchState(
    said=dollars("20").amount,
    last=dollars("18.2"),
    last_purchase=dollars("50"),
    unknown_since=NOW,
    failures=3,
    told=frozenset({AlertKind.SESSION_EXPIRED, AlertKind.BALANCE_UNKNOWN}),
)


@pytest.fixture
def account(data: Database) -> int:
    return asyncio.run(AccountsKept(data).watch("anthropic", "h", "o", "")).id


def speaks(state: WatchState, rows: tuple[Threshold, ...]) -> Judgement:
    return Judgement(STATE, (an_alert(),))


def test_look_reading_state_and_alerts_are_kept_together(data: Database, account: int) -> None:
    looks = LooksKept(data)
    asyncio.run(looks.add(account, a_look("18.2"), a_reading("18.2"), speaks, routes("native", "slack")))
    assert asyncio.run(looks.latest(account)) == (a_look("18.2"),)
    assert asyncio.run(looks.reading(account)) == a_reading("18.2")
    assert asyncio.run(looks.watch_state(account)) == STATE
    ((alert, deliveries),) = asyncio.run(AlertsKept(data).latest())
    assert alert.title == an_alert().title
    assert [delivery.channel for delivery in deliveries] == ["native", "slack"]


def test_a_judge_that_fails_leaves_nothing_behind(data: Database, account: int) -> None:
    def fails(state: WatchState, rows: tuple[Threshold, ...]) -> Judgement:
        raise ZeroDivisionError

    looks = LooksKept(data)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(looks.add(account, a_look(), a_reading(), fails, routes("slack")))
    assert asyncio.run(looks.latest(account)) == ()
    assert asyncio.run(looks.reading(account)) is None


def test_a_failed_look_is_history_and_leaves_the_reading(data: Database, account: int) -> None:
    looks = LooksKept(data)
    quiet = lambda state, rows: Judgement(state)  # noqa: E731
    asyncio.run(looks.add(account, a_look("60"), a_reading("60"), quiet, routes()))
    asyncio.run(looks.add(account, a_look(failure=a_failure()), None, quiet, routes()))
    assert [look.failure for look in asyncio.run(looks.latest(account))] == [a_failure(), None]
    assert asyncio.run(looks.reading(account)) == a_reading("60")


def test_a_slow_answer_that_was_overtaken_is_kept_but_not_judged(data: Database, account: int) -> None:
    looks, judged = LooksKept(data), []

    def judge(state: WatchState, rows: tuple[Threshold, ...]) -> Judgement:
        judged.append(1)
        return Judgement(state)

    for at in (NOW, NOW - timedelta(seconds=30), NOW - timedelta(days=2)):  # the last: the clock was set back
        asyncio.run(looks.add(account, a_look(at=at), a_reading(at=at), judge, routes()))
    assert len(judged) == 2


def test_the_plan_is_one_row(data: Database) -> None:
    looks = LooksKept(data)
    assert asyncio.run(looks.plan()) is None
    for plan in (Plan(next_look_at=NOW, reason="a"), Plan(next_look_at=None, reason="paused", paused=True)):
        asyncio.run(looks.keep_plan(plan))
        assert asyncio.run(looks.plan()) == plan


def test_a_suggested_plan_takes_the_place_of_any_but_a_paused_one(data: Database) -> None:
    looks = LooksKept(data)
    soon = Plan(next_look_at=NOW, reason="a new sign-in")
    paused = Plan(next_look_at=None, reason="paused", paused=True)

    async def after(*plans: Plan) -> Plan | None:
        for plan in plans:
            await looks.keep_plan(plan)
        await looks.suggest_plan(soon)
        return await looks.plan()

    assert asyncio.run(after()) == soon
    assert asyncio.run(after(Plan(next_look_at=None, reason="signed out"))) == soon
    assert asyncio.run(after(paused)) == paused
