"""The login helper, from the side that starts it: a process with a web engine, for as long as one visit takes.

Secrets go over its standard input and output alone. It never outlives the visit, whatever becomes of either side.
"""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from claudetray.core.browser import LIMITS, Choice, Event, Heard, Limits, Mode, Opening, PageAnswer
from claudetray.core.cookie import Cookie
from claudetray.core.errors import PageFailed, SourceError, Unreachable
from claudetray.desktop.unseen import unseen

COMMAND = "console-login"
PING_S = 5.0
SILENT_PINGS = 4  # after as many without an answer it hangs
GRACE_S = 5.0  # the helper keeps to its deadline itself; this is for one that cannot
LEAVE_S = 2.5  # for closing the engine in order
MOST_LINE = 32 * 1024 * 1024  # bytes; an answer of the Console has some hundred
KEPT_OUT = ("CLAUDETRAY_VAULT_KEY",)  # the helper has no business with the vault
log = logging.getLogger(__name__)


class LoginHelper:
    """Starts helpers: this same program, with a web engine. One hidden visit at a time."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        limits: Mapping[Mode, Limits] = LIMITS,
        ping_s: float = PING_S,
    ) -> None:
        self._command, self._limits, self._ping_s = tuple(command), limits, ping_s
        self._environ = {name: value for name, value in environ.items() if name not in KEPT_OUT}
        self._hidden = asyncio.Lock()

    @asynccontextmanager
    async def visit(self, opening: Opening, heard: Heard | None = None) -> AsyncIterator["HelperVisit"]:
        """A run of the helper. Every cookie that the page is given is `heard` at once. Raises: PageFailed."""
        if opening.mode is Mode.SIGN_IN:
            async with self._running(opening, heard) as visit:
                yield visit
        else:
            async with self._hidden, self._running(opening, heard) as visit:
                yield visit

    @asynccontextmanager
    async def _running(self, opening: Opening, heard: Heard | None) -> AsyncIterator["HelperVisit"]:
        process = await self._started(opening.mode)
        visit = HelperVisit(process, heard, self._ping_s)
        limit = self._limits[opening.mode].deadline.total_seconds() + GRACE_S
        overdue = asyncio.get_running_loop().call_later(limit, visit.end, "It took too long.")
        reading = asyncio.get_running_loop().create_task(visit.read())
        pinging = asyncio.get_running_loop().create_task(visit.ping())
        try:
            await visit.send(opening.to_json())
            yield visit
            await visit.leave()
        finally:
            overdue.cancel()
            pinging.cancel()
            visit.end("The visit is over.")
            await asyncio.shield(_ended(process, reading))

    async def _started(self, mode: Mode) -> asyncio.subprocess.Process:
        environ = dict(self._environ)
        if mode is not Mode.SIGN_IN and sys.platform not in ("win32", "darwin"):
            environ["QT_QPA_PLATFORM"] = "offscreen"  # unseen, and a server has no display
        # Elsewhere a session of its own, so that all of its processes can be ended together.
        options = unseen() or {"start_new_session": True}
        loud = log.isEnabledFor(logging.DEBUG)  # what the engine itself has to say
        try:
            return await asyncio.create_subprocess_exec(
                *self._command,
                COMMAND,
                mode,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if loud else subprocess.DEVNULL,
                env=environ,
                limit=MOST_LINE,
                **options,
            )
        except OSError as error:
            raise PageFailed(f"The login helper cannot be started ({error.strerror}).") from error


class HelperVisit:
    """One run; see core/browser.py for what is said."""

    def __init__(self, process: asyncio.subprocess.Process, heard: Heard | None, every_s: float = PING_S) -> None:
        self._process, self._heard = process, heard
        self._events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._asked: dict[int, asyncio.Future[list[dict[str, Any]]]] = {}
        self._cookies: dict[str, Cookie] = {}
        self._agent = ""
        self._why = ""
        self._gone = self._unreachable = False
        self._every_s = every_s
        self._unanswered = 0

    @property
    def user_agent(self) -> str:
        return self._agent

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        return tuple(self._cookies.values())

    async def event(self) -> Mapping[str, Any]:
        """Raises: PageFailed when the helper is gone, Unreachable when the Console is."""
        event = None if self._gone and self._events.empty() else await self._events.get()
        if event is None:
            raise self._failure()
        return event

    async def fetched(self, paths: Sequence[str]) -> tuple[PageAnswer, ...]:
        """Raises: PageFailed."""
        number = len(self._asked) + 1
        answered = self._asked[number] = asyncio.get_running_loop().create_future()
        await self.tell({"do": "fetch", "id": number, "paths": list(paths)})
        if self._gone:
            raise self._failure()
        try:
            return tuple(PageAnswer(**answer) for answer in await answered)
        except TypeError as error:
            raise PageFailed("The login helper said something that is not understood.") from error

    async def choose(self, choices: Sequence[Choice], picked: str) -> None:
        shown = [{"uuid": choice.uuid, "name": choice.name, "balance": choice.balance} for choice in choices]
        await self.tell({"do": "choose", "choices": shown, "picked": picked})

    async def note(self, text: str) -> None:
        await self.tell({"do": "note", "text": text})

    async def say(self, text: str) -> None:
        await self.tell({"do": "say", "text": text})

    async def show(self) -> None:
        await self.tell({"do": "raise"})

    async def tell(self, command: Mapping[str, Any]) -> None:
        await self.send(json.dumps(command))

    async def send(self, line: str) -> None:
        """One line to the helper; one that is gone hears nothing, and `event` says so."""
        if self._process.stdin is None:
            return
        with suppress(OSError):
            self._process.stdin.write(line.encode() + b"\n")
            await self._process.stdin.drain()

    async def ping(self) -> None:
        """Ask now and then whether it is alive, until cancelled; one that hangs is ended."""
        while True:
            await asyncio.sleep(self._every_s)
            self._unanswered += 1
            if self._unanswered > SILENT_PINGS:
                self.end("It hung.")
                return
            await self.tell({"do": "ping"})

    async def read(self) -> None:
        """Hear it out, until its output ends."""
        assert self._process.stdout is not None
        try:
            async for line in self._process.stdout:
                try:
                    await self._take(json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    log.warning("the login helper said something that is not understood (%s)", type(error).__name__)
        except ValueError:  # a line beyond every limit
            self.end("The web page answered with far too much.")
        finally:
            self._over()

    async def leave(self) -> None:
        """Let it close its engine in order, for a while."""
        await self.tell({"do": "finish"})
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await self._process.wait()

    def end(self, why: str) -> None:
        """End it and its children, now."""
        self._why = self._why or why
        if sys.platform == "win32":
            if self._process.returncode is None:
                self._process.kill()
            return
        with suppress(ProcessLookupError, PermissionError):  # the group outlives its leader by its children
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _take(self, event: dict[str, Any]) -> None:
        self._agent = event.get("user_agent") or self._agent
        match event["event"]:
            case Event.COOKIE:
                cookie = Cookie.from_dict(event["cookie"])
                self._cookies[cookie.name] = cookie
                if self._heard is not None:
                    await self._heard(cookie)
                self._events.put_nowait({"event": Event.COOKIE})
            case Event.ALIVE:
                self._unanswered = 0
            case Event.EMPTIED:
                self._cookies.clear()
                self._events.put_nowait(event)
            case Event.ANSWERS:
                waiting = self._asked.get(event["id"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(event["answers"])
            case Event.FAILED:
                self._why = self._why or str(event["why"])
                self._unreachable = event.get("unreachable") is True
                self._over()
            case _:
                self._events.put_nowait(event)

    def _over(self) -> None:
        """Nothing more is to be expected of it."""
        self._gone = True
        self._events.put_nowait(None)
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(self._failure())
                waiting.exception()  # whoever asked may have left: then nobody needs to hear

    def _failure(self) -> SourceError:
        kind = Unreachable if self._unreachable else PageFailed
        return kind(self._why or "The login helper ended unexpectedly.")


async def _ended(process: asyncio.subprocess.Process, reading: "asyncio.Task[None]") -> None:
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()
        with suppress(OSError):
            await process.stdin.wait_closed()
    # Its children are gone as well, so its output ends; if anything still held it open, we would not wait for that.
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S):
            await reading
