import plistlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.errors import StartupFailed
from claudetray.desktop.autostart import (
    APPROVED,
    RUN,
    Agent,
    Autostart,
    Entry,
    RunValue,
    autostart,
    config_folder,
    desktop_entry,
    quoted,
)

OLD, NEW = ("/opt/old/claudetray",), ("/opt/new place/claudetray",)


class InMemory:
    """A registry like Windows'."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}

    def get(self, key: str, name: str) -> str | bytes | None:
        return self.values.get((key, name))

    def set(self, key: str, name: str, value: str) -> None:
        self.values[key, name] = value

    def delete(self, key: str, name: str) -> None:
        self.values.pop((key, name), None)


def unescaped(value: str) -> str:
    """A string value of a desktop entry, as a reader has it before it looks for quotes."""
    return value.replace("%%", "%").replace("\\\\", "\\")


def arguments(value: str) -> list[str]:
    """The words of an Exec key, read as its specification says: in quotes a backslash stands before ", `, $ and \\."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', value)
    return [re.sub(r"\\(.)", r"\1", quoted) if quoted or not plain else plain for quoted, plain in words]


def execs(file: Path) -> list[str]:
    [line] = [line for line in file.read_text().splitlines() if line.startswith("Exec=")]
    return arguments(unescaped(line.removeprefix("Exec=")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    return made


@pytest.fixture(params=["entry", "agent", "run"])
def way(request: pytest.FixtureRequest, folder: Path) -> Autostart:
    if request.param == "run":
        return RunValue(InMemory(), OLD)
    kind = Entry if request.param == "entry" else Agent
    return kind(folder / "deep" / "folder", OLD, {})


def test_it_is_off_until_it_is_switched_on_and_off_again(way: Autostart) -> None:
    assert not way.on()
    way.switch(True)
    assert way.on()
    way.switch(True)
    way.switch(False)
    assert not way.on()
    way.switch(False)


def test_an_entry_starts_the_program_minimized_in_its_home(folder: Path) -> None:
    Entry(folder, NEW, {"CLAUDETRAY_HOME": "/home/a b/c"}).switch(True)
    [file] = folder.iterdir()
    assert execs(file) == ["env", "CLAUDETRAY_HOME=/home/a b/c", "/opt/new place/claudetray", "--minimized"]


def test_after_an_update_the_path_is_made_right_again(folder: Path) -> None:
    Entry(folder, OLD, {}).switch(True)
    Entry(folder, NEW, {}).mend()
    [file] = folder.iterdir()
    assert execs(file) == ["/opt/new place/claudetray", "--minimized"]


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_person_switched_off_elsewhere_stays_off(folder: Path, line: str) -> None:
    entry = Entry(folder, OLD, {})
    entry.switch(True)
    [file] = folder.iterdir()
    file.write_text(f"{file.read_text()}{line}\n")
    assert not entry.on()
    Entry(folder, NEW, {}).mend()
    assert execs(file) == ["/opt/old/claudetray", "--minimized"]
    entry.switch(True)
    assert entry.on()


def test_an_agent_is_a_property_list(folder: Path) -> None:
    Agent(folder, NEW, {"CLAUDETRAY_HOME": "/h"}).switch(True)
    [file] = folder.iterdir()
    told = plistlib.loads(file.read_bytes())
    assert told["ProgramArguments"] == ["/opt/new place/claudetray", "--minimized"]
    assert told["RunAtLoad"] is True
    assert told["EnvironmentVariables"] == {"CLAUDETRAY_HOME": "/h"}
    assert told["Label"] == file.stem


@pytest.mark.parametrize("rubbish", [b"", b"\xff\xfe", b"<plist>", b"bplist00"])
def test_a_file_that_is_none_means_off(folder: Path, rubbish: bytes) -> None:
    for way in (Entry(folder, OLD, {}), Agent(folder, OLD, {})):
        way.switch(True)
    for file in folder.iterdir():
        file.write_bytes(rubbish)
    assert not Agent(folder, OLD, {}).on()
    Entry(folder, OLD, {}).mend()


def test_windows_runs_a_quoted_path_and_the_task_manager_has_the_last_word() -> None:
    registry = InMemory()
    way = RunValue(registry, (r"C:\Users\A B\claudetrayw.exe",))
    way.switch(True)
    assert registry.values[RUN, "claudetray"] == r'"C:\Users\A B\claudetrayw.exe" --minimized'
    registry.values[APPROVED, "claudetray"] = b"\x03" + bytes(11)
    assert not way.on()
    way.mend()
    assert not way.on()
    registry.values[APPROVED, "claudetray"] = b"\x02" + bytes(11)
    assert way.on()
    registry.values[APPROVED, "claudetray"] = b"\x03" + bytes(11)
    way.switch(True)
    assert way.on()


def test_a_folder_that_cannot_be_written_to_is_said(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(StartupFailed, match="cannot be switched"):
        Entry(folder / "file" / "autostart", OLD, {}).switch(True)


def test_the_folder_follows_the_environment(folder: Path) -> None:
    assert config_folder({"XDG_CONFIG_HOME": str(folder)}) == folder
    assert config_folder({"XDG_CONFIG_HOME": "relative"}) == Path.home() / ".config"
    way = autostart(OLD, {"XDG_CONFIG_HOME": str(folder), "CLAUDETRAY_HOME": "/h", "SECRET": "x"})
    way.switch(True)
    assert "SECRET" not in (folder / "autostart" / "claudetray.desktop").read_text()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"]), min_size=1))
def test_whatever_a_path_holds_comes_back_as_it_was(word: str) -> None:
    assert arguments(unescaped(quoted(word))) == [word]


def test_an_entry_is_valid(folder: Path) -> None:
    text = desktop_entry(NEW, {"CLAUDETRAY_HOME": "/home/100%/$x"})
    assert all("=" in line for line in text.splitlines()[1:])
    assert "/home/100%%/" in text


def test_another_homes_entry_is_left_alone(folder: Path) -> None:
    for kind in (Entry, Agent):
        kind(folder, OLD, {"CLAUDETRAY_HOME": "/one"}).switch(True)
        [file] = [file for file in folder.iterdir() if file.suffix == (".desktop" if kind is Entry else ".plist")]
        before = file.read_bytes()
        kind(folder, NEW, {"CLAUDETRAY_HOME": "/two"}).mend()
        kind(folder, NEW, {}).mend()
        assert file.read_bytes() == before
        kind(folder, NEW, {"CLAUDETRAY_HOME": "/one"}).mend()
        assert b"new place" in file.read_bytes()


def test_a_mounted_image_is_no_place_to_start_from(folder: Path) -> None:
    for place in ("/Volumes/claudetray 1.0/claudetray.app/x", "/private/var/folders/a/AppTranslocation/b/d/x"):
        with pytest.raises(StartupFailed, match="Applications"):
            Agent(folder, (place,), {}).switch(True)
    assert list(folder.iterdir()) == []
