"""Plain SQL on the store's connection, where rows by the hundred or whole sets are read and written at once.

For use inside the store's thread. Never opens a transaction: `Database.run` does.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import peewee as pw

from claudetray.store.schema import UsageRow

Row = tuple[Any, ...]
# The driver's errors become peewee's, which the database's border knows.
_as_peewee = pw.__exception_wrapper__  # type: ignore[attr-defined]  # missing in its stubs


def rows(sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """Everything that a statement answers. Raises: peewee.DatabaseError."""
    with _as_peewee:
        found: list[Row] = _database().connection().execute(sql, values).fetchall()
        return found


def row(sql: str, values: Sequence[Any] = ()) -> Row | None:
    """The first row of the answer, if any."""
    found = rows(sql, values)
    return found[0] if found else None


def number(sql: str, values: Sequence[Any] = ()) -> int:
    """The one number that a statement answers; 0 where it answers null or nothing."""
    found = row(sql, values)
    return int(found[0] or 0) if found else 0


def change(sql: str, values: Sequence[Any] = ()) -> int:
    """Run a statement; how many rows it touched."""
    with _as_peewee:
        return int(_database().connection().execute(sql, values).rowcount)


def change_each(sql: str, each: Iterable[Sequence[Any]]) -> None:
    """Run a statement for each of many values; they are asked for one by one, so other threads get their turn."""
    with _as_peewee:
        _database().connection().executemany(sql, each)


def listed(values: Iterable[int | str]) -> str:
    """Values as one parameter: `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(values))


def _database() -> pw.SqliteDatabase:
    bound: pw.SqliteDatabase = UsageRow._meta.database
    return bound
