import asyncio
import socket
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from claudetray.core.cookie import Cookie
from claudetray.core.errors import (
    Challenged,
    RateLimited,
    SessionExpired,
    SourceError,
    UnexpectedAnswer,
    Unreachable,
    WrongOrganization,
)
from claudetray.core.reading import Reading
from claudetray.core.request import ConsoleRequest
from claudetray.demo.console import ORGANIZATION, SESSION, Mood
from claudetray.demo.world import World
from claudetray.desktop.certificates import trusted
from claudetray.providers import http
from claudetray.providers.anthropic_console.client import Console
from tests.builders import NOW, cookies, dollars

QUICK = timedelta(milliseconds=10)


def request(world: World, session: str = SESSION, organization: str = ORGANIZATION) -> ConsoleRequest:
    return ConsoleRequest(
        origin=world.url,
        organization=organization,
        headers=(("Accept", "*/*"), ("X-Name", "Zoë"), ("User-Agent", "Mozilla/5.0 (stand-in)")),
        cookies=cookies(sessionKey=session, quoted='"a=b"'),
    )


def read(
    asked: ConsoleRequest,
    whole: timedelta = timedelta(seconds=20),
    override: str | None = None,
    kept: list[Cookie] | None = None,
) -> Reading:
    async def keep(cookies: tuple[Cookie, ...]) -> None:
        if kept is not None:
            kept.extend(cookies)

    async def work() -> Reading:
        async with http.client(trusted()) as client:
            return await Console(client, lambda: NOW, override, QUICK, whole).read(asked, NOW, keep)

    return asyncio.run(work())


def test_a_look_brings_the_balance_and_the_month(stand_ins: World) -> None:
    stand_ins.console.amount = Decimal("18.20")
    reading = read(request(stand_ins))
    assert reading.left == dollars("18.20")
    assert reading.spend is not None
    assert reading.spend.spent == dollars("151.07")


def test_headers_and_cookies_are_sent_as_they_were_pasted(stand_ins: World) -> None:
    read(request(stand_ins))
    path, headers = stand_ins.console.seen[0]
    assert path.endswith(f"/{ORGANIZATION}/prepaid/credits")
    assert headers["cookie"] == f'sessionKey={SESSION}; quoted="a=b"'
    assert headers["user-agent"] == "Mozilla/5.0 (stand-in)"
    assert headers["x-name"].encode("utf-8", "surrogateescape").decode() == "Zoë"


@pytest.mark.parametrize(
    ("mood", "error", "looks"),
    [
        (Mood.EXPIRED, SessionExpired, 1),
        (Mood.LOGIN, SessionExpired, 1),
        (Mood.NO_WEB_SESSION, SessionExpired, 1),
        (Mood.CHALLENGE, Challenged, 1),
        (Mood.WRONG_ORGANIZATION, WrongOrganization, 1),
        (Mood.WRONG_ORGANIZATION_INSIDE, WrongOrganization, 1),
        (Mood.RATE_LIMITED, RateLimited, 1),
        (Mood.BUSY, Unreachable, 3),
        (Mood.RESET, Unreachable, 3),
        (Mood.HTML, UnexpectedAnswer, 1),
        (Mood.TRUNCATED, UnexpectedAnswer, 1),
        (Mood.NO_AMOUNT, UnexpectedAnswer, 1),
        (Mood.REDIRECT, UnexpectedAnswer, 1),
    ],
)
def test_each_failure_is_told_apart_and_only_what_may_pass_is_tried_again(
    stand_ins: World, mood: Mood, error: type[SourceError], looks: int
) -> None:
    stand_ins.console.mood, stand_ins.console.retry_after = mood, None
    with pytest.raises(error):
        read(request(stand_ins))
    assert stand_ins.console.looks() == looks


def test_what_passes_within_three_tries_is_no_failure(stand_ins: World) -> None:
    stand_ins.console.moods, stand_ins.console.retry_after = [Mood.BUSY, Mood.RESET], None
    assert read(request(stand_ins)).left == dollars("60.36")


def test_a_wait_that_was_told_comes_with_the_error(stand_ins: World) -> None:
    stand_ins.console.mood, stand_ins.console.retry_after = Mood.RATE_LIMITED, "90"
    with pytest.raises(RateLimited) as error:
        read(request(stand_ins))
    assert error.value.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize("mood", [Mood.BUSY, Mood.RATE_LIMITED])
def test_a_long_wait_that_was_told_is_not_cut_short_by_another_try(stand_ins: World, mood: Mood) -> None:
    stand_ins.console.mood, stand_ins.console.retry_after = mood, "900"
    with pytest.raises(SourceError) as error:
        read(request(stand_ins))
    assert error.value.retry_after == timedelta(seconds=900)
    assert stand_ins.console.looks() == 1


def test_a_slow_answer_ends_with_the_whole_look(stand_ins: World) -> None:
    stand_ins.console.mood = Mood.SLOW
    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        read(request(stand_ins), whole=timedelta(seconds=0.3))
    assert time.monotonic() - began < 5


def test_nobody_at_home_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        world = World()
        world.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unreachable):
            read(request(world))


@pytest.mark.parametrize("spend", [Mood.BUSY, Mood.SLOW, Mood.HTML, Mood.EXPIRED])
def test_the_months_spend_never_fails_a_look(stand_ins: World, spend: Mood) -> None:
    stand_ins.console.moods = [Mood.FINE, spend]
    reading = read(request(stand_ins))
    assert reading.left == dollars("60.36")
    assert reading.spend is None


def test_a_renewed_session_is_kept_and_used_at_once(stand_ins: World) -> None:
    stand_ins.console.renew_to = "sk-ant-sid01-renewed"
    kept: list[Cookie] = []
    reading = read(request(stand_ins), kept=kept)
    assert [(cookie.name, cookie.value) for cookie in kept] == [("sessionKey", "sk-ant-sid01-renewed")]
    assert reading.spend is not None
    assert "renewed" not in repr(kept)


def test_a_session_renewed_by_a_broken_answer_is_kept_all_the_same(stand_ins: World) -> None:
    stand_ins.console.moods = [Mood.TRUNCATED]
    stand_ins.console.renew_to = "sk-ant-sid01-renewed"
    kept: list[Cookie] = []
    with pytest.raises(UnexpectedAnswer):
        read(request(stand_ins), kept=kept)
    assert [cookie.value for cookie in kept] == ["sk-ant-sid01-renewed"]


def test_a_pasted_request_of_the_console_goes_to_the_stand_in_where_one_is_named(stand_ins: World) -> None:
    asked = ConsoleRequest(
        origin="https://platform.claude.com", organization=ORGANIZATION, headers=(), cookies=cookies(sessionKey=SESSION)
    )
    assert read(asked, override=stand_ins.url).left == dollars("60.36")


def test_organizations(stand_ins: World) -> None:
    async def work() -> list[bool]:
        async with http.client(trusted()) as client:
            return [o.api for o in await Console(client, lambda: NOW).organizations(request(stand_ins))]

    assert asyncio.run(work()) == [True, False]
