"""The line to the tray: JSON on what were standard input and output. Nothing else can write to it by accident."""

import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

from claudetray.core.browser import Event

PATIENCE_S = 5.0


class Line:
    """Says events at once, from any thread; hears commands in a thread of its own."""

    def __init__(self, heard: BinaryIO, said: BinaryIO) -> None:
        self._heard, self._said = heard, said
        self._saying = threading.Lock()

    @classmethod
    def on_standard_streams(cls) -> "Line":
        """Take both streams over: from here on, what anybody prints goes to standard error."""
        said = os.fdopen(os.dup(1), "wb")  # not inherited by the engine's processes
        heard = os.fdopen(os.dup(0), "rb")
        os.dup2(2, 1)
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        sys.stdout = sys.stderr
        return cls(heard, said)

    def first(self) -> str:
        """The opening line."""
        return self._heard.readline().decode("utf-8", "replace")

    def say(self, event: Event, **fields: Any) -> None:
        """One event. Nobody there to hear it means that the tray is gone, and then so are we."""
        if not self._saying.acquire(timeout=PATIENCE_S):  # another thread is stuck with a tray that does not read
            return
        try:
            self._said.write(json.dumps({"event": event, **fields}).encode() + b"\n")
            self._said.flush()
        except OSError:
            os._exit(1)
        finally:
            self._saying.release()

    def hear(self, heard: Callable[[dict[str, Any]], None], ended: Callable[[], None]) -> None:
        """Call `heard` with each command, and `ended` when there are no more; both from another thread."""

        def listen() -> None:
            for line in self._heard:
                try:
                    command = json.loads(line)
                except ValueError:
                    continue
                if isinstance(command, dict):
                    heard(command)
            ended()
            threading.Timer(PATIENCE_S, os._exit, (1,)).start()  # for a main thread that does not hear it

        threading.Thread(target=listen, name="line", daemon=True).start()
