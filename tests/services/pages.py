"""A browser for tests of the services: a person without a window, and GETs that look like a browser's own."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from claudetray.core.browser import Choice, Event, Heard, Mode, Opening, PageAnswer
from claudetray.core.cookie import Cookie
from claudetray.core.errors import PageFailed, Unreachable
from tests.builders import NOW

AGENT = "Mozilla/5.0 (a real engine)"


class Browser:
    """`opened` are the visits it was asked for; `script` is what the person does in a sign-in window.

    With a `trouble`, as at first, no page can be opened.
    """

    def __init__(self) -> None:
        self.opened: list[Opening] = []
        self.trouble = "There is no web engine."
        self.given: tuple[Cookie, ...] = ()  # cookies that opening a page brings
        self.script: Callable[[Visit], Awaitable[None]] | None = None
        self.unreachable = False
        self.running = 0
        self.on_open: Callable[[], Awaitable[None]] | None = None

    @asynccontextmanager
    async def visit(self, opening: Opening, heard: Heard | None = None) -> AsyncIterator["Visit"]:
        self.opened.append(opening)
        visit = Visit(opening, heard)
        if self.unreachable:
            raise Unreachable("The Console cannot be reached from the web page.")
        if self.trouble:
            raise PageFailed(self.trouble)
        if self.on_open is not None:
            await self.on_open()
        self.running += 1
        acting = None
        try:
            for cookie in self.given:
                await visit.give(cookie)
            if opening.mode is not Mode.SIGN_IN:
                visit.tell(Event.SETTLED)
            elif self.script is not None:
                acting = asyncio.ensure_future(self.script(visit))
            yield visit
        finally:
            self.running -= 1
            if acting is not None:
                acting.cancel()


class Visit:
    """The page's cookies are those it was filled with and those it was given since."""

    user_agent = AGENT

    def __init__(self, opening: Opening, heard: Heard | None) -> None:
        self._opening, self._heard = opening, heard
        self._given: dict[str, Cookie] = {}
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.choices: asyncio.Queue[tuple[Sequence[Choice], str]] = asyncio.Queue()
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.notes: list[str] = []
        self.noted = asyncio.Event()
        self.shown = 0

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        return tuple(self._given.values())

    async def give(self, cookie: Cookie) -> None:
        self._given[cookie.name] = cookie
        if self._heard is not None:
            await self._heard(cookie)
        self.tell(Event.COOKIE)

    def empty(self) -> None:
        self._given.clear()
        self.tell(Event.EMPTIED)

    def tell(self, event: Event, **fields: Any) -> None:
        self._events.put_nowait({"event": event, **fields})

    async def event(self) -> Mapping[str, Any]:
        event = await self._events.get()
        if event["event"] == Event.FAILED:
            raise PageFailed(event["why"])
        return event

    async def fetched(self, paths: Sequence[str]) -> tuple[PageAnswer, ...]:
        answers = []
        for path in paths:
            jar = {cookie.name: cookie.value for cookie in (*self._opening.cookies, *self.cookies)}
            header = "; ".join(f"{name}={value}" for name, value in jar.items())
            answer = await asyncio.to_thread(_got, self._opening.origin, path, header)
            name, _, value = answer.headers.get("set-cookie", "").partition(";")[0].partition("=")
            if value:
                await self.give(Cookie(name=name, value=value))
            answers.append(answer)
        return tuple(answers)

    async def choose(self, choices: Sequence[Choice], picked: str) -> None:
        self.choices.put_nowait((choices, picked))

    async def note(self, text: str) -> None:
        self.notes.append(text)
        self.noted.set()

    async def say(self, text: str) -> None:
        self.said.put_nowait(text)

    async def show(self) -> None:
        self.shown += 1


def a_cookie(value: str, days: float | None = 28) -> Cookie:
    return Cookie(name="sessionKey", value=value, expires_at=None if days is None else NOW + timedelta(days=days))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _got(origin: str, path: str, cookies: str) -> PageAnswer:
    asked = urllib.request.Request(origin + path, headers={"Cookie": cookies, "Sec-Fetch-Mode": "cors"})
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=10) as got:
            return _answer(path, got.status, got)
    except urllib.error.HTTPError as error:
        with error:
            return _answer(path, error.code, error)
    except OSError as error:
        return PageAnswer(path=path, status=0, trouble=type(error).__name__)


def _answer(path: str, status: int, got: Any) -> PageAnswer:
    headers = {name.lower(): value for name, value in got.headers.items()}
    return PageAnswer(path=path, status=status, headers=headers, body=got.read().decode())
