"""The data file and its two threads, each with a connection: what writes runs in turn on one, what reads on the other.

Nothing blocks an event loop: whoever asks awaits. Who reads never waits for who writes, here or in another process.
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
READ_CACHE_KIB = 256  # the system has the pages too: more makes no answer faster (measured)
INCREMENTAL = 2  # of `auto_vacuum`


class Database:
    """Runs functions on its connections, each in a transaction of its own.

    peewee binds rows to a database for the whole process, so a process opens one at a time; it gives each thread a
    connection of its own. `reads_apart`: do reads have a thread and a connection, so that none waits for a write?
    That takes half a MiB, which a process that reads little may save.
    """

    def __init__(self, file: Path, reads_apart: bool = True) -> None:
        self._file = file
        self._closed = False
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
        self._writer = _Thread("store", self._db)
        self._reader = _Thread("store reader", self._db) if reads_apart else self._writer

    def open(self) -> None:
        """Open the file, made and brought up to date if need be. Raises: StoreError."""
        for thread in {self._writer, self._reader}:
            thread.start()
        try:
            self._submit(self._writer, self._opened).result()
        except BaseException:
            self.close()
            raise

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, once it is on disk: it ran in a transaction. Raises: StoreFailed, or as `work`."""
        return await asyncio.wrap_future(self._submit(self._writer, lambda: self._in_transaction(work)))

    async def read(self, work: Callable[[], T]) -> T:
        """What `work` returns, all of it read at one moment: after every `run` that is over. Raises: StoreFailed."""
        return await asyncio.wrap_future(self._submit(self._reader, lambda: self._in_snapshot(work)))

    async def maintain(self, work: Callable[[], T]) -> T:
        """What `work` returns, run where writing is, but outside a transaction. Raises: StoreFailed."""
        return await asyncio.wrap_future(self._submit(self._writer, lambda: _translated(work)))

    async def changes(self) -> int:
        """A number that differs once another process has written to the file."""
        # Asked where writing is: what a connection itself wrote does not count.
        return await self.maintain(lambda: int(self._db.pragma("data_version")))

    async def checked(self) -> str:
        """What SQLite's quick check says: "ok", or what is wrong."""
        return await self.maintain(lambda: str(self._db.execute_sql("PRAGMA quick_check(1)").fetchone()[0]))

    def close(self) -> None:
        """Finish what was begun, then close."""
        self._closed = True
        self._reader.finish()
        self._writer.finish()  # the last one to close leaves one file

    def _submit(self, thread: "_Thread", work: Callable[[], T]) -> "Future[T]":
        done: Future[T] = Future()
        if self._closed:
            done.set_exception(StoreFailed("The data file is closed."))
        else:
            thread.submit(work, done)
        return done

    def _opened(self) -> None:
        try:
            # Made by us, so that it is never readable by others, not for a moment.
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
            if os.name == "posix":
                self._file.chmod(0o600)
        except OSError as error:
            raise StoreFailed(f"The data file cannot be opened ({error.strerror}).") from error
        _translated(self._begin)
        self._db.bind(ROWS)
        _translated(self._db.connect)
        _translated(lambda: migrations.migrate(self._db, self._file))

    def _begin(self) -> None:
        """Done without our pragmas, for those would already write to a newer file. Raises: StoreTooNew."""
        plain = pw.SqliteDatabase(str(self._file))
        with plain.connection_context():
            migrations.refuse_newer(int(plain.pragma("user_version")))
            if not plain.pragma("page_count"):  # can only be said before there is anything in the file
                plain.pragma("auto_vacuum", INCREMENTAL)

    def _in_transaction(self, work: Callable[[], T]) -> T:
        def inside() -> T:
            with self._db.atomic("IMMEDIATE"):
                return work()

        return _translated(inside)

    def _in_snapshot(self, work: Callable[[], T]) -> T:
        def inside() -> T:
            if self._db.is_closed():  # for the readers' thread: opened when first needed
                self._db.connect()
                self._db.pragma("cache_size", -READ_CACHE_KIB)
                self._db.pragma("query_only", 1)
            with self._db.atomic():
                return work()

        return _translated(inside)


class _Thread:
    """Runs functions in turn; at its end it closes its connection."""

    def __init__(self, name: str, db: pw.SqliteDatabase) -> None:
        self._db = db
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=name)

    def start(self) -> None:
        self._thread.start()

    def submit(self, work: Callable[[], T], done: "Future[T]") -> None:
        self._work.put((work, done))

    def finish(self) -> None:
        """Finish what was begun."""
        if self._thread.is_alive():
            self._work.put(None)
            self._thread.join()

    def _serve(self) -> None:
        while (item := self._work.get()) is not None:
            hand_over(*item)
        self._db.close()


def _translated(work: Callable[[], T]) -> T:
    try:
        return work()
    except pw.DatabaseError as error:
        damaged = any(word in str(error) for word in ("malformed", "not a database"))
        raise (StoreDamaged if damaged else StoreFailed)(f"The data file cannot be used ({error}).") from error


@contextmanager
def opened(file: Path, reads_apart: bool = True) -> Iterator[Database]:
    """The database, open for as long as the block runs. Raises: StoreError."""
    database = Database(file, reads_apart)
    database.open()
    try:
        yield database
    finally:
        database.close()
