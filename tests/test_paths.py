import stat
import sys
from pathlib import Path

import pytest

from claudetray import paths


def test_the_home_is_what_was_named_else_the_platforms(tmp_path: Path) -> None:
    assert paths.home({"CLAUDETRAY_HOME": str(tmp_path)}) == tmp_path
    assert paths.home({}).name == "claudetray"
    assert paths.home({"CLAUDETRAY_HOME": "relative"}).is_absolute()


def test_a_home_is_its_owners_alone(tmp_path: Path) -> None:
    made = paths.made(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    made.chmod(0o755)
    assert stat.S_IMODE(paths.made(made).stat().st_mode) == 0o700


def test_resources_are_found_and_a_missing_one_is_said() -> None:
    assert paths.resource("icons/claudetray.svg").is_file()
    with pytest.raises(FileNotFoundError, match="missing"):
        paths.resource("icons/none.svg")


def test_a_frozen_program_starts_itself_and_an_appimage_the_image(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "claudetray"
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(program))
    assert paths.command() == paths.tray_command({}) == (str(program),)
    ours = {"APPIMAGE": "/home/me/claudetray.AppImage", "APPDIR": str(tmp_path)}
    assert paths.tray_command(ours) == ("/home/me/claudetray.AppImage",)
    a_terminals = {"APPIMAGE": "/home/me/Editor.AppImage", "APPDIR": "/tmp/.mount_Editor"}
    assert paths.tray_command(a_terminals) == (str(program),)


def test_on_windows_helpers_have_streams_and_the_tray_has_no_console(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("claudetray.exe", "claudetrayw.exe"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr("sys.frozen", True, raising=False)
    for running in ("claudetray.exe", "claudetrayw.exe"):
        monkeypatch.setattr("sys.executable", str(tmp_path / running))
        assert paths.command() == (str(tmp_path / "claudetray.exe"),)
        assert paths.tray_command({}) == (str(tmp_path / "claudetrayw.exe"),)


@pytest.mark.skipif(sys.platform != "linux", reason="the loader does so on Linux")
def test_programs_that_a_frozen_one_starts_load_the_systems_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = {"LD_LIBRARY_PATH": "/opt/claudetray/_internal", "LD_LIBRARY_PATH_ORIG": "/opt/theirs"}
    environ = dict(bundle)
    paths.unbundled(environ)
    assert environ == bundle  # from source it is the person's own
    monkeypatch.setattr("sys.frozen", True, raising=False)
    paths.unbundled(environ)
    assert environ == {"LD_LIBRARY_PATH": "/opt/theirs"}
    environ = {"LD_LIBRARY_PATH": "/opt/claudetray/_internal"}
    paths.unbundled(environ)
    assert environ == {}
