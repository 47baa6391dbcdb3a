import json
from pathlib import Path

import pytest

from tests.cli.conftest import Runs


@pytest.fixture(autouse=True)
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def test_it_is_off_and_can_be_switched(run: Runs, config: Path) -> None:
    assert "does not start" in run("autostart").out
    assert run("autostart", "on").out == "claudetray starts with the session.\n"
    assert (config / "autostart" / "claudetray.desktop").exists()
    assert json.loads(run("autostart", "--json").out) == {"schema": "claudetray.autostart.v1", "on": True}
    run("autostart", "off")
    assert not (config / "autostart" / "claudetray.desktop").exists()


def test_a_folder_that_cannot_be_used_is_said(run: Runs, config: Path) -> None:
    (config / "autostart").write_text("")
    ran = run("autostart", "on")
    assert ran.code == 1
    assert "Starting with the session" in ran.err
