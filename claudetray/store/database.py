"""The data file and its thread: one connection, on which every query of this process runs in turn.

Nothing blocks an event loop: whoever asks awaits.
"""

import asyncio
import os
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import peewee as pw

from claudetray.core.errors import StoreDamaged, StoreFailed
from claudetray.store import migrations
from claudetray.store.handover import hand_over
from claudetray.store.schema import ROWS

T = TypeVar("T")
BUSY_TIMEOUT_MS = 15_000


class Database:
    """Runs functions on the one connection, each in a transaction of its own.

    peewee binds rows to a database for the whole process, so a process opens one at a time.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._closed = False
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._db = pw.SqliteDatabase(
            str(file),
            pragmas={
                "journal_mode": "wal",
                "synchronous": "normal",
                "busy_timeout": BUSY_TIMEOUT_MS,
                "foreign_keys": 1,
                "journal_size_limit": 4 * 1024 * 1024,
                # In pages: fewer checkpoints than by default (1000) make batches of calls a half faster (measured).
                "wal_autocheckpoint": 8000,
            },
        )
        self._thread = threading.Thread(target=self._serve, name="store")

    def open(self) -> None:
        """Open the file, made and brought up to date if need be. Raises: StoreError."""
        self._thread.start()
        try:
            self._submit(self._opened).result()
        except BaseException:
            self.close()
            raise

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, once it is on disk: it ran in a transaction. Raises: StoreFailed, or as `work`."""
        return await asyncio.wrap_future(self._submit(lambda: self._in_transaction(work)))

    async def read(self, work: Callable[[], T]) -> T:
        """What `work` returns, read without taking the write lock. Raises: StoreFailed."""
        return await asyncio.wrap_future(self._submit(lambda: _translated(work)))

    async def changes(self) -> int:
        """A number that differs once another process has written to the file."""
        return await self.read(lambda: int(self._db.pragma("data_version")))

    async def checked(self) -> str:
        """What SQLite's quick check says: "ok", or what is wrong."""
        return await self.read(lambda: str(self._db.execute_sql("PRAGMA quick_check(1)").fetchone()[0]))

    def close(self) -> None:
        """Finish what was begun, then close."""
        self._closed = True
        if self._thread.is_alive():
            self._work.put(None)
            self._thread.join()

    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        done: Future[T] = Future()
        if self._closed:
            done.set_exception(StoreFailed("The data file is closed."))
            return done
        self._work.put((work, done))
        return done

    def _serve(self) -> None:
        while (item := self._work.get()) is not None:
            hand_over(*item)
        self._db.close()

    def _opened(self) -> None:
        try:
            # Made by us, so that it is never readable by others, not for a moment.
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
            if os.name == "posix":
                self._file.chmod(0o600)
        except OSError as error:
            raise StoreFailed(f"The data file cannot be opened ({error.strerror}).") from error
        _translated(self._refuse_newer)
        self._db.bind(ROWS)
        _translated(self._db.connect)
        _translated(lambda: migrations.migrate(self._db, self._file))

    def _refuse_newer(self) -> None:
        """Asked without our pragmas, for those would already write to the file. Raises: StoreTooNew."""
        plain = pw.SqliteDatabase(str(self._file))
        with plain.connection_context():
            migrations.refuse_newer(int(plain.pragma("user_version")))

    def _in_transaction(self, work: Callable[[], T]) -> T:
        def inside() -> T:
            with self._db.atomic("IMMEDIATE"):
                return work()

        return _translated(inside)


def _translated(work: Callable[[], T]) -> T:
    try:
        return work()
    except pw.DatabaseError as error:
        damaged = any(word in str(error) for word in ("malformed", "not a database"))
        raise (StoreDamaged if damaged else StoreFailed)(f"The data file cannot be used ({error}).") from error


@contextmanager
def opened(file: Path) -> Iterator[Database]:
    """The database, open for as long as the block runs. Raises: StoreError."""
    database = Database(file)
    database.open()
    try:
        yield database
    finally:
        database.close()
