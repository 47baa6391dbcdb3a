import asyncio
from collections.abc import Awaitable, Callable

import pytest

from claudetray.core.errors import NotConfigured
from claudetray.core.request import ConsoleRequest
from claudetray.services.request_kept import SECRET, Renewals, RequestKept
from claudetray.store.database import Database
from claudetray.store.vault import SealedVault
from tests.builders import cookies

REQUEST = ConsoleRequest(
    origin="https://platform.claude.com",
    organization="o-1",
    headers=(("User-Agent", "Mozilla/5.0"),),
    cookies=cookies(sessionKey="k0", lastActiveOrg="o-1"),
)


@pytest.fixture
def vault(data: Database) -> SealedVault:
    return SealedVault(data, bytes(32))


def live(vault: SealedVault, work: Callable[[RequestKept], Awaitable[None]]) -> None:
    async def run() -> None:
        kept = RequestKept(vault)
        await kept.keep(REQUEST)
        await work(kept)

    asyncio.run(run())


def test_renewed_cookies_are_kept_over_the_session_that_was_used(vault: SealedVault) -> None:
    async def work(kept: RequestKept) -> None:
        renewals = Renewals(kept, REQUEST)
        await renewals.keep(cookies(sessionKey="k1"))
        await renewals.keep(cookies(sessionKey="k2", cf_clearance="c"))
        assert (await kept.now()).cookie_header == "sessionKey=k2; lastActiveOrg=o-1; cf_clearance=c"
        assert renewals.session_cookie is not None
        assert renewals.session_cookie.value == "k2"

    live(vault, work)


def test_a_slow_answer_does_not_overwrite_a_fresh_session(vault: SealedVault) -> None:
    async def work(kept: RequestKept) -> None:
        renewals = Renewals(kept, REQUEST)
        fresh = REQUEST.with_cookies(cookies(sessionKey="fresh"))
        await kept.keep(fresh)
        await renewals.keep(cookies(sessionKey="late"))
        assert await kept.now() == fresh
        assert renewals.session_cookie is None

    live(vault, work)


def test_two_looks_at_once_do_not_lose_each_others_clearance(vault: SealedVault) -> None:
    async def work(kept: RequestKept) -> None:
        one, other = Renewals(kept, REQUEST), Renewals(kept, REQUEST)
        await asyncio.gather(one.keep(cookies(__cf_bm="a")), other.keep(cookies(cf_clearance="b")))
        assert {cookie.name for cookie in (await kept.now()).cookies} >= {"__cf_bm", "cf_clearance", "sessionKey"}

    live(vault, work)


def test_what_a_browser_has_is_adopted_with_its_name(vault: SealedVault) -> None:
    async def work(kept: RequestKept) -> None:
        def renewed(request: ConsoleRequest) -> ConsoleRequest:
            return request.with_cookies(cookies(cf_clearance="c")).with_headers((("User-Agent", "engine"),))

        renewals = Renewals(kept, REQUEST)
        await Renewals(kept, REQUEST).keep(cookies(__cf_bm="renewed beside us"))
        await renewals.adopt(renewed)
        now = await kept.now()
        assert now.cookie_header == "sessionKey=k0; lastActiveOrg=o-1; __cf_bm=renewed beside us; cf_clearance=c"
        assert now.user_agent == "engine"

    live(vault, work)


def test_after_signing_out_nothing_comes_back(vault: SealedVault) -> None:
    async def work(kept: RequestKept) -> None:
        renewals = Renewals(kept, REQUEST)
        await kept.forget()
        await renewals.keep(cookies(sessionKey="k1"))
        assert not await kept.kept()
        with pytest.raises(NotConfigured):
            await kept.now()

    live(vault, work)


def test_a_request_of_an_earlier_version_is_read(vault: SealedVault) -> None:
    old = (
        '{"origin": "https://platform.claude.com", "organization": "o-1", '
        '"headers": [["User-Agent", "Mozilla/5.0"]], "cookies": [["sessionKey", "k0"], ["lastActiveOrg", "o-1"]]}'
    )

    async def work(kept: RequestKept) -> None:
        await vault.keep(SECRET, old)
        assert await kept.now() == REQUEST
        await Renewals(kept, await kept.now()).keep(cookies(sessionKey="k1"))
        assert (await kept.now()).session_key == "k1"

    live(vault, work)
