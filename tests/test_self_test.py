import asyncio
import json
from pathlib import Path

import pytest

from claudetray import self_test
from claudetray.core.errors import ClaudetrayError
from claudetray.self_test import Line
from tests.cli.conftest import Runs, run

__all__ = ["run"]  # a fixture


@pytest.fixture
def engine_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """For root, against a page on this machine."""
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")
    monkeypatch.setenv("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")


def all_lines(home: Path) -> list[Line]:
    async def heard() -> list[Line]:
        return [line async for line in self_test.tested(home)]

    return asyncio.run(heard())


@pytest.fixture
def second_breaks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three parts, of which the second does not work: the names of those that were tried."""
    tried: list[str] = []

    async def good(home: Path) -> str:
        tried.append(home.name)
        return "fine"

    async def bad(home: Path) -> str:
        tried.append(home.name)
        raise ClaudetrayError("Bearer abcdefgh12345 is not for the eyes.")

    monkeypatch.setattr(self_test, "CHECKS", {"one": good, "two": bad, "three": good})
    return tried


def test_every_part_of_this_installation_works_and_leaves_nothing(engine_allowed: None, run: Runs) -> None:
    ran = run("doctor", "--self-test", "--json")
    assert ran.code == 0, ran.out
    told = json.loads(ran.out)
    assert (told["schema"], told["ok"]) == ("claudetray.self-test.v1", True)
    assert [part["part"] for part in told["parts"]] == list(self_test.CHECKS)
    assert all(part["ok"] for part in told["parts"])


def test_the_first_part_that_fails_is_the_last_that_is_tried(second_breaks: list[str], tmp_path: Path) -> None:
    lines = all_lines(tmp_path)
    assert [(line.part, line.good) for line in lines] == [("one", True), ("two", False)]
    assert second_breaks == ["one", "two"]


def test_a_failure_is_a_line_without_secrets_and_exit_code_1(second_breaks: list[str], run: Runs) -> None:
    ran = run("doctor", "--self-test")
    assert ran.code == 1
    assert ran.out.splitlines()[1].startswith("FAILED  two")
    assert "abcdefgh" not in ran.out


def test_a_part_that_hangs_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def hangs(home: Path) -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(self_test, "CHECKS", {"slow": hangs})
    monkeypatch.setattr(self_test, "WITHIN_S", 0.05)
    [line] = all_lines(tmp_path)
    assert not line.good
    assert "took more than" in line.word


def test_a_build_without_web_engine_says_so_and_is_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(self_test, "ENGINE", "PySide6.QtNoSuchEngine")
    monkeypatch.setattr(self_test, "CHECKS", {"login helper": self_test.CHECKS["login helper"]})
    [line] = all_lines(tmp_path)
    assert line.good
    assert "no signing in; snippets work" in line.word
