"""The stand-ins, served on loopback from a thread of their own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from claudetray.demo.claude_api import ClaudeStandIn
from claudetray.demo.console import ORGANIZATION, SESSION, ConsoleStandIn
from claudetray.demo.sign_in import SignInStandIn
from claudetray.demo.slack import PATH, SlackStandIn

HOST = "127.0.0.1"
MOST_BODY = 64 * 1024 * 1024  # bytes


class World:
    """A Console, a Claude API and a Slack, at `url`."""

    def __init__(self) -> None:
        self.console = ConsoleStandIn()
        self.sign_in = SignInStandIn(self.console)
        self.claude = ClaudeStandIn()
        self.slack = SlackStandIn()
        self.url = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="stand-ins", daemon=True)

    @property
    def webhook(self) -> str:
        return f"{self.url}{PATH}"

    def snippet(self, session: str = SESSION, organization: str = ORGANIZATION) -> str:
        """What a browser would copy (cURL, bash)."""
        return (
            f"curl '{self.url}/api/organizations/{organization}/prepaid/credits' \\\n"
            "  -H 'accept: */*' \\\n"
            "  -H 'anthropic-client-platform: web_console' \\\n"
            f"  -b 'sessionKey={session}; lastActiveOrg={organization}' \\\n"
            "  -H 'user-agent: Mozilla/5.0 (stand-in)'"
        )

    def start(self, port: int = 0) -> None:
        """Raises: OSError when the port cannot be had."""
        self._port = port
        self._thread.start()
        self._ready.wait()
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=MOST_BODY)
        stand_ins = (self.console, self.claude, self.sign_in, self.slack)
        app.add_routes([route for one in stand_ins for route in one.routes()])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, self._port)
            await site.start()
            self.url = f"http://{HOST}:{runner.addresses[0][1]}"
        except OSError as error:
            self._failure = error
            return
        finally:
            self._ready.set()
        try:
            await self._stop.wait()
        finally:
            await runner.cleanup()


@contextmanager
def served() -> Iterator[World]:
    """A world for as long as the block runs."""
    world = World()
    world.start()
    try:
        yield world
    finally:
        world.stop()
