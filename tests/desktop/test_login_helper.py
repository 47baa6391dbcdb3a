"""The login helper as it is: a real web engine in a process of its own, against the stand-in on loopback."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest

from claudetray import paths
from claudetray.core.browser import LIMITS, Event, Limits, Mode, Opening
from claudetray.core.cookie import Cookie
from claudetray.core.errors import PageFailed, Unreachable
from claudetray.demo import world
from claudetray.demo.console import ORGANIZATION, SESSION, Mood
from claudetray.demo.sign_in import TOKEN
from claudetray.demo.world import World
from claudetray.desktop.login_helper import HelperVisit, LoginHelper
from tests.builders import cookies

ENVIRON = {
    "QTWEBENGINE_DISABLE_SANDBOX": "1",
    "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
    "QT_QPA_PLATFORM": "offscreen",
}
CREDITS = f"/api/organizations/{ORGANIZATION}/prepaid/credits"


@pytest.fixture
def stand_ins() -> Iterator[World]:
    with world.served() as served:
        yield served


@pytest.fixture
def helper() -> LoginHelper:
    return LoginHelper(paths.command(), paths.helper_environ({**os.environ, **ENVIRON, "CLAUDETRAY_VAULT_KEY": "x"}))


def opening(stand_ins: World, mode: Mode = Mode.LOOK, path: str = "/settings/billing", **values: str) -> Opening:
    given = cookies(**(values or {"sessionKey": SESSION}))
    return Opening(mode=mode, origin=stand_ins.url, address=stand_ins.url + path, cookies=given)


def visited(helper: LoginHelper, told: Opening, work: Callable[[HelperVisit], Awaitable[None]]) -> list[Cookie]:
    """Visit; the cookies that were heard. Afterwards nothing of the helper is left."""
    heard: list[Cookie] = []

    async def hear(cookie: Cookie) -> None:
        heard.append(cookie)

    async def run() -> None:
        async with asyncio.timeout(60), helper.visit(told, hear) as visit:
            await work(visit)

    try:
        asyncio.run(run())
    finally:
        assert remaining() == []
    return heard


def remaining() -> list[str]:
    """Processes of a helper that still live."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        ours = "console-login" in line or "QtWebEngineProcess" in line
        if ours and str(os.getpid()) in ancestry(process) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(line)
    return found


def ancestry(process: psutil.Process) -> list[str]:
    return [str(parent.pid) for parent in process.parents()]


async def settled(visit: HelperVisit, path: str = "") -> None:
    while True:
        event = await visit.event()
        if event["event"] == Event.SETTLED and event["path"].startswith(path):
            return


def test_a_look_goes_out_as_the_browser_itself(helper: LoginHelper, stand_ins: World) -> None:
    stand_ins.console.mood = Mood.CHALLENGE_PLAIN

    async def look(visit: HelperVisit) -> None:
        await settled(visit)
        found, missing = await visit.fetched([CREDITS, "/api/nothing"])
        assert (found.status, '"amount": 6036' in found.body) == (200, True)
        assert missing.status == 404
        assert "Chrome/" in visit.user_agent

    assert visited(helper, opening(stand_ins), look) == []
    path, headers = stand_ins.console.seen[-1]
    assert (path, headers["sec-fetch-mode"], headers["accept"]) == (CREDITS, "cors", "application/json")
    assert headers["cookie"] == f"sessionKey={SESSION}"


def test_a_redirect_to_the_sign_in_page_shows_as_one(helper: LoginHelper, stand_ins: World) -> None:
    stand_ins.console.mood = Mood.LOGIN

    async def look(visit: HelperVisit) -> None:
        await settled(visit)
        [found] = await visit.fetched([CREDITS])
        assert found.status == 302
        assert "/login" in found.headers["location"]

    visited(helper, opening(stand_ins), look)


def test_a_renewed_session_is_heard_at_once_with_its_end(helper: LoginHelper, stand_ins: World) -> None:
    stand_ins.sign_in.renews = True

    async def renew(visit: HelperVisit) -> None:
        await settled(visit)

    [cookie] = visited(helper, opening(stand_ins, Mode.RENEW), renew)
    assert (cookie.name, cookie.value, cookie.http_only) == ("sessionKey", stand_ins.console.session, True)
    assert cookie.expires_at is not None


def test_a_session_that_an_answer_renews_is_heard_too(helper: LoginHelper, stand_ins: World) -> None:
    stand_ins.console.renew_to = "sk-ant-sid01-renewed"

    async def look(visit: HelperVisit) -> None:
        await settled(visit)
        await visit.fetched([CREDITS])
        [again] = await visit.fetched([CREDITS])
        assert again.status == 200

    [cookie] = visited(helper, opening(stand_ins), look)
    assert cookie.value == "sk-ant-sid01-renewed"


def test_a_challenge_is_passed_as_any_browser_passes_it(helper: LoginHelper, stand_ins: World) -> None:
    stand_ins.console.walled = True

    async def look(visit: HelperVisit) -> None:
        await settled(visit)
        while (await visit.fetched([CREDITS]))[0].status != 200:
            await visit.event()

    heard = visited(helper, opening(stand_ins), look)
    assert [cookie.name for cookie in heard] == ["cf_clearance"]


def test_a_sign_in_link_leads_to_a_session(helper: LoginHelper, stand_ins: World) -> None:
    async def sign_in(visit: HelperVisit) -> None:
        await settled(visit, "/settings")
        assert {cookie.name for cookie in visit.cookies} == {"sessionKey", "lastActiveOrg"}
        [found] = await visit.fetched(["/api/organizations"])
        assert found.status == 200

    told = opening(stand_ins, Mode.SIGN_IN, f"/magic-link?token={TOKEN}")
    visited(helper, replace(told, cookies=()), sign_in)


def test_a_console_that_is_down_is_said(helper: LoginHelper, stand_ins: World) -> None:
    told = opening(stand_ins)
    gone = replace(told, origin="http://127.0.0.1:1", address="http://127.0.0.1:1/settings/billing")

    async def look(visit: HelperVisit) -> None:
        with pytest.raises(Unreachable, match="cannot be reached"):
            await visit.event()

    visited(helper, gone, look)


@pytest.mark.parametrize("mode", [Mode.LOOK, Mode.SIGN_IN])
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_one_that_dies_or_hangs_is_an_ordinary_failure(stand_ins: World, blow: signal.Signals, mode: Mode) -> None:
    helper = LoginHelper(paths.command(), paths.helper_environ({**os.environ, **ENVIRON}), ping_s=0.5)

    async def visit_it(visit: HelperVisit) -> None:
        await settled(visit)
        os.kill(visit._process.pid, blow)
        with pytest.raises(PageFailed, match="hung" if blow == signal.SIGSTOP else "unexpectedly"):
            await visit.fetched([CREDITS])

    visited(helper, opening(stand_ins, mode), visit_it)


def test_one_that_takes_too_long_is_ended(stand_ins: World) -> None:
    limits = {**LIMITS, Mode.LOOK: Limits(timedelta(seconds=-4.5), 1 << 40)}  # and then the grace of 5 s
    helper = LoginHelper(paths.command(), paths.helper_environ({**os.environ, **ENVIRON}), limits)

    async def look(visit: HelperVisit) -> None:
        with pytest.raises(PageFailed, match="too long"):
            await settled(visit, "/never")

    visited(helper, opening(stand_ins), look)


def test_one_that_is_left_in_the_middle_is_ended(helper: LoginHelper, stand_ins: World) -> None:
    async def look(visit: HelperVisit) -> None:
        await settled(visit)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        visited(helper, opening(stand_ins), look)


def test_one_that_cannot_be_started_says_so(stand_ins: World) -> None:
    async def work(visit: HelperVisit) -> None:
        raise AssertionError("there is none")

    with pytest.raises(PageFailed, match="cannot be started"):
        visited(LoginHelper(("/nonexistent",), {}), opening(stand_ins), work)


def test_it_knows_neither_the_vaults_key_nor_a_cookie_from_its_environment(
    helper: LoginHelper, stand_ins: World
) -> None:
    async def look(visit: HelperVisit) -> None:
        await settled(visit)
        own = psutil.Process(visit._process.pid)
        for process in (own, *own.children(recursive=True)):
            assert "CLAUDETRAY_VAULT_KEY" not in process.environ()
            assert not any(SESSION in word for word in (*process.cmdline(), *process.environ().values()))

    visited(helper, opening(stand_ins), look)


@pytest.mark.parametrize("stopped", [False, True])
def test_it_ends_with_the_program_that_started_it(stand_ins: World, stopped: bool) -> None:
    """The tray is killed: its end of the line closes, and the helper goes, even one that cannot hear it."""
    program = (
        "import subprocess, sys, os\n"
        "helper = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "helper.stdin.write(sys.argv[1].encode() + b'\\n'); helper.stdin.flush()\n"
        "assert b'settled' in helper.stdout.readline()\n"
        "print(helper.pid, flush=True); sys.stdin.read()"
    )
    told = replace(opening(stand_ins), cookies=()).to_json()
    process = subprocess.Popen(
        [sys.executable, "-c", program, told, *paths.command(), "console-login", "look"],
        env=paths.helper_environ({**os.environ, **ENVIRON}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    with process.stdin, process.stdout:
        helper = psutil.Process(int(process.stdout.readline()))
        if stopped:
            helper.suspend()
        process.kill()
        process.wait()
    _, alive = psutil.wait_procs([helper], timeout=10)
    assert [left for left in alive if left.status() != psutil.STATUS_ZOMBIE] == []
