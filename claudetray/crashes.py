"""The crash log: what ended the program, and errors that nobody looked for. One rotating file in the home, redacted.

Where Python itself dies, `faulthandler` writes to a file of this process's own; the next start takes that into the log.
"""

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from claudetray import logs, paths
from claudetray.core.errors import ClaudetrayError

FAULTS = "fault-*.txt"  # the number is the process's
MOST_BYTES, KEPT_FILES = 256 * 1024, 2
MOST_FAULT = 64 * 1024  # bytes that are taken of one
log = logging.getLogger(__name__)


class HomelessFormatter(logs.RedactedFormatter):
    """Every path says who the person is: that goes, too."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace(str(Path.home()), "~")


@contextmanager
def noted(home: Path) -> Iterator[None]:
    """Note crashes for as long as the block runs. A disk that cannot be written to is no failure."""
    writer = _writer(paths.crash_log(home))
    logging.getLogger().addHandler(writer)
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook = lambda kind, error, trace: _note("uncaught", error)
    threading.excepthook = lambda told: _note("uncaught in a thread", told.exc_value)
    sys.unraisablehook = lambda told: _note(told.err_msg or "ignored", told.exc_value)
    before = faulthandler.is_enabled()
    try:
        with _faults(paths.crash_log(home).parent):
            yield
    except ClaudetrayError:  # said to the person by whoever started this
        raise
    except Exception as error:  # the hooks are the interpreter's own again by the time at which it would call them
        _note("uncaught", error)
        raise
    finally:
        if before:
            faulthandler.enable()
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.getLogger().removeHandler(writer)
        writer.close()


def _writer(file: Path) -> logging.Handler:
    """Takes every error that is logged with its traceback, wherever it was caught."""
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, exist_ok=True)
    writer = RotatingFileHandler(file, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True)
    writer.setFormatter(HomelessFormatter(logs.FORMAT))
    writer.setLevel(logging.ERROR)
    writer.addFilter(lambda record: bool(record.exc_info) or record.name == log.name)
    return writer


def _note(what: str, error: BaseException | None) -> None:
    if error is None:
        return
    if isinstance(error, KeyboardInterrupt | SystemExit):
        sys.__excepthook__(type(error), error, error.__traceback__)
        return
    log.error("%s", what, exc_info=error)


@contextmanager
def _faults(folder: Path) -> Iterator[None]:
    """What Python writes when it dies goes to a file of our own; what others left is taken into the log first."""
    for file in folder.glob(FAULTS):
        _take(file)
    own = folder / FAULTS.replace("*", str(os.getpid()))
    try:
        writer = own.open("w", encoding="utf-8")
    except OSError:
        yield
        return
    with writer:
        faulthandler.enable(writer)
        try:
            yield
        finally:
            faulthandler.disable()
            with suppress(OSError):  # Windows removes no file that is open; the next start does
                own.unlink()


def _take(file: Path) -> None:
    """Into the log with it, unless its process still runs."""
    number = file.stem.rpartition("-")[2]
    if number.isdigit() and int(number) != os.getpid() and _alive(int(number)):
        return
    with suppress(OSError):  # on Windows an open file cannot be removed: its process lives
        text = file.read_bytes()[:MOST_FAULT].decode("utf-8", "replace").strip()
        file.unlink()
        if text:
            log.error("process %s died:\n%s", number, text)


def _alive(pid: int) -> bool:
    if sys.platform == "win32":
        return False  # see `_take`; and os.kill would end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        pass
    return True
