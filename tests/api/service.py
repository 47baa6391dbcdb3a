"""A `claudetray serve` in a thread of the test's process: the real server, home and store; stand-ins around it."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
from aiohttp import web

from claudetray import app, assembly
from claudetray.api.desk import Desk
from claudetray.api.routes import endpoints
from claudetray.core.rates import PriceTable
from claudetray.core.serving import Serving
from claudetray.demo.claude_api import KEY, MODEL
from claudetray.demo.world import World
from claudetray.prices import library
from claudetray.services.kept import Kept
from claudetray.serving import Server
from claudetray.store import keys
from tests.services.pages import Browser

T = TypeVar("T")
PATIENCE_S = 20.0
_published: list[PriceTable] = []
_alone = threading.Lock()  # rows are bound to one data file in a process


async def published() -> PriceTable:
    """The published prices, read once for all tests of a process."""
    if not _published:
        _published.append(library.table())
    return _published[0]


class Service:
    """Runs from `start` to `stop`; asked over HTTP with its token."""

    def __init__(self, home: Path, world: World) -> None:
        self.home, self.world = home, world
        self.environ = {
            "CLAUDETRAY_VAULT_KEY": keys.made(),
            "CLAUDETRAY_UPSTREAM": world.url,
            "CLAUDETRAY_CONSOLE_URL": world.url,
        }
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="serve", daemon=True)
        self._ready = threading.Event()

    def start(self) -> None:
        assert _alone.acquire(blocking=False), "one at a time in a process"
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        if self.failure is not None:
            raise self.failure
        self.token = (self.home / "api-token").read_text()
        self.stranger = httpx.Client(base_url=self.url, trust_env=False, timeout=PATIENCE_S)
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=PATIENCE_S, headers=self.authorized)

    def stop(self) -> None:
        self.ask_to_quit()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self.client.close()
        self.stranger.close()
        if self.failure is not None:
            raise self.failure

    def ask_to_quit(self) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._quit.set)

    @property
    def authorized(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def done(self, work: Coroutine[Any, Any, T]) -> T:
        """What that comes to, on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def json(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        """The JSON of an answer that has that status."""
        answer = self.client.request(method, path, **more)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("application/json")
        return answer.json()

    def items(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.json("GET", path, params=query)["items"]
        return found

    def refused(self, method: str, path: str, status: int, **more: Any) -> str:
        """The sentence of a refusal, which has the shape that all of them have."""
        return sentence(self.client.request(method, path, **more), status)

    def call(self, text: str = "Hello", **more: Any) -> httpx.Response:
        """A call to Claude, by a program that knows nothing of claudetray."""
        headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01", **more.pop("headers", {})}
        body = {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": text}], **more}
        return self.stranger.post("/v1/messages", json=body, headers=headers)

    def enter(self, model: str = MODEL, **more: Any) -> dict[str, Any]:
        """A call entered by hand."""
        entry = {"model": model, "input_tokens": 1000, "output_tokens": 100, **more}
        made: dict[str, Any] = self.json("POST", "/api/usage", 201, json=entry)
        return made

    def set_up(self) -> None:
        """Watch the stand-in's Console. Before `start`."""

        async def work() -> None:
            with app.kept_opened(self.home, self.environ) as kept:
                async with assembly.parts_opened(kept, self.environ, [], Browser(), app.clock) as parts:
                    await parts.preferences.keep("native.enabled", "false")
                    await parts.connection.keep(parts.connection.understood(self.world.snippet()))

        asyncio.run(work())

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self.failure = error
        finally:
            _alone.release()
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._quit = asyncio.get_running_loop(), asyncio.Event()
        with app.kept_opened(self.home, self.environ) as kept:
            self.kept: Kept = kept
            await Server(kept, self.environ, app.clock, Browser(), published).run(0, self._on_ready, self._quit)

    def _on_ready(self, serving: Serving) -> None:
        self.url = serving.url
        self._ready.set()


@contextlib.contextmanager
def served(home: Path, world: World) -> Iterator[Service]:
    service = Service(home, world)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def sentence(answer: httpx.Response, status: int) -> str:
    """What a refusal says, in the shape that every command has with --json."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    said = answer.json()
    assert said.keys() == {"ok", "error"}
    assert said["ok"] is False
    error = said["error"]
    assert error.keys() == {"kind", "title", "message"}
    assert all(isinstance(part, str) and part for part in error.values())
    assert error["message"].endswith((".", "?", "!"))
    message: str = error["message"]
    return message


def everywhere() -> tuple[tuple[str, str], ...]:
    """Method and path of every endpoint, and of what is none."""

    async def nobody(request: web.Request, desk: Desk) -> web.StreamResponse:
        raise AssertionError("the table is only read")

    known = ((endpoint.method, endpoint.path.replace("{id}", "1")) for endpoint in endpoints(nobody))
    return (*known, ("GET", "/api/openapi.json"), ("GET", "/api/nothing"), ("PATCH", "/api/usage"))
