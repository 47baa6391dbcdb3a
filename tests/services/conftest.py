"""Services on real parts: SQLite in a folder, a Console and a Slack on loopback, a clock of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from claudetray import app, assembly
from claudetray.core.alert import Alert
from claudetray.core.errors import ChannelError
from claudetray.core.look import Trigger
from claudetray.demo import world
from claudetray.demo.world import World
from claudetray.services.parts import Parts
from claudetray.services.refresher import Outcome
from claudetray.store import database, keys
from claudetray.store.database import Database
from tests.builders import NOW
from tests.services.pages import Browser


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **length: float) -> None:
        self.now += timedelta(**length)


class Desktop:
    """A notifier that remembers."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.trouble = ""

    async def notify(self, alert: Alert, title: str, body: str) -> None:
        if self.trouble:
            raise ChannelError(self.trouble)
        self.shown.append(title)


class Opens(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[Parts]: ...


@pytest.fixture
def stand_ins() -> Iterator[World]:
    with world.served() as served:
        yield served


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(app, "clock", clock)
    return clock


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def opened(tmp_path: Path, stand_ins: World, clock: Clock, desktop: Desktop, browser: Browser) -> Opens:
    """Opens every part, as often as asked: a second time is a restart."""
    home = tmp_path / "parts"
    home.mkdir(mode=0o700)
    environ = {"CLAUDETRAY_VAULT_KEY": keys.made(), "CLAUDETRAY_CONSOLE_URL": stand_ins.url}

    @asynccontextmanager
    async def opens() -> AsyncIterator[Parts]:
        with app.kept_opened(home, environ) as kept:
            async with assembly.parts_opened(kept, environ, [desktop], browser, app.clock) as parts:
                yield parts

    return opens


async def set_up(parts: Parts, stand_ins: World, *rows: str) -> None:
    """A snippet, a webhook, thresholds."""
    from tests.builders import thresholds

    await parts.preferences.keep("slack.webhook", stand_ins.webhook)
    await parts.preferences.keep_thresholds(thresholds(*(rows or ("50=60", "20=30", "5=10"))))
    await parts.connection.keep(parts.connection.understood(stand_ins.snippet()))


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Database]:
    with database.opened(tmp_path / "claudetray.db") as opened:
        yield opened


def live(opened: Opens, work: Callable[[Parts], Awaitable[None]]) -> None:
    """Do that with every part open."""

    async def run() -> None:
        async with opened() as parts:
            await work(parts)

    asyncio.run(run())


async def look(parts: Parts) -> Outcome:
    outcome = await parts.refresher.look(Trigger.SCHEDULE)
    await parts.outbox.deliver_due()
    return outcome


@pytest.fixture
def engine(browser: Browser) -> Browser:
    """A browser that works."""
    browser.trouble = ""
    return browser
