"""The log: one rotating file in the home, redacted line by line; warnings on standard error where that helps."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from claudetray.core.redaction import redacted

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MOST_BYTES, KEPT_FILES = 1024 * 1024, 3


class RedactedFormatter(logging.Formatter):
    """The last thing every line goes through, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def start(file: Path, level: str, on_screen: bool) -> None:
    """Log to `file`, and warnings to standard error if `on_screen`; a file that cannot be written is no failure."""
    root = logging.getLogger()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for noisy in (
        "httpx",
        "httpcore",
        "asyncio",
        "qasync",
        "peewee",
        "filelock",
        "aiohttp.access",
        "tzlocal",
        "keyring",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        writer = RotatingFileHandler(file, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True)
        _add(writer, logging.DEBUG)
    except OSError:
        on_screen = True
    if on_screen:
        _add(logging.StreamHandler(sys.stderr), logging.WARNING)
    logging.raiseExceptions = False  # a full disk must not fill the screen instead


def level(named: str | None) -> str:
    """The level named in `CLAUDETRAY_LOG`; anything else means INFO."""
    word = (named or "").strip().upper()
    return word if word in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL") else "INFO"


def _add(handler: logging.Handler, level: int) -> None:
    handler.setFormatter(RedactedFormatter(FORMAT))
    handler.setLevel(level)
    logging.getLogger().addHandler(handler)
