"""The frozen program, from signing in to quitting; and what it leaves: nothing that runs, listens or locks."""

import json
import signal
import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import psutil
import pytest

from claudetray import paths
from claudetray.demo.world import World
from claudetray.desktop.monitor_lock import MonitorLock
from claudetray.desktop.serve_lock import ServeLock
from claudetray.services.licenses import licensed
from tests.whole.desktop import WELCOME, Desktop, until
from tests.whole.test_sign_in import of, signs_in

BLUE, ORANGE = "#0072b2", "#e69f00"
ICON = (1256, 0, 24, 24)


@pytest.fixture
def home(desktop: Desktop) -> Iterator[Path]:
    yield desktop.folder / "claudetray"
    for process in ours(desktop):  # the proxy outlives a tray that is killed, and so a test that fails
        process.kill()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
        return number


def ours(desktop: Desktop) -> Iterator[psutil.Process]:
    """Every process of that home."""
    for process in psutil.process_iter(["environ", "exe", "status"]):
        told = process.info["environ"] or {}
        theirs = told.get("CLAUDETRAY_HOME") == desktop.environ["CLAUDETRAY_HOME"]
        bundled = Path(process.info["exe"] or "").is_relative_to(Path(desktop.program[0]).parent)
        if theirs and bundled and process.info["status"] != "zombie":
            yield process


def listening(processes: list[psutil.Process]) -> set[int]:
    return {c.laddr.port for process in processes for c in process.net_connections("tcp") if c.status == "LISTEN"}


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def streamed(url: str) -> str:
    asked = {"model": "claude-sonnet-5-5", "max_tokens": 64, "stream": True}
    asked["messages"] = [{"role": "user", "content": "Hello"}]
    headers = {"x-api-key": "sk-ant-test", "anthropic-version": "2023-06-01"}
    with httpx.stream("POST", f"{url}/v1/messages", json=asked, headers=headers, trust_env=False, timeout=30) as answer:
        assert answer.status_code == 200
        return "".join(answer.iter_text())


def test_from_signing_in_to_quitting_and_nothing_is_left(
    desktop: Desktop, stand_ins: World, home: Path, port: int
) -> None:
    for command in ("thresholds set 20=30 5=10", "settings set proxy.enabled true", f"settings set proxy.port {port}"):
        assert desktop.run(*command.split()).returncode == 0
    desktop.run("settings", "set", "slack.webhook", "-", stdin=stand_ins.webhook)
    desktop.tray_host()
    tray = desktop.claudetray()
    until(lambda: desktop.windows(WELCOME))
    desktop.keys("alt+i")
    signs_in(desktop, stand_ins)  # in the login helper: the same executable
    until(lambda: BLUE in desktop.colors(*ICON))
    until(lambda: not of(desktop))

    stand_ins.console.amount = Decimal("18.20")
    assert desktop.run("fetch").returncode == 0
    until(lambda: ORANGE in desktop.colors(*ICON))
    until(lambda: "$18.20 of credit left" in desktop.notifications)
    until(lambda: stand_ins.slack.messages)

    until((home / "serve.json").exists)
    assert "message_stop" in streamed(json.loads((home / "serve.json").read_text())["url"])
    until(lambda: json.loads(desktop.run("usage", "list", "--json").stdout)["items"])

    running = list(ours(desktop))
    ports = listening(running)
    assert len(running) >= 2
    assert port in ports
    tray.send_signal(signal.SIGTERM)
    assert tray.wait(20) == 0
    assert tray.stderr is not None
    assert tray.stderr.read() == ""
    until(lambda: not list(ours(desktop)))
    assert [port for port in ports if answers(port)] == []
    assert [file for file in desktop.folder.rglob("*") if file.is_socket() and "claudetray" in str(file)] == []
    assert not MonitorLock(home).taken()
    assert not ServeLock(home).taken()
    assert not {"tray.json", "serve.json"} & {file.name for file in home.iterdir()}


@pytest.mark.parametrize("build", ["frozen", "lite"])
def test_every_part_works(desktop: Desktop, build: str, request: pytest.FixtureRequest) -> None:
    desktop.program = (str(request.getfixturevalue(build) / "claudetray"),)
    tested = desktop.run("doctor", "--self-test")
    assert tested.returncode == 0, tested.stdout
    assert ("left out" in tested.stdout) is (build == "lite")


def test_the_licenses_of_what_is_bundled_are_bundled(frozen: Path) -> None:
    inside = frozen / "_internal"
    for one in licensed(paths.resources() / "licenses"):
        if one.name in ("claudetray", "Python"):
            continue
        for text in one.texts:
            parts = text.parts
            start = next(n for n, part in enumerate(parts) if part.endswith(".dist-info") or part == "licenses")
            copy = inside.joinpath(*(() if parts[start].endswith(".dist-info") else ("resources",)), *parts[start:])
            assert copy.is_file(), f"{one.name}: {copy}"
    assert (inside / "resources" / "licenses" / "Python" / "LICENSE.txt").is_file()


def test_the_lite_build_says_why_there_is_no_signing_in(desktop: Desktop, lite: Path, stand_ins: World) -> None:
    desktop.program = (str(lite / "claudetray"),)
    login = desktop.run("login")
    assert login.returncode == 1
    assert "lite build, without a web engine" in login.stderr
    assert desktop.run("snippet", "set", "-", stdin=stand_ins.snippet()).returncode == 0
    assert "60.36" in desktop.run("fetch").stdout


def test_two_frozen_copies_started_at_once_are_one(desktop: Desktop, stand_ins: World) -> None:
    desktop.run("snippet", "set", "-", stdin=stand_ins.snippet())
    desktop.tray_host()
    copies = [desktop.claudetray(), desktop.claudetray()]
    until(lambda: desktop.windows("^claudetray$"))
    until(lambda: [copy.poll() for copy in copies].count(0) == 1)
