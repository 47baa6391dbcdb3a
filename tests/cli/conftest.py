"""Runs commands in this process, as the entry does: arguments in; exit code, output and errors out."""

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from claudetray import app
from claudetray.demo import world
from claudetray.demo.world import World
from claudetray.store import keys
from tests.builders import NOW


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Runs(Protocol):
    def __call__(self, *arguments: str, stdin: str = "") -> Ran: ...


@pytest.fixture
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the tests stands at NOW."""
    monkeypatch.setattr(app, "clock", lambda: NOW)


def said(run: Runs, *arguments: str, stdin: str = "") -> dict[str, Any]:
    """The one object that a command prints."""
    ran = run(*arguments, "--json", stdin=stdin)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world.served() as served:
        monkeypatch.setenv("CLAUDETRAY_CONSOLE_URL", served.url)
        yield served


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runs:
    monkeypatch.setenv("CLAUDETRAY_VAULT_KEY", keys.made())

    def runs(*arguments: str, stdin: str = "") -> Ran:
        fed: Any = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", fed)
        with pytest.raises(SystemExit) as ended:
            app.main(list(arguments))
        out, err = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, out, err)

    return runs


@pytest.fixture
def set_up(run: Runs, stand_ins: World) -> World:
    """A home with a snippet, a webhook and thresholds."""
    assert run("snippet", "set", "-", stdin=stand_ins.snippet()).code == 0
    assert run("settings", "set", "slack.webhook", "-", stdin=stand_ins.webhook + "\n").code == 0
    assert run("settings", "set", "native.enabled", "false").code == 0
    assert run("settings", "set", "console.page_looks_per_day", "0").code == 0  # no engine: tests/whole has one
    assert run("thresholds", "set", "50=60", "20=30", "5=10").code == 0
    return stand_ins
