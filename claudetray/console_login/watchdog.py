"""The watchdog: ends a helper that takes too long or too much memory, even where its main thread hangs."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from claudetray.core.browser import MIB, Limits

EVERY_S = 1.0


class Watchdog:
    """Watches this process and its children from a thread."""

    def __init__(
        self,
        limits: Limits,
        say: Callable[[str], None],
        end: Callable[[], None] = lambda: os._exit(1),
        every_s: float = EVERY_S,
    ) -> None:
        self._limits, self._say, self._end, self._every_s = limits, say, end, every_s
        self._over = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        until = time.monotonic() + self._limits.deadline.total_seconds()
        while not self._over.wait(self._every_s):
            if time.monotonic() > until:
                why = "It took too long."
            elif memory() > self._limits.memory:
                why = f"The web page took more than {self._limits.memory // MIB} MiB of memory."
            else:
                continue
            for child in psutil.Process().children(recursive=True):
                try:
                    child.kill()
                except psutil.Error:
                    continue
            self._say(why)
            self._end()
            return


def memory() -> int:
    """Bytes that would be free without this process and its children: what they share is not counted."""
    whole = 0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        try:
            whole += process.memory_full_info().uss
        except psutil.AccessDenied:  # a sandboxed process may not be looked into: more, then, but never nothing
            with suppress(psutil.Error):
                whole += process.memory_info().rss
        except psutil.Error:
            continue
    return whole
