"""Where things live: the home of the data, the logs, the resources, and the command of this program."""

import os
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent


def home(environ: Mapping[str, str] = os.environ) -> Path:
    """The one directory that holds everything: `CLAUDETRAY_HOME`, else the platform's data directory."""
    named = environ.get("CLAUDETRAY_HOME", "").strip()
    return Path(named).expanduser().absolute() if named else platformdirs.user_data_path("claudetray", appauthor=False)


def made(directory: Path) -> Path:
    """The directory, made if need be, readable by its owner alone. Raises: OSError."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and directory.stat().st_mode & 0o077:
        directory.chmod(0o700)
    return directory


def command() -> tuple[str, ...]:
    """This same program, for a helper process: the frozen executable, or Python with this package."""
    if not getattr(sys, "frozen", False):
        return (sys.executable, "-m", "claudetray")
    with_streams = Path(sys.executable).with_name("claudetray.exe")  # the one without a console has none
    return (str(with_streams),) if with_streams.is_file() else (sys.executable,)


def tray_command(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """What the menu and the session start: the AppImage where it is one, the program without a console on Windows."""
    if not getattr(sys, "frozen", False):
        return command()
    image, mounted = environ.get("APPIMAGE"), environ.get("APPDIR")
    if image and mounted and Path(sys.executable).is_relative_to(mounted):  # or it is another program's, our parent
        return (image,)
    windowed = Path(sys.executable).with_name("claudetrayw.exe")
    return (str(windowed),) if windowed.is_file() else (sys.executable,)


def unbundled(environ: MutableMapping[str, str]) -> None:
    """Take out what PyInstaller's loader put in: a browser that we open is to load the system's own libraries.

    Source: PyInstaller's manual, "Launching external programs from the frozen application".
    """
    if getattr(sys, "frozen", False) and sys.platform == "linux":
        before = environ.pop("LD_LIBRARY_PATH_ORIG", "")
        if before:
            environ["LD_LIBRARY_PATH"] = before
        else:
            environ.pop("LD_LIBRARY_PATH", None)


def helper_environ(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment in which `command()` finds this very package, wherever it is started."""
    if getattr(sys, "frozen", False):
        return dict(environ)
    places = [str(PACKAGE.parent), *filter(None, [environ.get("PYTHONPATH")])]
    return {**environ, "PYTHONPATH": os.pathsep.join(places)}


def database(home: Path) -> Path:
    return home / "claudetray.db"


def log(home: Path) -> Path:
    return home / "logs" / "claudetray.log"


def crash_log(home: Path) -> Path:
    return home / "logs" / "crashes.log"


def resources() -> Path:
    """The folder of icons: in the frozen bundle, in the installed package, or beside it in a source tree."""
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "resources"] if frozen else []
    candidates += [PACKAGE / "resources", PACKAGE.parent / "resources"]
    return next((folder for folder in candidates if folder.is_dir()), candidates[-1])


def installed_by() -> str:
    """Who installed this program, and so updates it: `deb`, `rpm`, `source`, or `download` for all the rest."""
    if not getattr(sys, "frozen", False):
        return "source"
    try:
        return (resources() / "installed-by").read_text().strip() or "download"
    except OSError:
        return "download"


def resource(name: str) -> Path:
    """One file of the resources. Raises: FileNotFoundError, for that is a broken installation."""
    file = resources() / name
    if not file.is_file():
        raise FileNotFoundError(f"resource {name} is missing from this installation")
    return file
