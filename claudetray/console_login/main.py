"""The helper's entry: makes itself safe first, then reads what it is for, and only then loads the web engine."""

import os
import signal
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from claudetray.console_login.line import Line
from claudetray.console_login.watchdog import Watchdog
from claudetray.core.browser import LIMITS, Event, Opening
from claudetray.core.setting import loopback

NO_SANDBOX = "QTWEBENGINE_DISABLE_SANDBOX"
FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
HARMFUL = ("QTWEBENGINE_REMOTE_DEBUGGING", "QTWEBENGINEPROCESS_PATH", "SSLKEYLOGFILE")
PR_SET_PDEATHSIG = 1  # linux/prctl.h
LITE = "This is the lite build, without a web engine: paste a snippet instead, or install the full claudetray."
HARMLESS = {"--disable-gpu"}  # of Chromium's switches, those that weaken nothing


def main(arguments: list[str], symbol: Path) -> int:
    """One visit. The exit code: 0 done, 1 failed (an event said why)."""
    line = Line.on_standard_streams()
    _no_core_dumps()
    _ends_with_its_parent()
    try:
        opening = Opening.from_json(line.first())
        if arguments != [opening.mode]:
            raise ValueError("started for something else")
    except (ValueError, KeyError, TypeError):
        line.say(Event.FAILED, why="This command is claudetray's own: it is started with a first line of JSON.")
        return 1
    protected(os.environ, opening.origin)
    if (why := _impossible()) is not None:
        line.say(Event.FAILED, why=why)
        return 1
    Watchdog(LIMITS[opening.mode], lambda why: line.say(Event.FAILED, why=why)).start()
    try:
        from claudetray.console_login import engine
    except ModuleNotFoundError:
        line.say(Event.FAILED, why=LITE)
        return 1
    except ImportError as error:  # it names the library
        line.say(Event.FAILED, why=f"The web engine cannot be loaded ({error}).")
        return 1
    return engine.run(opening, line, symbol)


def protected(environ: MutableMapping[str, str], origin: str) -> None:
    """Take out what would weaken the engine; the sandbox may be off only against a stand-in on this machine."""
    for name in HARMFUL:
        environ.pop(name, None)
    flags = environ.get(FLAGS, "").split()
    if not loopback(urlsplit(origin).hostname or ""):
        environ.pop(NO_SANDBOX, None)
        flags = [flag for flag in flags if flag in HARMLESS]
    if flags:
        environ[FLAGS] = " ".join(flags)
    else:
        environ.pop(FLAGS, None)


def _impossible() -> str | None:
    """Why no engine can be started here, if so."""
    if sys.platform != "win32" and os.geteuid() == 0 and not os.environ.get(NO_SANDBOX):
        return "The web engine's sandbox does not work for root: start claudetray as another user, or paste a snippet."
    return None


def _ends_with_its_parent() -> None:
    """Even stopped or hung. (Elsewhere the end of the line is all that tells, which takes a thread that runs.)"""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _no_core_dumps() -> None:
    """A crash must not leave cookies on the disk."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
