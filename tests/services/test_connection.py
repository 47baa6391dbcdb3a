import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from claudetray import assembly
from claudetray.core.errors import NotConfigured, SecretsClosed, SnippetRefused, VaultError
from claudetray.core.look import Trigger
from claudetray.demo.console import ORGANIZATION, Mood
from claudetray.demo.world import World
from claudetray.services.kept import Kept
from claudetray.services.parts import Parts
from claudetray.services.request_kept import SECRET
from claudetray.store import database
from claudetray.store.database import Database
from tests.builders import dollars
from tests.services.conftest import Clock, Opens, live, look, set_up
from tests.services.pages import Browser


def test_a_test_keeps_nothing(opened: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with opened() as parts:
            assert (await parts.connection.tried(stand_ins.snippet())).left == dollars("60.36")
            assert not await parts.connection.kept()
            with pytest.raises(NotConfigured):
                await parts.connection.tried("")
            with pytest.raises(SnippetRefused):
                await parts.connection.tried("nonsense")

    asyncio.run(work())


def test_a_new_snippet_is_announced(opened: Opens, stand_ins: World) -> None:
    async def work() -> None:
        async with opened() as parts:
            heard: list[str] = []
            parts.connection.changed.listen(lambda account: heard.append(account.host))
            await set_up(parts, stand_ins)
            assert heard == [stand_ins.url.removeprefix("http://")]

    asyncio.run(work())


def test_a_spoiled_request_is_not_configured(opened: Opens) -> None:
    async def work() -> None:
        async with opened() as parts:
            await parts.vault.keep(SECRET, "{}")
            with pytest.raises(NotConfigured, match="cannot be read"):
                await parts.connection.asking()

    asyncio.run(work())


def test_a_locked_keyring_is_a_failure_that_passes(
    tmp_path: Path, stand_ins: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locked at first: looks fail and go on; a snippet pasted meanwhile is kept once it opens."""
    monkeypatch.setattr("claudetray.store.vault.TRY_AGAIN_S", 0.0)
    locked = [True]

    async def key() -> bytes:
        if locked[0]:
            raise VaultError("The system keyring does not answer; it may be locked.")
        return b"k" * 32

    async def work(database: Database) -> None:
        kept = Kept.on(database, tmp_path, key, clock)
        async with assembly.parts_opened(
            kept, {"CLAUDETRAY_CONSOLE_URL": stand_ins.url}, [], Browser(), clock
        ) as parts:
            locked[0] = False
            await set_up(parts, stand_ins)
        locked[0] = True
        kept = Kept.on(database, tmp_path, key, clock)
        async with assembly.parts_opened(
            kept, {"CLAUDETRAY_CONSOLE_URL": stand_ins.url}, [], Browser(), clock
        ) as parts:
            outcome = await parts.refresher.look(Trigger.SCHEDULE)
            assert isinstance(outcome.error, SecretsClosed)
            assert outcome.next_look.delay == timedelta(minutes=1)
            failure = (await parts.board.status()).failure
            assert failure is not None
            assert "locked" in failure.message
            await parts.connection.keep(parts.connection.understood(stand_ins.snippet(session="sk-ant-sid01-later")))
            stand_ins.console.session = "sk-ant-sid01-later"
            locked[0] = False
            assert (await parts.refresher.look(Trigger.SCHEDULE)).error is None
            assert parts.vault.lasting

    with database.opened(tmp_path / "claudetray.db") as opened_data:
        asyncio.run(work(opened_data))


def test_a_balance_is_never_filed_under_another_organization(opened: Opens, stand_ins: World) -> None:
    other = ORGANIZATION.replace("1", "7")
    stand_ins.console.organizations.append({"uuid": other, "name": "Second", "capabilities": ["api"]})

    async def work() -> None:
        async with opened() as parts:
            await set_up(parts, stand_ins)
            old = await parts.connection.asking()
            second = (await parts.connection.organizations(""))[1]
            await parts.connection.keep(parts.connection.understood(stand_ins.snippet()), second)
            # what a look that is still under way does last
            await parts.sessions.ask(old.request, lambda road: parts.connection.name(old, road))
            asking = await parts.connection.asking()
            assert (asking.request.organization, asking.account.organization) == (other, other)
            watched = await parts.connection.watched()
            assert watched is not None
            assert watched.organization == other

    asyncio.run(work())


def test_organizations_that_do_not_answer_do_not_hold_a_reading_up(opened: Opens, stand_ins: World) -> None:
    stand_ins.console.organizations = [{"uuid": ORGANIZATION, "name": "Odd", "capabilities": 5}]

    async def work() -> None:
        async with opened() as parts:
            await set_up(parts, stand_ins)
            stand_ins.console.moods = [Mood.FINE, Mood.FINE, Mood.BUSY]
            outcome = await parts.refresher.look(Trigger.ASKED)
            assert outcome.error is None
            assert outcome.look.took < timedelta(seconds=5)

    asyncio.run(work())


def only_cookies(stand_ins: World) -> str:
    return f"Cookie: sessionKey={stand_ins.console.session}"


def test_a_renewal_while_the_organization_is_looked_up_does_not_break_the_look(opened: Opens, stand_ins: World) -> None:
    async def work(parts: Parts) -> None:
        await parts.connection.keep(parts.connection.understood(only_cookies(stand_ins)))
        stand_ins.console.renew_to = "sk-ant-sid01-renewed"
        outcome = await look(parts)
        assert outcome.error is None
        status = await parts.board.status()
        assert status.left == dollars("60.36")
        assert status.account is not None
        assert status.account.name == "Example"

    live(opened, work)


def test_a_session_renewed_by_the_credits_is_used_for_the_name(opened: Opens, stand_ins: World) -> None:
    async def work(parts: Parts) -> None:
        await set_up(parts, stand_ins)
        stand_ins.console.renew_to = "sk-ant-sid01-renewed"
        await look(parts)
        account = await parts.connection.watched()
        assert account is not None
        assert account.name == "Example"

    live(opened, work)


def test_a_balance_is_filed_under_the_organization_that_a_failed_try_had_looked_up(
    opened: Opens, stand_ins: World, engine: Browser
) -> None:
    async def work(parts: Parts) -> None:
        await parts.connection.keep(parts.connection.understood(only_cookies(stand_ins)))
        stand_ins.console.moods = [Mood.FINE, Mood.CHALLENGE]
        assert (await look(parts)).error is None
        assert (await parts.board.status()).left == dollars("60.36")

    live(opened, work)
