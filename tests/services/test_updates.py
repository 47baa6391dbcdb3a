import asyncio
from collections.abc import Awaitable, Callable

import pytest

from claudetray.core.errors import Unreachable
from claudetray.core.release import Heard
from claudetray.services import updates
from claudetray.services.parts import Parts
from claudetray.services.updates import Updates
from tests.services.conftest import Clock, Opens


class Page:
    """A releases page. `version` is the latest there; it answers 304 to its own tag."""

    def __init__(self) -> None:
        self.version, self.trouble = "0.2.0", False
        self.asked: list[str] = []

    async def latest(self, etag: str) -> Heard:
        self.asked.append(etag)
        if self.trouble:
            raise Unreachable("offline")
        tag = f'W/"{self.version}"'
        return Heard(None, tag) if etag == tag else Heard(self.version, tag)


@pytest.fixture
def page() -> Page:
    return Page()


Work = Callable[[Parts, Updates], Awaitable[None]]
Runs = Callable[..., None]


@pytest.fixture
def runs(opened: Opens, clock: Clock, page: Page) -> Runs:
    def run(work: Work, installed_by: str = "download") -> None:
        async def opens() -> None:
            async with opened() as parts:
                await work(parts, Updates(page, parts.preferences, clock, "0.1.0", installed_by))

        asyncio.run(opens())

    return run


def test_a_newer_version_is_told_once_and_asked_for_once_a_day(runs: Runs, page: Page, clock: Clock) -> None:
    async def work(parts: Parts, updates: Updates) -> None:
        assert await updates.check() == "0.2.0"
        assert await updates.check() is None
        assert page.asked == [""]
        clock.passes(hours=24)
        assert await updates.check() is None
        assert page.asked == ["", 'W/"0.2.0"']
        assert await updates.known() == "0.2.0"
        page.version = "0.3.0"
        clock.passes(hours=24)
        assert await updates.check() == "0.3.0"

    runs(work)


def test_a_restart_does_not_ask_again(runs: Runs, page: Page) -> None:
    async def work(parts: Parts, updates: Updates) -> None:
        await updates.check()

    runs(work)
    runs(work)
    assert page.asked == [""]


def test_who_opted_out_is_never_asked_for(runs: Runs, page: Page) -> None:
    async def work(parts: Parts, updates: Updates) -> None:
        await parts.preferences.keep("updates.check", "false")
        assert await updates.check() is None
        assert page.asked == []
        await parts.preferences.keep("updates.check", "true")
        await updates.check()
        await parts.preferences.keep("updates.check", "false")
        assert await updates.known() is None, "nor is what was heard before"

    runs(work)


@pytest.mark.parametrize("installed_by", ["deb", "rpm", "source"])
def test_packages_of_a_distribution_are_silent(runs: Runs, page: Page, installed_by: str) -> None:
    async def work(parts: Parts, updates: Updates) -> None:
        assert await updates.check() is None
        assert await updates.known() is None
        assert not updates.ours()

    runs(work, installed_by)
    assert page.asked == []


def test_offline_it_waits_for_the_next_day(runs: Runs, page: Page, clock: Clock) -> None:
    async def work(parts: Parts, updates: Updates) -> None:
        page.trouble = True
        assert await updates.check() is None
        page.trouble = False
        assert await updates.check() is None
        assert len(page.asked) == 1
        clock.passes(hours=25)
        assert await updates.check() == "0.2.0"

    runs(work)


def test_after_the_update_there_is_no_news(runs: Runs, page: Page) -> None:
    async def work(parts: Parts, updates: Updates) -> None:
        page.version = "0.1.0"
        assert await updates.check() is None
        assert await updates.known() is None

    runs(work)


def test_the_watch_announces_it(runs: Runs, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "FIRST_S", 0.0)

    async def work(parts: Parts, updates: Updates) -> None:
        heard: asyncio.Queue[str] = asyncio.Queue()
        updates.found.listen(heard.put_nowait)
        watching = asyncio.create_task(updates.watch())
        assert await asyncio.wait_for(heard.get(), 10) == "0.2.0"
        watching.cancel()

    runs(work)
