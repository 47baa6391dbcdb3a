"""Starting with the session: an entry that the desktop reads, a launch agent, or a value in the registry.

Off until the person switches it on. The entry holds the path of the program, so it is made right again at each start.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from claudetray.core.errors import StartupFailed
from claudetray.desktop.owned_file import write_owned

if TYPE_CHECKING:
    from collections.abc import Iterator

AGENT = "io.github.claudetray.claudetray"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
# What the person switched off in the Task Manager has an odd first byte there (seen, not documented).
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
NAME = "claudetray"
FLEETING = ("/AppTranslocation/", "/Volumes/")  # where macOS runs what was only downloaded, and mounted images
CARRIED = ("CLAUDETRAY_HOME",)  # a session does not set it again, and it says whose claudetray this is
# Desktop Entry Specification 1.5, "The Exec key": what must be quoted, and what must be escaped in quotes.
_RESERVED = re.compile(r"[\s\"'\\><~|&;$*?#()`]")
_ESCAPED = re.compile(r'(["`$\\])')


class Registry(Protocol):
    """The current user's part of the Windows registry. `get` gives None where there is no such value."""

    def get(self, key: str, name: str) -> str | bytes | None: ...

    def set(self, key: str, name: str, value: str) -> None: ...

    def delete(self, key: str, name: str) -> None: ...


class InFile:
    """A way that is a file of the person's: it is there, or it is not."""

    def __init__(self, file: Path, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._file, self._command, self._environ = file, tuple(command), dict(environ)

    def on(self) -> bool:
        raise NotImplementedError

    def text(self) -> str:
        """What stands in it. Raises: StartupFailed where nothing can be started from here."""
        raise NotImplementedError

    def ours(self) -> bool:
        """Is it for this home? Raises: OSError."""
        raise NotImplementedError

    def switch(self, on: bool) -> None:
        """Raises: StartupFailed."""
        text = self.text() if on else ""
        with _plainly():
            if on:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_owned(self._file, text)
            else:
                self._file.unlink(missing_ok=True)

    def mend(self) -> None:
        """Make its path right, where it is on and for this home. Raises: StartupFailed."""
        with _plainly():
            if self.on() and self.ours():
                self.switch(True)


class Entry(InFile):
    """For Linux: a desktop entry in the autostart folder. Source: Desktop Application Autostart Specification 0.5."""

    def __init__(self, folder: Path, command: Sequence[str], environ: Mapping[str, str]) -> None:
        super().__init__(folder / f"{NAME}.desktop", command, environ)

    def on(self) -> bool:
        try:
            lines = self._file.read_text().splitlines()
        except (OSError, UnicodeDecodeError):
            return False
        return not {"Hidden=true", "X-GNOME-Autostart-enabled=false"}.intersection(line.strip() for line in lines)

    def text(self) -> str:
        return desktop_entry(self._command, self._environ)

    def ours(self) -> bool:
        text = self._file.read_text()
        return carried(self._environ) in text if self._environ else "Exec=env " not in text


class Agent(InFile):
    """For macOS: a launch agent. Source: launchd.plist(5)."""

    def __init__(self, folder: Path, command: Sequence[str], environ: Mapping[str, str]) -> None:
        super().__init__(folder / f"{AGENT}.plist", command, environ)

    def on(self) -> bool:
        told = self._told()
        return told is not None and not told.get("Disabled", False)

    def text(self) -> str:
        if any(place in self._command[0] for place in FLEETING):
            raise StartupFailed("claudetray runs from a place that is soon gone: move it to Applications first.")
        return launch_agent(self._command, self._environ)

    def ours(self) -> bool:
        told = self._told()
        return told is not None and told.get("EnvironmentVariables", {}) == self._environ

    def _told(self) -> dict[str, Any] | None:
        """What stands in it; None where there is no such list."""
        import plistlib  # only where it is needed
        from xml.parsers.expat import ExpatError

        try:
            told = plistlib.loads(self._file.read_bytes())
        except (OSError, ValueError, ExpatError):  # plistlib's own error is a ValueError
            return None
        return told if isinstance(told, dict) else None


class RunValue:
    """For Windows: a value under Run. A home that CLAUDETRAY_HOME names comes from the user's own environment."""

    def __init__(self, registry: Registry, command: Sequence[str]) -> None:
        self._registry, self._command = registry, tuple(command)

    def on(self) -> bool:
        with _plainly():
            approved = self._registry.get(APPROVED, NAME)
            refused = isinstance(approved, bytes) and approved[:1] != b"" and approved[0] % 2 == 1
            return self._registry.get(RUN, NAME) is not None and not refused

    def switch(self, on: bool) -> None:
        """Raises: StartupFailed."""
        with _plainly():
            if on:
                self._registry.set(RUN, NAME, subprocess.list2cmdline([*self._command, "--minimized"]))
            else:
                self._registry.delete(RUN, NAME)
            self._registry.delete(APPROVED, NAME)  # the person has just decided anew

    def mend(self) -> None:
        """Make its path right, where it is on. Raises: StartupFailed."""
        if self.on():
            self.switch(True)


Autostart = Entry | Agent | RunValue


def autostart(command: Sequence[str], environ: Mapping[str, str] = os.environ) -> Autostart:
    """This system's way; `command` starts the tray."""
    if sys.platform == "win32":
        from claudetray.desktop.windows_registry import UserRegistry

        return RunValue(UserRegistry(), command)
    home = {name: environ[name] for name in CARRIED if environ.get(name)}
    if sys.platform == "darwin":
        return Agent(Path.home() / "Library" / "LaunchAgents", command, home)
    return Entry(config_folder(environ) / "autostart", command, home)


def config_folder(environ: Mapping[str, str]) -> Path:
    """Source: XDG Base Directory Specification; a relative path is to be ignored."""
    named = environ.get("XDG_CONFIG_HOME", "")
    return Path(named) if named.startswith("/") else Path.home() / ".config"


def desktop_entry(command: Sequence[str], environ: Mapping[str, str]) -> str:
    """The text of the entry. The delay lets GNOME's panel come first."""
    words = " ".join(quoted(word) for word in [*command, "--minimized"])
    return (
        "[Desktop Entry]\nType=Application\nName=claudetray\n"
        "Comment=How much AI credit is left, in the system tray\n"
        f"{carried(environ)}{words}\nTryExec={command[0]}\nIcon=claudetray\nTerminal=false\nX-GNOME-Autostart-Delay=3\n"
    )


def carried(environ: Mapping[str, str]) -> str:
    """How the Exec line begins that sets these."""
    set_first = ["env", *(f"{name}={value}" for name, value in environ.items())] if environ else []
    return "Exec=" + "".join(f"{quoted(word)} " for word in set_first)


def quoted(word: str) -> str:
    """One argument of an Exec key: quoted, then escaped as every string value is, and % doubled."""
    if not word or _RESERVED.search(word):
        word = '"' + _ESCAPED.sub(r"\\\1", word) + '"'
    return word.replace("\\", "\\\\").replace("%", "%%")


def launch_agent(command: Sequence[str], environ: Mapping[str, str]) -> str:
    """The text of the property list."""
    import plistlib

    agent = {
        "Label": AGENT,
        "ProgramArguments": [*command, "--minimized"],
        "RunAtLoad": True,
        "LimitLoadToSessionType": "Aqua",
        "ProcessType": "Interactive",
        **({"EnvironmentVariables": dict(environ)} if environ else {}),
    }
    return plistlib.dumps(agent).decode()


@contextmanager
def _plainly() -> "Iterator[None]":
    try:
        yield
    except OSError as error:
        raise StartupFailed(f"Starting with the session cannot be switched ({error.strerror}).") from error
