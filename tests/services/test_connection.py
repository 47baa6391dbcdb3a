import asyncio

import pytest

from claudetray.core.errors import NotConfigured, SnippetRefused
from claudetray.demo.world import World
from claudetray.services.connection import SECRET
from tests.builders import dollars
from tests.services.conftest import Opens, set_up


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
