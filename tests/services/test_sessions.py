"""The session's ways, on a loopback Console and a browser without a window."""

import asyncio
import random
from datetime import timedelta

import pytest

from claudetray.core import session as rules
from claudetray.core.browser import Mode
from claudetray.core.cookie import Cookie
from claudetray.core.errors import PageFailed, SessionExpired
from claudetray.core.money import Money
from claudetray.core.reading import Reading
from claudetray.core.session import SIGNED_OUT, SessionState, Way
from claudetray.demo.console import SESSION, Mood
from claudetray.demo.world import World
from claudetray.services.parts import Parts
from claudetray.services.sessions import Road
from tests.builders import dollars
from tests.services.conftest import Clock, Desktop, Opens, live, look, set_up
from tests.services.pages import AGENT, Browser, a_cookie


def test_a_challenge_of_plain_requests_leads_through_the_page(
    opened: Opens, stand_ins: World, engine: Browser, clock: Clock
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.CHALLENGE_PLAIN
        outcome = await look(parts)
        assert outcome.reading is not None
        assert (outcome.reading.left, outcome.reading.source) == (dollars("60.36"), "console_page")
        assert (await parts.sessions.now()).state is SessionState.CHALLENGED
        assert outcome.next_look.delay == timedelta(minutes=120)
        plain = len(stand_ins.console.seen)
        await look(parts)
        assert len(engine.opened) == 2
        assert all("sec-fetch-mode" in headers for _, headers in stand_ins.console.seen[plain:])

        clock.passes(hours=6)  # then a plain request is tried again
        stand_ins.console.mood = Mood.FINE
        outcome = await look(parts)
        assert outcome.reading is not None
        assert outcome.reading.source == "console"
        assert len(engine.opened) == 2
        assert (await parts.sessions.now()).state is SessionState.SIGNED_IN

    live(opened, work)


def test_the_page_takes_the_cookies_and_its_name_goes_with_what_it_gives_back(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.moods = [Mood.CHALLENGE]
        engine.given = (Cookie(name="cf_clearance", value="of the engine"),)
        await look(parts)
        assert engine.opened[0].mode is Mode.LOOK
        assert engine.opened[0].address.endswith("/settings/billing")
        assert {cookie.name for cookie in engine.opened[0].cookies} == {"sessionKey", "lastActiveOrg"}
        request = await parts.kept.request.now()
        assert request.user_agent == AGENT
        assert request.session_key == SESSION
        assert request.cookie_header.endswith("cf_clearance=of the engine")

    live(opened, work)


def test_looks_through_the_page_are_bounded_and_spread(opened: Opens, stand_ins: World, engine: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await parts.preferences.keep("console.page_looks_per_day", "3")
        stand_ins.console.mood = Mood.CHALLENGE_PLAIN
        outcomes = [await look(parts) for _ in range(5)]
        assert [outcome.error is None for outcome in outcomes] == [True, True, True, False, False]
        assert len(engine.opened) == 3
        assert outcomes[0].next_look.reason == "through the web page: every 8 h"
        assert outcomes[4].error is not None
        assert outcomes[4].error.kind == "challenged"
        assert "(3 are allowed)" in str(outcomes[4].error)
        assert (await parts.board.status()).left == dollars("60.36")

    live(opened, work)


def test_zero_switches_hidden_visits_off(opened: Opens, stand_ins: World, engine: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await parts.preferences.keep("console.page_looks_per_day", "0")
        stand_ins.console.mood = Mood.CHALLENGE_PLAIN
        assert "switched off" in str((await look(parts)).error)
        stand_ins.console.mood = Mood.EXPIRED
        await look(parts)
        assert engine.opened == []

    live(opened, work)


def test_a_page_that_does_not_open_is_an_ordinary_failure(opened: Opens, stand_ins: World, browser: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        browser.trouble = "It took too long."
        stand_ins.console.mood = Mood.CHALLENGE_PLAIN
        outcome = await look(parts)
        assert outcome.error is not None
        assert outcome.error.kind == "challenged"
        assert "It took too long." in outcome.error.message
        assert await parts.connection.kept()

    live(opened, work)


def test_expired_is_renewed_once_then_told_once_and_the_balance_stays(
    opened: Opens, stand_ins: World, engine: Browser, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await look(parts)
        stand_ins.console.mood = Mood.EXPIRED
        for _ in range(6):
            assert (await look(parts)).error is not None
        assert [opening.mode for opening in engine.opened] == [Mode.RENEW]
        assert desktop.shown == ["Session expired"]
        status = await parts.board.status()
        assert (status.session.state, status.left) == (SessionState.EXPIRED, dollars("60.36"))

        stand_ins.console.mood = Mood.FINE
        assert (await look(parts)).error is None
        assert (await parts.sessions.now()).state is SessionState.SIGNED_IN
        stand_ins.console.mood = Mood.EXPIRED
        await look(parts)
        assert len(engine.opened) == 2  # it had worked in between: one renewal for this time as well

    live(opened, work)


def test_a_session_that_the_page_renews_goes_on_without_a_word(
    opened: Opens, stand_ins: World, engine: Browser, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await look(parts)
        stand_ins.console.session = "sk-ant-sid01-renewed-by-the-page"
        engine.given = (a_cookie("sk-ant-sid01-renewed-by-the-page"),)
        outcome = await look(parts)
        assert outcome.error is None
        session = await parts.sessions.now()
        assert session.state is SessionState.SIGNED_IN
        assert session.renewed_at is not None
        assert session.ends_at == a_cookie("x").expires_at
        assert desktop.shown == []

    live(opened, work)


def test_a_new_cookie_that_is_refused_as_well_makes_no_loop(opened: Opens, stand_ins: World, engine: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        engine.given = (a_cookie("sk-ant-sid01-new-but-no-good"),)
        stand_ins.console.session = "sk-ant-sid01-of-somebody-else"
        for _ in range(4):
            await look(parts)
        assert len(engine.opened) == 1

    live(opened, work)


def test_what_another_process_renewed_is_used_and_not_renewed_again(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        asking = await parts.connection.asking()
        stand_ins.console.session = "sk-ant-sid01-renewed-beside-us"
        newer = asking.request.with_cookies([a_cookie("sk-ant-sid01-renewed-beside-us")])
        await parts.kept.request.change(asking.request, lambda _: newer)

        async def balance(road: Road) -> Money | None:
            return (await road.source.read(road.request, parts.clock(), road.keep)).left

        assert await parts.sessions.ask(asking.request, balance) == dollars("60.36")
        assert engine.opened == []

    live(opened, work)


def test_a_session_that_died_is_not_blamed_on_a_fresh_one(opened: Opens, stand_ins: World, clock: Clock) -> None:
    """The look had begun before the person pasted a new snippet."""

    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        seen = await parts.sessions.now()
        clock.passes(seconds=1)
        await parts.connection.keep(parts.connection.understood(stand_ins.snippet()))
        await parts.kept.sessions.change(seen, lambda session: rules.expired(session, None))
        assert (await parts.sessions.now()).state is SessionState.SIGNED_IN

    live(opened, work)


def test_a_renewal_is_made_in_time_and_not_before(
    opened: Opens, stand_ins: World, engine: Browser, clock: Clock
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        request = await parts.kept.request.now()
        await parts.sessions.begin(request, Way.SIGN_IN, clock() + timedelta(days=8))
        clock.passes(days=6)
        await parts.sessions.renew_in_time()
        assert engine.opened == []
        clock.passes(days=1)
        engine.given = (a_cookie(SESSION, days=40),)
        await parts.sessions.renew_in_time()
        assert [opening.mode for opening in engine.opened] == [Mode.RENEW]
        assert (await parts.sessions.now()).ends_at == a_cookie("x", days=40).expires_at
        await parts.sessions.renew_in_time()
        assert len(engine.opened) == 1

    live(opened, work)


def test_refresh_says_why_it_failed(opened: Opens, stand_ins: World, browser: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        with pytest.raises(PageFailed, match="no web engine"):
            await parts.sessions.refresh()
        browser.trouble = ""
        assert (await parts.sessions.refresh()).state is SessionState.SIGNED_IN
        await parts.preferences.keep("console.page_looks_per_day", "1")
        with pytest.raises(PageFailed, match="are allowed"):
            await parts.sessions.refresh()

    live(opened, work)


def test_signing_out_wipes_the_vault_and_nothing_else(opened: Opens, stand_ins: World) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await look(parts)
        assert await parts.sessions.sign_out()
        assert not await parts.sessions.sign_out()
        status = await parts.board.status()
        assert (status.session.state, status.left) == (SessionState.SIGNED_OUT, dollars("60.36"))
        outcome = await look(parts)
        assert outcome.error is not None
        assert outcome.error.kind == "not_configured"
        assert await parts.preferences.webhook_kept()

    live(opened, work)


def test_a_renewal_that_comes_after_signing_out_brings_nothing_back(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        asking = await parts.connection.asking()
        await parts.sessions.sign_out()
        stand_ins.console.renew_to = "sk-ant-sid01-late"

        async def read(road: Road) -> Reading:
            return await road.source.read(road.request, parts.clock(), road.keep)

        await parts.sessions.ask(asking.request, read)
        assert not await parts.connection.kept()

    live(opened, work)


def test_two_hundred_looks_with_failures_on_both_ways_lose_no_session(
    opened: Opens, stand_ins: World, engine: Browser, desktop: Desktop
) -> None:
    """The Console renews the session at random, at once and for good, also in answers that are broken."""
    chance = random.Random(11)
    moods = [Mood.FINE, Mood.CHALLENGE_PLAIN, Mood.TRUNCATED, Mood.NO_AMOUNT, Mood.HTML, Mood.WRONG_ORGANIZATION]

    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await parts.preferences.keep("console.page_looks_per_day", "200")
        for number in range(200):
            engine.trouble = "It died." if chance.random() < 0.2 else ""
            stand_ins.console.moods = [chance.choice(moods) for _ in range(chance.randint(0, 2))]
            if chance.random() < 0.4:
                stand_ins.console.renew_to = f"sk-ant-sid01-renewed-{number}"
            await look(parts)
            assert (await parts.kept.request.now()).session_key == stand_ins.console.session
            stand_ins.console.renew_to = None
        assert engine.running == 0
        stand_ins.console.moods = []
        stand_ins.console.mood = Mood.FINE
        assert (await look(parts)).error is None

    live(opened, work)
    assert "Session expired" not in desktop.shown


def test_what_another_process_renews_during_our_own_renewal_is_no_expiry(
    opened: Opens, stand_ins: World, engine: Browser, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        asking = await parts.connection.asking()
        newer = asking.request.with_cookies([a_cookie("sk-ant-sid01-renewed-beside-us")])
        stand_ins.console.session = "sk-ant-sid01-renewed-beside-us"

        async def beside_us() -> None:
            await parts.kept.request.change(asking.request, lambda _: newer)

        engine.on_open = beside_us
        assert (await look(parts)).error is None
        assert desktop.shown == []

    live(opened, work)


def test_one_known_to_be_over_is_not_visited_behind_a_challenge(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.EXPIRED
        await look(parts)
        stand_ins.console.mood = Mood.CHALLENGE
        for _ in range(4):
            await look(parts)
        assert len(engine.opened) == 1
        assert (await parts.sessions.now()).state is SessionState.EXPIRED

    live(opened, work)


def test_a_scheduled_renewal_does_not_use_up_the_one_for_an_expiry(
    opened: Opens, stand_ins: World, engine: Browser, clock: Clock
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await parts.preferences.keep("console.page_looks_per_day", "0")
        await parts.sessions.begin(await parts.kept.request.now(), Way.SIGN_IN, clock() + timedelta(hours=5))
        clock.passes(hours=4)
        await parts.sessions.renew_in_time()
        stand_ins.console.mood = Mood.EXPIRED
        await look(parts)
        await parts.preferences.keep("console.page_looks_per_day", "9")
        await look(parts)
        assert len(engine.opened) == 1

    live(opened, work)


def test_failed_looks_through_the_page_are_spread_as_well(opened: Opens, stand_ins: World, browser: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.CHALLENGE
        assert (await look(parts)).next_look.delay == timedelta(hours=1)

    live(opened, work)


def test_a_look_that_is_broken_off_keeps_what_it_renewed(opened: Opens, stand_ins: World) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.renew_to = "sk-ant-sid01-renewed"
        stand_ins.console.moods = [Mood.FINE, Mood.SLOW]
        looking = asyncio.ensure_future(look(parts))
        for _ in range(10**6):
            if len(stand_ins.console.seen) == 2:
                break
            await asyncio.sleep(0)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        assert (await parts.kept.request.now()).session_key == "sk-ant-sid01-renewed"

    live(opened, work)


def test_one_refusal_that_passes_is_no_expiry(
    opened: Opens, stand_ins: World, engine: Browser, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.moods = [Mood.EXPIRED]
        assert (await look(parts)).error is None
        assert (await parts.sessions.now()).state is SessionState.SIGNED_IN
        assert desktop.shown == []

    live(opened, work)


def test_plain_requests_that_are_refused_while_the_page_is_answered_mean_a_challenge(
    opened: Opens, stand_ins: World, engine: Browser, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.REFUSE_PLAIN
        assert (await look(parts)).error is None
        assert (await parts.sessions.now()).state is SessionState.CHALLENGED
        assert desktop.shown == []

    live(opened, work)


def test_a_page_look_with_a_session_that_was_renewed_beside_it_is_made_again(
    opened: Opens, stand_ins: World, engine: Browser, desktop: Desktop
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        asking = await parts.connection.asking()
        stand_ins.console.mood = Mood.CHALLENGE_PLAIN
        stand_ins.console.session = "sk-ant-sid01-renewed-beside-us"
        newer = asking.request.with_cookies([a_cookie("sk-ant-sid01-renewed-beside-us")])

        async def beside_us() -> None:
            await parts.kept.request.change(asking.request, lambda _: newer)

        engine.on_open = beside_us
        assert (await look(parts)).error is None
        assert (await parts.sessions.now()).state is SessionState.CHALLENGED
        assert desktop.shown == []

    live(opened, work)


def test_refresh_leads_out_of_an_expiry_that_was_none(opened: Opens, stand_ins: World, engine: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.EXPIRED
        await look(parts)
        assert (await parts.sessions.now()).state is SessionState.EXPIRED
        with pytest.raises(SessionExpired):
            await parts.sessions.refresh()
        stand_ins.console.mood = Mood.FINE
        assert (await parts.sessions.refresh()).state is SessionState.SIGNED_IN

    live(opened, work)


def test_on_the_last_day_a_look_through_the_page_is_one_visit(
    opened: Opens, stand_ins: World, engine: Browser, clock: Clock
) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await parts.sessions.begin(await parts.kept.request.now(), Way.SIGN_IN, clock() + timedelta(days=2))
        clock.passes(days=1, hours=13)
        await parts.sessions.renew_in_time()
        stand_ins.console.mood = Mood.CHALLENGE_PLAIN
        for _ in range(3):
            await look(parts)
            await parts.sessions.renew_in_time()
        assert [opening.mode for opening in engine.opened] == [Mode.RENEW, Mode.LOOK, Mode.LOOK, Mode.LOOK]

    live(opened, work)


def test_a_network_that_is_down_is_not_blamed_on_cloudflare(opened: Opens, stand_ins: World, engine: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.CHALLENGE_PLAIN
        await look(parts)
        engine.unreachable = True
        outcome = await look(parts)
        assert outcome.error is not None
        assert (outcome.error.kind, outcome.next_look.delay) == ("unreachable", timedelta(minutes=1))

    live(opened, work)


def test_two_questions_that_are_refused_renew_once(opened: Opens, stand_ins: World, engine: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.mood = Mood.EXPIRED
        await asyncio.gather(look(parts), parts.connection.organizations(""), return_exceptions=True)
        assert [opening.mode for opening in engine.opened] == [Mode.RENEW]

    live(opened, work)


def test_a_session_whose_row_was_lost_gets_one(opened: Opens, stand_ins: World, engine: Browser) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        await parts.kept.sessions.keep(SIGNED_OUT)
        stand_ins.console.mood = Mood.EXPIRED
        for _ in range(3):
            await look(parts)
        assert len(engine.opened) == 1
        assert (await parts.sessions.now()).state is SessionState.EXPIRED

    live(opened, work)
