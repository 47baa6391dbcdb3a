"""`claudetray serve`, from the side that supervises it: found running, or started, awaited until ready, asked to end.

It is no child for life: it survives a crash of whoever started it, and is found again. Hence no asyncio subprocess,
which kills what still runs when it is closed.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

from claudetray.core.errors import ServeFailed
from claudetray.core.serving import READY, Serving
from claudetray.desktop.serve_lock import SAID, ServeLock

COMMAND = "serve"
READY_WITHIN_S = 30.0
MOST_SAID = 64 * 1024  # bytes of serve.json, and of a line that is heard
MOST_LINES = 20
LONGEST_SENTENCE = 300


def serving_now(home: Path) -> Serving | None:
    """The `claudetray serve` that runs for this home and is ready, or None. Shape: as `ServeLock.say` writes it."""
    try:
        said = (home / SAID).read_bytes()[:MOST_SAID]  # first: most of the time there is none, and no lock is touched
        return _serving(json.loads(said)) if ServeLock(home).taken() else None
    except (OSError, ValueError):
        return None


class ServeCommand:
    """The way to `claudetray serve` of one home: this same program, in this environment."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        home: Path,
        ready_within_s: float = READY_WITHIN_S,
    ) -> None:
        self._command, self._home, self._ready_within_s = tuple(command), home, ready_within_s
        self._environ = {**environ, "CLAUDETRAY_HOME": str(home)}

    def running(self) -> Serving | None:
        """The one that runs already, whoever started it."""
        return serving_now(self._home)

    def launch(self, port: int) -> "ServeProcess":
        """Start one; it is not ready yet. Raises: ServeFailed."""
        # In a session of its own, a Ctrl-C in the terminal does not reach it: whoever supervises it decides.
        options: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            process = subprocess.Popen(
                [*self._command, COMMAND, "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,  # one pipe to hear: the ready line is the one that is JSON
                bufsize=0,
                env=self._environ,
                **options,
            )
        except OSError as error:
            raise ServeFailed(f"The proxy cannot be started ({error.strerror}).") from error
        return ServeProcess(process, self._ready_within_s)

    def ask_to_end(self, serving: Serving) -> None:
        """Ask one that somebody else started; nothing happens where it is not `running` any more."""
        if self.running() == serving:
            with suppress(OSError):
                os.kill(serving.pid, signal.SIGTERM)


class ServeProcess:
    """One that we started. A thread of its own hears it out, so that it never waits for us."""

    def __init__(self, process: "subprocess.Popen[bytes]", ready_within_s: float) -> None:
        self._process, self._ready_within_s = process, ready_within_s
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[Serving] = self._loop.create_future()
        self._over: asyncio.Future[str] = self._loop.create_future()
        Thread(target=self._hear, name="serve", daemon=True).start()

    async def ready(self) -> Serving:
        """Where it serves, once it does. Raises: ServeFailed, in its own last words where it has any."""
        await asyncio.wait((self._ready, self._over), timeout=self._ready_within_s, return_when=asyncio.FIRST_COMPLETED)
        if self._ready.done():
            return self._ready.result()
        if self._over.done():
            raise ServeFailed(self._over.result())
        self.kill()
        raise ServeFailed(f"The proxy was not ready within {self._ready_within_s:.0f} s.")

    async def ended(self) -> str:
        """Wait for its end, however long it takes: why it ended, in a sentence."""
        return await asyncio.shield(self._over)

    def ask_to_end(self) -> None:
        """It takes no more calls, finishes those under way, and ends. (On Windows it just ends.)"""
        with suppress(OSError):
            self._process.terminate()

    def kill(self) -> None:
        with suppress(OSError):
            self._process.kill()

    def _hear(self) -> None:
        """In the thread: every line until its output ends, then its end."""
        words: deque[str] = deque(maxlen=MOST_LINES)
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in _lines(output):
                serving = _ready(line)
                if serving is not None:
                    self._tell(self._ready, serving)
                elif line.strip():
                    words.append(line.strip())
        self._tell(self._over, _why(self._process.wait(), words))

    def _tell(self, future: "asyncio.Future[Any]", value: object) -> None:
        def tell() -> None:
            if not future.done():
                future.set_result(value)

        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(tell)


def _serving(said: object) -> Serving | None:
    match said:
        case {"url": str(url), "pid": int(pid), **more}:
            version = more.get("version")
            return Serving(url=url, pid=pid, version=version if isinstance(version, str) else "")
    return None


def _ready(line: str) -> Serving | None:
    """Shape: `{"event": "ready", "url": str, "pid": int}`."""
    if not line.startswith("{"):
        return None
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return _serving(said) if said.get("event") == READY else None


def _lines(output: IO[bytes]) -> Iterator[str]:
    """Lines as they come. Read without a buffer's lock, which a thread may not hold while the program ends."""
    pending = b""
    while chunk := os.read(output.fileno(), MOST_SAID):
        *whole, pending = (pending + chunk).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in whole)
        pending = pending[-MOST_SAID:]
    yield pending.decode("utf-8", "replace")


def _why(code: int, words: Sequence[str]) -> str:
    if code < 0:
        return f"The proxy was ended from outside (signal {-code})."
    if code == 0:
        return "The proxy was asked to end."
    if not words:
        return f"The proxy ended with exit code {code}."
    return words[-1].removeprefix(f"{ServeFailed.title}: ")[:LONGEST_SENTENCE]
