import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from claudetray.core.browser import Event
from claudetray.core.errors import SignInFailed
from claudetray.core.session import SessionState, Way
from claudetray.demo.console import ORGANIZATION, SESSION
from claudetray.demo.world import World
from claudetray.providers.anthropic_console import provider
from claudetray.services.parts import Parts
from claudetray.services.sign_in import SignInResult
from tests.builders import NOW
from tests.services.conftest import Opens
from tests.services.pages import AGENT, Browser, Visit, a_cookie

SIDE = ORGANIZATION.replace("1", "3")


def live(opened: Opens, work: Callable[[Parts], Awaitable[None]]) -> None:
    async def run() -> None:
        async with opened() as parts, asyncio.timeout(30):
            await work(parts)

    asyncio.run(run())


async def signs_in(visit: Visit) -> None:
    visit.tell(Event.SETTLED, path="/login")
    visit.tell(Event.AGREED)
    await visit.give(a_cookie(SESSION))
    visit.tell(Event.SETTLED, path="/settings/billing")


@pytest.fixture
def engine(browser: Browser) -> Browser:
    browser.trouble = ""
    browser.script = signs_in
    return browser


def test_signing_in_keeps_a_session_with_its_end_its_organization_and_its_browser(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    async def work(parts: Parts) -> None:
        assert await parts.sign_in.run() is SignInResult.SIGNED_IN
        session = await parts.sessions.now()
        assert (session.state, session.way, session.since) == (SessionState.SIGNED_IN, Way.SIGN_IN, NOW)
        assert session.ends_at == NOW + timedelta(days=28)
        request = await parts.kept.request.now()
        assert (request.organization, request.user_agent, request.session_key) == (ORGANIZATION, AGENT, SESSION)
        account = await parts.connection.watched()
        assert account is not None
        assert account.name == "Example"
        assert engine.opened[0].introduce
        assert engine.opened[0].cookies == ()
        await parts.sign_in.run()
        assert not engine.opened[1].introduce  # it was read once

    live(opened, work)


def test_a_fresh_session_that_is_refused_at_first_is_asked_again(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    async def work(parts: Parts) -> None:
        stand_ins.console.refused_after_sign_in = 1
        assert await parts.sign_in.run() is SignInResult.SIGNED_IN

    live(opened, work)


def test_a_console_that_does_not_tell_the_organizations_is_said_beside_the_page(
    opened: Opens, stand_ins: World, engine: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "AFTER_SIGN_IN", (timedelta(0),))
    organizations, stand_ins.console.organizations = stand_ins.console.organizations, []

    async def waits(visit: Visit) -> None:
        stand_ins.console.refused_after_sign_in = 9
        await signs_in(visit)
        while "reload the page" not in "".join(visit.notes):
            await visit.noted.wait()
            visit.noted.clear()
        stand_ins.console.refused_after_sign_in = 0
        stand_ins.console.organizations = organizations
        visit.tell(Event.SETTLED, path="/settings/billing")

    async def work(parts: Parts) -> None:
        engine.script = waits
        assert await parts.sign_in.run() is SignInResult.SIGNED_IN

    live(opened, work)


def test_of_several_organizations_the_person_chooses_with_the_balances_before_them(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    stand_ins.console.organizations += [{"id": 3, "uuid": SIDE, "name": "Side project", "capabilities": ["api"]}]
    stand_ins.console.balances = {SIDE: Decimal("4.20")}

    async def chooses(visit: Visit) -> None:
        await signs_in(visit)
        choices, picked = await visit.choices.get()
        assert [(choice.name, choice.balance) for choice in choices] == [
            ("Example", "$60.36"),
            ("Side project", "$4.20"),
        ]
        assert picked == ORGANIZATION
        visit.tell(Event.CHOSEN, uuid=SIDE)

    async def work(parts: Parts) -> None:
        engine.script = chooses
        assert await parts.sign_in.run() is SignInResult.SIGNED_IN
        account = await parts.connection.watched()
        assert account is not None
        assert (account.organization, account.name) == (SIDE, "Side project")

    live(opened, work)


def test_a_chat_only_account_is_told_why_and_may_sign_in_as_somebody_else(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    both = list(stand_ins.console.organizations)
    stand_ins.console.organizations = both[1:]

    async def tries_again(visit: Visit) -> None:
        await signs_in(visit)
        assert "no organization with API credit" in await visit.said.get()
        stand_ins.console.organizations = both
        visit.empty()
        await signs_in(visit)

    async def work(parts: Parts) -> None:
        engine.script = tries_again
        assert await parts.sign_in.run() is SignInResult.SIGNED_IN

    live(opened, work)


@pytest.mark.parametrize(
    ("event", "result"),
    [(Event.CLOSED, SignInResult.CLOSED), (Event.SNIPPET_ASKED, SignInResult.SNIPPET_ASKED)],
)
def test_whoever_turns_back_keeps_what_was_there(
    opened: Opens, stand_ins: World, engine: Browser, event: Event, result: SignInResult
) -> None:
    async def turns_back(visit: Visit) -> None:
        visit.tell(event)

    async def work(parts: Parts) -> None:
        await parts.connection.keep(parts.connection.understood(stand_ins.snippet()))
        engine.script = turns_back
        assert await parts.sign_in.run() is result
        assert (await parts.sessions.now()).way is Way.SNIPPET
        assert engine.running == 0

    live(opened, work)


def test_a_window_that_dies_is_said_and_leaves_everything_as_it_was(opened: Opens, engine: Browser) -> None:
    async def dies(visit: Visit) -> None:
        visit.tell(Event.FAILED, why="The web page crashed.")

    async def work(parts: Parts) -> None:
        engine.script = dies
        with pytest.raises(SignInFailed, match="crashed"):
            await parts.sign_in.run()
        assert (await parts.sessions.now()).state is SessionState.SIGNED_OUT
        engine.script = signs_in
        assert await parts.sign_in.run() is SignInResult.SIGNED_IN

    live(opened, work)


def test_a_second_call_brings_the_open_window_to_the_front(opened: Opens, engine: Browser) -> None:
    async def work(parts: Parts) -> None:
        shown: asyncio.Queue[Visit] = asyncio.Queue()

        async def waits(visit: Visit) -> None:
            shown.put_nowait(visit)

        engine.script = waits
        first = asyncio.ensure_future(parts.sign_in.run())
        visit = await shown.get()
        assert await parts.sign_in.run() is SignInResult.ALREADY_OPEN
        assert visit.shown == 1
        visit.tell(Event.CLOSED)
        assert await first is SignInResult.CLOSED
        assert len(engine.opened) == 1

    live(opened, work)


@pytest.mark.parametrize(("organizations", "result"), [(1, SignInResult.NO_CREDIT), (3, SignInResult.NOT_CHOSEN)])
def test_closing_after_the_sign_in_tells_what_was_missing(
    opened: Opens, stand_ins: World, engine: Browser, organizations: int, result: SignInResult
) -> None:
    several = [*stand_ins.console.organizations, {"id": 3, "uuid": SIDE, "name": "Side", "capabilities": ["api"]}]
    stand_ins.console.organizations = several if organizations == 3 else several[1:2]

    async def closes(visit: Visit) -> None:
        await signs_in(visit)
        await (visit.choices if organizations == 3 else visit.said).get()
        visit.tell(Event.SETTLED, path="/anywhere")  # the page goes on; it is not asked or said again
        visit.tell(Event.CLOSED)

    async def work(parts: Parts) -> None:
        engine.script = closes
        assert await parts.sign_in.run() is result

    live(opened, work)
