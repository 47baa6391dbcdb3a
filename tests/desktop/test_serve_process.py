import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from claudetray.core.errors import ServeFailed
from claudetray.core.serving import Serving
from claudetray.desktop.serve_process import ServeCommand, serving_now

# What `claudetray serve --port N` does, as far as its starter can see.
STAND_IN = """
import json, os, signal, sys, threading
from pathlib import Path
from filelock import FileLock, Timeout
home, port = Path(os.environ["CLAUDETRAY_HOME"]), sys.argv[-1]
lock = FileLock(home / "serve.lock")
try:
    lock.acquire(timeout=0)
except Timeout:
    sys.exit("It is serving already.")
if port == "80":
    print("a warning on the way", file=sys.stderr)
    sys.exit("The proxy cannot run: Port 80 is taken by another program.")
if port == "81":
    threading.Event().wait()
over = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: over.set())
said = {"url": f"http://127.0.0.1:{port}", "pid": os.getpid(), "version": "1"}
(home / "serve.json").write_text(json.dumps(said))
print("{not the line}", "x" * 100_000, file=sys.stderr, flush=True)
print(json.dumps({"event": "ready", "url": said["url"], "pid": said["pid"]}), flush=True)
over.wait()
(home / "serve.json").unlink()
"""


@pytest.fixture
def command(tmp_path: Path) -> ServeCommand:
    return made(tmp_path)


def made(home: Path, ready_within_s: float = 20) -> ServeCommand:
    script = home / "serve.py"
    script.write_text(STAND_IN)
    return ServeCommand((sys.executable, str(script)), os.environ, home, ready_within_s)


def test_it_is_started_found_and_asked_to_end(command: ServeCommand, tmp_path: Path) -> None:
    async def work() -> None:
        process = command.launch(8377)
        serving = await process.ready()
        assert serving.url == "http://127.0.0.1:8377"
        assert serving_now(tmp_path) == Serving(url=serving.url, pid=serving.pid, version="1")
        assert command.running() is not None
        process.ask_to_end()
        assert await process.ended() == "The proxy was asked to end."
        assert serving_now(tmp_path) is None

    asyncio.run(work())


def test_why_it_cannot_run_is_its_own_last_sentence(command: ServeCommand) -> None:
    async def work() -> None:
        with pytest.raises(ServeFailed, match=r"^Port 80 is taken by another program\.$"):
            await command.launch(80).ready()

    asyncio.run(work())


def test_one_a_home(command: ServeCommand) -> None:
    async def work() -> None:
        first = command.launch(8377)
        await first.ready()
        with pytest.raises(ServeFailed, match="serving already"):
            await command.launch(8378).ready()
        first.ask_to_end()
        await first.ended()

    asyncio.run(work())


def test_one_that_does_not_get_ready_is_ended(tmp_path: Path) -> None:
    async def work() -> None:
        process = made(tmp_path, ready_within_s=0.3).launch(81)
        with pytest.raises(ServeFailed, match="not ready within"):
            await process.ready()
        assert "ended from outside" in await process.ended()

    asyncio.run(work())


def test_one_that_is_killed_is_not_found_whatever_it_left_behind(command: ServeCommand, tmp_path: Path) -> None:
    async def work() -> None:
        process = command.launch(8377)
        serving = await process.ready()
        os.kill(serving.pid, signal.SIGKILL)
        assert await process.ended() == "The proxy was ended from outside (signal 9)."
        assert (tmp_path / "serve.json").exists()
        assert command.running() is None

    asyncio.run(work())


def test_a_program_that_is_not_there_cannot_be_started(tmp_path: Path) -> None:
    async def work() -> None:
        with pytest.raises(ServeFailed, match="cannot be started"):
            ServeCommand((str(tmp_path / "nothing"),), {}, tmp_path).launch(8377)

    asyncio.run(work())


@pytest.mark.parametrize("said", ["", "{", "[]", '{"url": 1, "pid": 2}', '{"url": "http://127.0.0.1:1"}'])
def test_a_spoiled_file_is_as_none(tmp_path: Path, said: str) -> None:
    (tmp_path / "serve.json").write_text(said)
    assert serving_now(tmp_path) is None


STARTER = """
import asyncio, os, sys
from pathlib import Path
from claudetray.desktop.serve_process import ServeCommand
async def work():
    command = ServeCommand((sys.executable, sys.argv[1]), os.environ, Path(sys.argv[2]))
    print((await command.launch(8377).ready()).pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(work())
"""


def test_it_survives_its_starter_and_is_ended_by_the_next_one(command: ServeCommand, tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path / "serve.py"), str(tmp_path)], stdout=subprocess.PIPE
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.kill()
    starter.wait()
    starter.stdout.close()
    serving = serving_now(tmp_path)
    assert serving is not None
    assert serving.pid == pid
    command.ask_to_end(Serving(url=serving.url, pid=os.getpid()))  # another one: nothing happens
    command.ask_to_end(serving)
    while serving_now(tmp_path) is not None:
        os.sched_yield()
