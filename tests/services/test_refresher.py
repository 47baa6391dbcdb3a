import logging
import random
from datetime import timedelta
from decimal import Decimal

import pytest

from claudetray.core.alert import AlertKind
from claudetray.demo.console import ORGANIZATION, SESSION, Mood
from claudetray.demo.world import World
from claudetray.services.parts import Parts
from tests.builders import dollars
from tests.services.conftest import Clock, Desktop, Opens, live, look, set_up


def test_a_look_stores_assesses_alerts_and_delivers(opened: Opens, stand_ins: World, desktop: Desktop) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.amount = Decimal("18.20")
        await set_up(parts, stand_ins)
        outcome = await look(parts)
        assert outcome.next_look.reason == "below $20: every 30 min"
        assert outcome.next_look.delay == timedelta(minutes=30)
        status = await parts.board.status()
        assert (status.left, status.health, status.failure) == (dollars("18.20"), "warning", None)
        assert status.account is not None
        assert status.account.name == "Example"

    live(opened, work)
    assert len(stand_ins.slack.messages) == 1
    assert desktop.shown == ["$18.20 of credit left"]


def test_a_hundred_looks_speak_once_a_crossing(opened: Opens, stand_ins: World, clock: Clock) -> None:
    """A course with wavering and top-ups: one message for each crossing that the rules name, and no more."""
    chance = random.Random(7)
    course = [Decimal("60")]
    for step in range(99):
        drop = Decimal(chance.randint(0, 550)) / 100 if step % 25 else Decimal("-45")
        course.append(max(Decimal(0), course[-1] - drop))

    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        for left in course:
            stand_ins.console.amount = left
            clock.passes(minutes=30)
            await look(parts)

    live(opened, work)
    expected, said = 0, None
    for before, left in zip([course[0], *course], course, strict=False):
        here = min((at for at in (5, 20, 50) if left <= at), default=None)
        if here is not None and (said is None or here < said):
            expected, said = expected + 1, here
        elif said is not None and left > said and (left >= said * Decimal("1.05") or left - before >= 5):
            said = here
    assert expected >= 5
    assert len(stand_ins.slack.messages) == expected, [m["text"][:60] for m in stand_ins.slack.messages]


def test_a_failure_leaves_the_last_reading_and_is_logged_once(
    opened: Opens, stand_ins: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await look(parts)
        stand_ins.console.mood = Mood.EXPIRED
        for _ in range(3):
            outcome = await look(parts)
            assert outcome.error is not None
            assert outcome.error.kind == "session_expired"
        status = await parts.board.status()
        assert status.left == dollars("60.36")
        assert status.failure is not None
        stand_ins.console.mood = Mood.FINE
        await look(parts)

    live(opened, work)
    lines = [record.message for record in caplog.records if "refresher" in record.name]
    assert sum("Session expired" in line for line in lines) == 1
    assert sum("answers again" in line for line in lines) == 1
    titles = [message["text"].split(".")[0] for message in stand_ins.slack.messages]
    assert titles == ["Session expired", "Balance known again"]


def test_without_a_snippet_it_says_so_and_keeps_nothing(opened: Opens) -> None:
    async def work(parts: Parts) -> None:
        outcome = await look(parts)
        assert outcome.error is not None
        assert outcome.error.kind == "not_configured"
        assert (await parts.board.status()).looks == ()

    live(opened, work)


def test_a_renewed_session_is_kept_and_used(opened: Opens, stand_ins: World) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.renew_to = "sk-ant-sid01-renewed"
        await look(parts)
        assert (await look(parts)).error is None
        assert (await parts.connection.asking()).request.session_key == "sk-ant-sid01-renewed"

    live(opened, work)


def test_pasted_cookies_find_their_organization(opened: Opens, stand_ins: World) -> None:
    async def work(parts: Parts) -> None:
        await parts.connection.keep(parts.connection.understood(f"sessionKey={SESSION}"))
        assert (await look(parts)).error is None
        assert (await parts.connection.asking()).request.organization == ORGANIZATION

    live(opened, work)


@pytest.mark.parametrize("hint", [True, False])
def test_among_several_organizations_the_one_last_used_or_the_person_decides(
    opened: Opens, stand_ins: World, hint: bool
) -> None:
    other = ORGANIZATION.replace("1", "7")
    stand_ins.console.organizations.append({"uuid": other, "name": "Second", "capabilities": ["api"]})

    async def work(parts: Parts) -> None:
        cookies = f"sessionKey={SESSION}" + (f"; lastActiveOrg={other}" if hint else "")
        await parts.connection.keep(parts.connection.understood(cookies))
        outcome = await look(parts)
        if hint:
            assert (await parts.connection.asking()).request.organization == other
        else:
            assert outcome.error is not None
            assert "Example, Second" in outcome.error.message
            offered = await parts.connection.organizations("")
            await parts.connection.choose(offered[1])
            assert (await look(parts)).error is None

    live(opened, work)


def test_another_organization_has_a_history_of_its_own(opened: Opens, stand_ins: World) -> None:
    other = ORGANIZATION.replace("1", "7")
    stand_ins.console.organizations.append({"uuid": other, "name": "Second", "capabilities": ["api"]})

    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await look(parts)
        await parts.connection.keep(parts.connection.understood(stand_ins.snippet(organization=other)))
        assert (await parts.board.status()).reading is None
        await parts.connection.keep(parts.connection.understood(stand_ins.snippet()))
        assert (await parts.board.status()).left == dollars("60.36")

    live(opened, work)


def test_an_unknown_balance_is_told_after_three_hours(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.CHALLENGE
        for _ in range(8):
            await look(parts)
            clock.passes(minutes=59)
        kinds = [alert.kind for alert, _ in await parts.alerts.latest()]
        assert kinds == [AlertKind.BALANCE_UNKNOWN]

    live(opened, work)


def test_a_restart_between_two_looks_repeats_nothing(opened: Opens, stand_ins: World, clock: Clock) -> None:
    async def first(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await look(parts)

    async def again(parts: Parts) -> None:
        await look(parts)

    stand_ins.console.amount = Decimal("4")
    live(opened, first)
    for _ in range(3):
        clock.passes(hours=1)
        live(opened, again)
    assert len(stand_ins.slack.messages) == 1
