import sqlite3
from pathlib import Path

import peewee as pw
import pytest

from claudetray.store.migrations import STEPS, migrate
from claudetray.store.schema import ROWS


def opened(file: Path) -> pw.SqliteDatabase:
    db = pw.SqliteDatabase(str(file))
    db.connect()
    return db


@pytest.mark.parametrize("start", range(len(STEPS) + 1))
def test_every_start_reaches_the_end(file: Path, start: int) -> None:
    db = opened(file)
    migrate(db, file, STEPS[:start])
    migrate(db, file)
    assert db.pragma("user_version") == len(STEPS)
    db.close()


def test_the_end_equals_the_schema(file: Path) -> None:
    db = opened(file)
    migrate(db, file)
    for row in ROWS:
        columns = {column.name for column in db.get_columns(row._meta.table_name)}
        assert columns == set(row._meta.columns), row._meta.table_name
    own = {name for name in db.get_tables() if not name.startswith(("usage_search", "sqlite_"))}  # SQLite's own
    assert own == {row._meta.table_name for row in ROWS}
    db.close()


def test_a_file_from_before_there_were_calls_keeps_what_it_has(file: Path) -> None:
    db = opened(file)
    migrate(db, file, STEPS[:2])
    db.execute_sql("INSERT INTO secret VALUES ('console.request', x'01', x'02')")
    db.execute_sql("INSERT INTO setting VALUES ('a', 'b')")
    db.execute_sql("INSERT INTO account VALUES (1, 'anthropic', 'h', 'o', 'n')")
    db.execute_sql("INSERT INTO reading (account_id, taken_at, source, raw) VALUES (1, 5, 'console', '{}')")
    before = {name: db.execute_sql(f"SELECT * FROM {name}").fetchall() for name in db.get_tables()}
    migrate(db, file)
    assert {name: db.execute_sql(f"SELECT * FROM {name}").fetchall() for name in before} == before
    assert sum(map(len, before.values())) == 4
    assert db.execute_sql("SELECT kept FROM usage_count").fetchall() == [(0,)]
    db.close()
    copy = sqlite3.connect(file.with_name("claudetray-before-step-3.db"))
    assert copy.execute("SELECT value FROM setting").fetchall() == [("b",)]
    copy.close()


def test_readings_from_before_there_was_a_ledger_are_entered_into_it(file: Path) -> None:
    db = opened(file)
    migrate(db, file, STEPS[:3])
    db.execute_sql("INSERT INTO account VALUES (1, 'anthropic', 'h', 'o', 'n'), (2, 'anthropic', 'h', 'p', 'n')")
    rows = (
        (1, 20, "USD"),
        (1, 18, "USD"),
        (2, 99, "USD"),
        (1, None, None),
        (1, 68, "USD"),
        (1, 69, "USD"),
        (1, 5, "EUR"),
    )
    for number, (account, left, currency) in enumerate(rows, start=1):
        db.execute_sql(
            "INSERT INTO reading (id, account_id, taken_at, source, raw) VALUES (?, ?, ?, 'console', '{}')",
            (number, account, number * 1000),
        )
        micros = None if left is None else left * 10**6
        db.execute_sql(
            "INSERT INTO balance (reading_id, key, label, left_micros, currency) VALUES (?, 'total', '', ?, ?)",
            (number, micros, currency),
        )
    calls = ((1500, "proxy", 400), (1600, "simulated", 400), (1900, "proxy", 200), (4000, "manual", 1000))
    for at, origin, took in calls:  # the third ends after the second reading
        db.execute_sql(
            "INSERT INTO usage (key, origin, state, started_at, duration_ms, method, path, streaming, cost_pico,"
            " estimated, flags, tools, headers, prices, counted)"
            " VALUES (?, ?, 'complete', ?, ?, 'POST', '/', 0, ?, 0, '', '', '', '', 1)",
            (f"{at}", origin, at, took, 10**12),
        )
    migrate(db, file)
    found = db.execute_sql(
        "SELECT reading_id, since, spent_micros, measured_pico / 1000000, added_micros, corrected_micros"
        " FROM ledger ORDER BY id"
    ).fetchall()
    million = 10**6
    assert found == [
        (1, None, 0, 0, 0, 0),
        (2, 1000, 2 * million, million, 0, 0),
        (3, None, 0, 0, 0, 0),
        (5, 2000, 2 * million, 2 * million, 52 * million, 0),
        (6, 5000, 0, 0, 0, million),
        (7, None, 0, 0, 0, 0),
    ]
    db.close()


def test_a_failing_step_rolls_back_table_and_number_and_a_copy_was_made(file: Path) -> None:
    def fails(db: pw.SqliteDatabase) -> None:
        db.execute_sql("CREATE TABLE half (a)")
        raise ZeroDivisionError

    db = opened(file)
    migrate(db, file)
    with pytest.raises(ZeroDivisionError):
        migrate(db, file, (*STEPS, fails))
    assert "half" not in db.get_tables()
    assert db.pragma("user_version") == len(STEPS)
    db.close()
    copy = file.with_name(f"claudetray-before-step-{len(STEPS) + 1}.db")
    assert sqlite3.connect(copy).execute("PRAGMA user_version").fetchone() == (len(STEPS),)
