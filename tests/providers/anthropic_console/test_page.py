"""The page's answers and what they mean; the engine itself is tested in tests/desktop and tests/whole."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from claudetray.core.browser import AWAY, LEFT, Event, Heard, Mode, Opening, PageAnswer
from claudetray.core.cookie import Cookie
from claudetray.core.errors import Challenged, PageFailed, SessionExpired, SourceError, UnexpectedAnswer, Unreachable
from claudetray.core.reading import Reading
from claudetray.core.request import ConsoleRequest
from claudetray.core.source import keep_none
from claudetray.demo.console import ORGANIZATION
from claudetray.providers.anthropic_console.page import ConsolePage, as_browser
from tests.builders import NOW, cookies, dollars
from tests.services.pages import AGENT, Browser, Visit

REQUEST = ConsoleRequest(
    origin="https://platform.claude.com",
    organization=ORGANIZATION,
    headers=(("User-Agent", "Firefox"), ("sec-ch-ua", "Firefox")),
    cookies=cookies(sessionKey="k0", cf_clearance="of Firefox"),
)
CHALLENGE = PageAnswer(path="", status=403, headers={"cf-mitigated": "challenge"}, body="Just a moment...")
FINE = PageAnswer(path="", status=200, headers={}, body=json.dumps({"amount": 6036, "currency": "USD"}))


class Scripted(Visit):
    """Answers as told, one after the other; the last one stays."""

    answers: list[PageAnswer]

    async def fetched(self, paths: Sequence[str]) -> tuple[PageAnswer, ...]:
        return tuple([self.answers.pop(0) if len(self.answers) > 1 else self.answers[0] for _ in paths])


class ScriptedBrowser(Browser):
    def __init__(self, *answers: PageAnswer) -> None:
        super().__init__()
        self._answers = list(answers)

    def visit(self, opening: Opening, heard: Heard | None = None) -> object:  # type: ignore[override]
        visit = Scripted(opening, heard)
        visit.answers = self._answers
        visit.tell(Event.COOKIE)
        visit.tell(Event.SETTLED)
        return _Open(visit)


class _Open:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    async def __aenter__(self) -> Visit:
        return self._visit

    async def __aexit__(self, *_: object) -> None:
        return None


def looked(*answers: PageAnswer) -> Reading:
    async def run() -> Reading:
        page = ConsolePage(ScriptedBrowser(*answers), lambda: NOW, again=timedelta(0))  # type: ignore[arg-type]
        async with page.opened(REQUEST, Mode.LOOK, keep_none) as source:
            return await source.read(REQUEST, NOW)

    return asyncio.run(run())


def test_the_same_answers_make_the_same_reading() -> None:
    reading = looked(FINE)
    assert (reading.left, reading.source) == (dollars("60.36"), "console_page")


def test_a_challenge_of_the_page_is_waited_for_and_so_is_a_page_on_its_way() -> None:
    left = PageAnswer(path="", status=0, trouble="the page was left meanwhile")
    elsewhere = PageAnswer(path="", status=0, trouble="not on a page of the Console")
    assert looked(CHALLENGE, left, elsewhere, CHALLENGE, FINE).left == dollars("60.36")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (CHALLENGE, Challenged),
        (PageAnswer(path="", status=302, headers={"location": "https://platform.claude.com/login"}), SessionExpired),
        (
            PageAnswer(path="", status=401, body='{"type":"error","error":{"type":"authentication_error"}}'),
            SessionExpired,
        ),
        (PageAnswer(path="", status=0, trouble="TimeoutError"), Unreachable),
        (PageAnswer(path="", status=200, headers={"content-type": "text/html"}, body="<html>"), UnexpectedAnswer),
        (PageAnswer(path="", status=200, body='{"amount": "1"}'), UnexpectedAnswer),
    ],
)
def test_refusals_are_told_apart_as_on_the_plain_way(answer: PageAnswer, error: type[SourceError]) -> None:
    with pytest.raises(error):
        looked(answer)


def test_an_answer_that_repeats_the_session_does_not_bring_it_to_the_disk() -> None:
    body = json.dumps({"amount": 1, "currency": "USD", "echo": "a-session-of-nobody"})

    async def run() -> str:
        request = REQUEST.with_cookies(cookies(sessionKey="a-session-of-nobody"))
        answer = PageAnswer(path="", status=200, body=body)
        page = ConsolePage(ScriptedBrowser(answer), lambda: NOW)  # type: ignore[arg-type]
        async with page.opened(request, Mode.LOOK, keep_none) as source:
            return (await source.read(request, NOW)).raw

    assert "a-session-of-nobody" not in asyncio.run(run())


def test_cookies_and_the_engines_name_go_together() -> None:
    opening = Opening(mode=Mode.LOOK, origin=REQUEST.origin, address=REQUEST.origin)
    visit = Visit(opening, None)
    given = (
        Cookie(name="sessionKey", value="k1", domain=".claude.com"),
        Cookie(name="cf_clearance", value="of the engine"),
        Cookie(name="NID", value="1", domain=".google.com"),
    )
    for cookie in given:
        asyncio.run(visit.give(cookie))
    browser = as_browser(REQUEST, visit)
    assert browser.cookie_header == "sessionKey=k1; cf_clearance=of the engine"
    assert browser.user_agent == AGENT
    assert "sec-ch-ua" not in {name for name, _ in browser.headers}  # Firefox's would give the lie to it


def test_without_a_check_passed_the_browsers_own_name_and_clearance_stay() -> None:
    opening = Opening(mode=Mode.RENEW, origin=REQUEST.origin, address=REQUEST.origin)
    visit = Visit(opening, None)
    for cookie in cookies(sessionKey="k1", __cf_bm="of the engine"):
        asyncio.run(visit.give(cookie))
    browser = as_browser(REQUEST, visit)
    assert browser.cookie_header == "sessionKey=k1; cf_clearance=of Firefox"
    assert browser.headers == REQUEST.headers


def test_a_refusal_in_the_page_is_believed_only_twice() -> None:
    """The page's own calls may have renewed the session while ours was under way."""
    refused = PageAnswer(path="", status=401, body='{"type":"error","error":{"type":"authentication_error"}}')
    assert looked(refused, FINE).left == dollars("60.36")


def test_a_page_that_stays_on_another_host_asks_to_sign_in() -> None:
    with pytest.raises(SessionExpired, match="elsewhere"):
        looked(PageAnswer(path="", status=0, trouble=AWAY))
    assert looked(*[PageAnswer(path="", status=0, trouble=AWAY)] * 3, FINE).left == dollars("60.36")


def test_a_page_that_never_rests_is_an_ordinary_failure() -> None:
    with pytest.raises(PageFailed):
        looked(PageAnswer(path="", status=0, trouble=LEFT))
