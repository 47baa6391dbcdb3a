"""One monitor per home: a lock file that the operating system frees even when its holder is killed."""

from pathlib import Path

from filelock import FileLock, Timeout


class MonitorLock:
    """Held by the one process that monitors this home."""

    name = "monitor.lock"

    def __init__(self, home: Path) -> None:
        self._lock = FileLock(home / self.name, mode=0o600)

    def acquire(self, patience_s: float = 1.0) -> bool:
        """Take it; False when another process monitors this home. (`status` holds it for a blink: hence patience.)"""
        try:
            self._lock.acquire(timeout=patience_s)
        except Timeout:
            return False
        return True

    def release(self) -> None:
        self._lock.release()

    def taken(self) -> bool:
        """Does another process hold it?"""
        if not self.acquire(patience_s=0):
            return True
        self.release()
        return False
