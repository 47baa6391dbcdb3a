"""The journal: calls are noted here before they become rows, so that a killed process leaves each of them a trace.

One line is one write to a file, a few microseconds; it survives the process (not the computer: nothing is synced).
A lock that the operating system frees tells a living process's files from those it left behind.

Lines: `["began",key,record]`, `["ended",key,[record, …]]`, `["kept",[key, …]]`; see `record_text.py` for the records.
"""

import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from claudetray.core.usage import UsageRecord
from claudetray.store import record_text

log = logging.getLogger(__name__)
EMPTY_ABOVE = 1024 * 1024  # bytes: worth emptying once nothing is under way
RENEW_ABOVE = 16 * EMPTY_ABOVE  # bytes: worth a new file, whatever is under way
_encoded = json.JSONEncoder(separators=(",", ":")).encode
_BEYOND = 1 << 40  # Windows locks bytes; these are never written


class Journal:
    """The file of this process. Not for several threads. Every method may raise OSError, on a full disk for one."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._number = 0
        self._lines: dict[str, bytes] = {}  # by call: the last word on each that is not a row yet
        self._torn = False
        self._file, self._fd = self._made()
        self._size = 0

    def begin(self, key: str, record: UsageRecord) -> None:
        """The call is under way. Said again, the later record counts."""
        self._note(key, _line("began", key, record_text.plain(record)))

    def finish(self, key: str, records: Iterable[UsageRecord]) -> None:
        """The call is over, and these are its records."""
        self._note(key, _line("ended", key, [record_text.plain(record) for record in records]))

    def committed(self, keys: Iterable[str]) -> None:
        """The records of these calls are rows."""
        gone = [key for key in keys if self._lines.pop(key, None) is not None]
        if not self._lines and self._size > EMPTY_ABOVE:
            os.ftruncate(self._fd, 0)
            self._size, self._torn = 0, False
            return
        if gone:
            self._write(_line("kept", gone))
        if self._size > RENEW_ABOVE + 2 * sum(map(len, self._lines.values())):
            self._renew()

    def close(self) -> None:
        """Leave the file to the next process, if it says anything that is not a row yet."""
        if self._fd >= 0:
            _close(self._file, self._fd, remove=not self._lines)
            self._fd = -1

    def _note(self, key: str, line: bytes) -> None:
        self._lines[key] = line
        self._write(line)

    def _write(self, line: bytes) -> None:
        # After half a line, a fresh one: what is torn must not spoil what follows.
        whole = b"\n" + line if self._torn else line
        self._torn = True
        _write_whole(self._fd, whole)
        self._size += len(whole)
        self._torn = False

    def _renew(self) -> None:
        """Go on in a new file, once it says all that the old one does; until then, the old one is what counts."""
        file, fd = self._made()
        lines = b"".join(self._lines.values())
        try:
            _write_whole(fd, lines)
        except OSError:
            _close(file, fd, remove=True)
            raise
        _close(self._file, self._fd, remove=True)
        self._file, self._fd, self._size, self._torn = file, fd, len(lines), False

    def _made(self) -> tuple[Path, int]:
        """A new file, locked."""
        while True:
            self._number += 1
            file = self._home / f"calls-{os.getpid()}-{self._number}.journal"
            try:
                fd = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
            except FileExistsError:  # of an earlier process of the same number
                continue
            if _locked(fd) and file.exists():  # else one that looks for leftovers was quicker
                return file, fd
            os.close(fd)


class Leftover:
    """The files of a process that is gone, oldest first, locked for us. `records`: all that may not be rows yet."""

    def __init__(self, files: Sequence[tuple[Path, int]]) -> None:
        self._files = files
        self.records: tuple[UsageRecord, ...] = read(chain.from_iterable(_lines(fd) for _, fd in files))

    def remove(self) -> None:
        """They are rows now."""
        self._close(remove=True)

    def close(self) -> None:
        """Leave them for another time."""
        self._close(remove=False)

    def _close(self, remove: bool) -> None:
        for file, fd in self._files:  # the oldest first: what is left has the last word
            _close(file, fd, remove)


def leftovers(home: Path) -> list[Leftover]:
    """What processes left behind that are gone. Each is to be removed once its records are kept."""
    found: dict[int, list[tuple[Path, int]]] = {}
    for pid, _, file in sorted(_numbered(file) for file in home.glob("calls-*-*.journal")):
        try:
            fd = os.open(file, os.O_RDWR | _BINARY)
        except OSError:  # gone meanwhile, or held by its process on Windows
            continue
        if _locked(fd) and file.exists():  # else its process was just renewing it
            found.setdefault(pid, []).append((file, fd))
        else:
            os.close(fd)
    return [Leftover(files) for files in found.values()]


def read(lines: Iterable[bytes]) -> tuple[UsageRecord, ...]:
    """The records in a journal that may not be rows yet. What cannot be read is left out: a torn line, mostly."""
    calls: dict[str, tuple[UsageRecord, ...]] = {}
    for line in lines:
        try:
            match json.loads(line):
                case ["began", str(key), dict(values)]:
                    calls[key] = (record_text.record(values),)
                case ["ended", str(key), list(values)]:
                    calls[key] = tuple(map(record_text.record, values))
                case ["kept", list(keys)]:
                    for key in keys:
                        calls.pop(key, None)
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            log.debug("a line of a journal cannot be read")
    return tuple(record for records in calls.values() for record in records)


def _numbered(file: Path) -> tuple[int, int, Path]:
    """The process's number, and which of its files this is; 0 where the name does not say."""
    _, pid, number = file.stem.split("-", 2)
    return int(pid) if pid.isdecimal() else 0, int(number) if number.isdecimal() else 0, file


def _lines(fd: int) -> Iterator[bytes]:
    with os.fdopen(os.dup(fd), "rb") as opened:
        yield from opened


def _write_whole(fd: int, text: bytes) -> None:
    if os.write(fd, text) < len(text):
        raise OSError("the disk took only a part of it")


def _line(*parts: Any) -> bytes:
    return _encoded(parts).encode() + b"\n"


def _close(file: Path, fd: int, remove: bool) -> None:
    if remove and os.name == "posix":
        file.unlink(missing_ok=True)  # while it is locked: nobody else reads it again
    os.close(fd)
    if remove and os.name != "posix":
        file.unlink(missing_ok=True)


_BINARY = getattr(os, "O_BINARY", 0)  # on Windows; else line ends would be changed

if sys.platform == "win32":
    import msvcrt

    def _locked(fd: int) -> bool:
        os.lseek(fd, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(fd, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _locked(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
