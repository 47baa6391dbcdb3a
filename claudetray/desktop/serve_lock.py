"""One `claudetray serve` per home: a lock, and beside it where it serves; and the token of its local API."""

import json
import os
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe

from claudetray.core.serving import Serving
from claudetray.desktop.monitor_lock import MonitorLock
from claudetray.desktop.owned_file import write_owned

SAID, TOKEN = "serve.json", "api-token"
TOKEN_BYTES = 32


class ServeLock(MonitorLock):
    """Held by the one process that serves this home."""

    name = "serve.lock"

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._said = home / SAID

    def acquire(self, patience_s: float = 1.0) -> bool:
        taken = super().acquire(patience_s)
        if taken:  # what one that was killed said is not true any more
            with suppress(OSError):
                self._said.unlink(missing_ok=True)
        return taken

    def say(self, serving: Serving) -> None:
        """Write down where we serve. Shape: `{"url": str, "pid": int, "version": str}`. Raises: OSError."""
        text = json.dumps({"url": serving.url, "pid": serving.pid, "version": serving.version})
        write_owned(self._said, text)

    def release(self) -> None:
        with suppress(OSError):
            self._said.unlink(missing_ok=True)
        super().release()


def api_token(home: Path) -> str:
    """The token of the local API, made at its first use; the file is its owner's alone. Raises: OSError."""
    file = home / TOKEN
    try:
        if token := file.read_text().strip():
            if os.name == "posix":
                file.chmod(0o600)
            return token
    except (FileNotFoundError, UnicodeDecodeError):
        pass
    token = token_urlsafe(TOKEN_BYTES)
    write_owned(file, token)
    return token
