"""Where things live: the home of the data, the logs, the resources, and the command of this program."""

import os
import sys
from collections.abc import Mapping
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
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "claudetray")


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


def resources() -> Path:
    """The folder of icons: in the frozen bundle, in the installed package, or beside it in a source tree."""
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "resources"] if frozen else []
    candidates += [PACKAGE / "resources", PACKAGE.parent / "resources"]
    return next((folder for folder in candidates if folder.is_dir()), candidates[-1])


def resource(name: str) -> Path:
    """One file of the resources. Raises: FileNotFoundError, for that is a broken installation."""
    file = resources() / name
    if not file.is_file():
        raise FileNotFoundError(f"resource {name} is missing from this installation")
    return file
