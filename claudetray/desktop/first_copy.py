"""One tray per home: who comes second asks the first to show its window, and ends.

The monitor's lock says who is first. The first writes `tray.json` beside it: where it listens, and a key that only its
owner can read. Loopback and a thread, the same on all systems: QLocalServer would load QtNetwork (7 MiB, measured).
"""

import json
import logging
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from pathlib import Path
from threading import Event, Thread
from typing import Any

from claudetray.desktop.owned_file import write_owned

SAID = "tray.json"
LOOPBACK = "127.0.0.1"
PATIENCE_S = 2.0
BREATH_S = 0.2  # after a failure, lest one that lasts takes all of a processor
MOST_HEARD = 4096  # bytes
TOKEN = "XDG_ACTIVATION_TOKEN"  # by which a Wayland compositor lets a window come to the front
STARTUP_ID = "DESKTOP_STARTUP_ID"  # the same on X11
log = logging.getLogger(__name__)


class Turn(Enum):
    """What a copy that starts finds out."""

    FIRST = "first"
    SERVED = "served"  # by the first copy, so this one may end
    REFUSED = "refused"  # somebody is first, and does not answer


def turn(ask: Callable[[], bool | None], take: Callable[[], bool], patience_s: float) -> Turn:
    """Be served or be first. Whoever is first may still be starting, or just ending: hence patience.

    `ask`: does the first copy serve us; None where none answers. `take` waits a little for the lock: is it ours?
    """
    end = time.monotonic() + patience_s
    while True:
        if take():  # first: what says where to ask may be of one that was killed
            return Turn.FIRST
        if (served := ask()) is not None:
            return Turn.SERVED if served else Turn.REFUSED
        if time.monotonic() > end:
            return Turn.REFUSED


class FirstCopy:
    """The first copy's ear, open from the moment on at which it is first. Without windows it can serve nobody."""

    def __init__(self, home: Path, windows: bool) -> None:
        """Raises: OSError."""
        self._said, self._windows = home / SAID, windows
        self._summoned: Callable[[str], object] | None = None
        with suppress(OSError):  # what one that was killed said is not true any more
            self._said.unlink(missing_ok=True)
        self._key = secrets.token_urlsafe(32)
        self._server = socket.create_server((LOOPBACK, 0))
        self._open, self._breath = True, Event()
        port = self._server.getsockname()[1]
        write_owned(self._said, json.dumps({"port": port, "pid": os.getpid(), "key": self._key}))
        self._thread = Thread(target=self._listen, name="first-copy", daemon=True)
        self._thread.start()

    def join(self, summoned: Callable[[str], object]) -> None:
        """From now on `summoned` is called, in a thread, with the token of each that asks.

        Until then nobody is answered: who asks tries again, for this copy may still fail to start.
        """
        self._summoned = summoned

    def close(self) -> None:
        """Listen no more; what said where is removed."""
        if not self._open:
            return
        self._open = False
        with suppress(OSError):
            self._said.unlink(missing_ok=True)
        with suppress(OSError):  # wakes the thread, which no close() would on every system
            socket.create_connection(self._server.getsockname(), PATIENCE_S).close()
        self._thread.join(PATIENCE_S)
        self._server.close()

    def _listen(self) -> None:
        while self._open:
            try:
                caller, _ = self._server.accept()
                with caller:
                    caller.settimeout(PATIENCE_S)
                    self._answer(caller)
            except (OSError, RuntimeError) as error:  # one that hung up, mostly; or our loop is closed
                log.debug("a second copy was not heard (%s)", error)
                self._breath.wait(BREATH_S)

    def _answer(self, caller: socket.socket) -> None:
        asked = _line(caller)
        if not secrets.compare_digest(str(asked.get("key", "")).encode(), self._key.encode()):
            return
        if self._windows:
            if self._summoned is None:
                return
            if asked.get("show") is True:
                self._summoned(str(asked.get("token", "")))
        caller.sendall(json.dumps({"served": self._windows}).encode() + b"\n")


def served_by_first(home: Path, show: bool, environ: Mapping[str, str] = os.environ) -> bool | None:
    """Ask the first copy to show its window (or, with `show=False`, whether it is there). None where none answers."""
    try:
        said = json.loads((home / SAID).read_bytes())
        port, key, pid = int(said["port"]), str(said["key"]), int(said["pid"])
        _let_it_come_to_the_front(pid)
        asked = {"key": key, "show": show, "token": environ.get(TOKEN) or environ.get(STARTUP_ID) or ""}
        with socket.create_connection((LOOPBACK, port), PATIENCE_S) as line:
            line.sendall(json.dumps(asked).encode() + b"\n")
            served = _line(line).get("served")
            return served if isinstance(served, bool) else None
    except (OSError, ValueError, KeyError, TypeError):  # it is not there yet, or not any more
        return None


def _line(peer: socket.socket) -> dict[str, Any]:
    """One line of JSON. Raises: OSError."""
    heard = b""
    while not heard.endswith(b"\n") and len(heard) <= MOST_HEARD:
        if not (piece := peer.recv(MOST_HEARD)):
            break
        heard += piece
    try:
        found = json.loads(heard)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _let_it_come_to_the_front(pid: int) -> None:
    """Windows lets only who has the front give it away. Source: AllowSetForegroundWindow, winuser.h."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(pid)
