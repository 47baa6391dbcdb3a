"""The steps from an empty file to today's tables: append only, plain SQL, one transaction each."""

import shutil
from collections.abc import Callable
from pathlib import Path

import peewee as pw

from claudetray.core.errors import StoreTooNew

Step = Callable[[pw.SqliteDatabase], None]


def _s001_foundation(db: pw.SqliteDatabase) -> None:
    for statement in (
        """CREATE TABLE account (
            id INTEGER PRIMARY KEY, provider TEXT NOT NULL, host TEXT NOT NULL, organization TEXT NOT NULL,
            name TEXT NOT NULL, UNIQUE (provider, host, organization))""",
        """CREATE TABLE reading (
            id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
            taken_at INTEGER NOT NULL, source TEXT NOT NULL, next_expires_at INTEGER, auto_reload TEXT,
            last_purchase_micros INTEGER, last_purchase_currency TEXT, raw TEXT NOT NULL)""",
        "CREATE INDEX reading_latest ON reading (account_id, id)",
        """CREATE TABLE balance (
            id INTEGER PRIMARY KEY, reading_id INTEGER NOT NULL REFERENCES reading ON DELETE CASCADE,
            key TEXT NOT NULL, label TEXT NOT NULL, left_micros INTEGER, currency TEXT)""",
        "CREATE INDEX balance_reading ON balance (reading_id)",
        """CREATE TABLE spend (
            id INTEGER PRIMARY KEY, reading_id INTEGER NOT NULL REFERENCES reading ON DELETE CASCADE,
            key TEXT NOT NULL, label TEXT NOT NULL, spent_micros INTEGER NOT NULL, currency TEXT NOT NULL,
            resets_at INTEGER)""",
        "CREATE INDEX spend_reading ON spend (reading_id)",
        """CREATE TABLE tranche (
            id INTEGER PRIMARY KEY, reading_id INTEGER NOT NULL REFERENCES reading ON DELETE CASCADE,
            lot TEXT NOT NULL, name TEXT NOT NULL, remaining_micros INTEGER, granted_micros INTEGER,
            currency TEXT NOT NULL, expires_at INTEGER)""",
        "CREATE INDEX tranche_reading ON tranche (reading_id)",
        """CREATE TABLE look (
            id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES account ON DELETE CASCADE,
            started_at INTEGER NOT NULL, took_ms INTEGER NOT NULL, "trigger" TEXT NOT NULL,
            reading_id INTEGER REFERENCES reading ON DELETE SET NULL,
            failure_kind TEXT, failure_title TEXT, failure_message TEXT, failure_sample TEXT)""",
        "CREATE INDEX look_latest ON look (account_id, id)",
        "CREATE INDEX look_reading ON look (reading_id)",
        "CREATE TABLE threshold (at_micros INTEGER PRIMARY KEY, look_every_minutes INTEGER NOT NULL)",
        "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE secret (name TEXT PRIMARY KEY, nonce BLOB NOT NULL, box BLOB NOT NULL)",
        """CREATE TABLE watch (
            account_id INTEGER PRIMARY KEY REFERENCES account ON DELETE CASCADE, said_micros INTEGER,
            last_micros INTEGER, last_currency TEXT, last_purchase_micros INTEGER, last_purchase_currency TEXT,
            unknown_since INTEGER, failures INTEGER NOT NULL DEFAULT 0, told TEXT NOT NULL DEFAULT '')""",
        """CREATE TABLE plan (
            id INTEGER PRIMARY KEY CHECK (id = 1), next_look_at INTEGER, reason TEXT NOT NULL,
            paused INTEGER NOT NULL)""",
        """CREATE TABLE alert (
            id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES account ON DELETE CASCADE, kind TEXT NOT NULL,
            health TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, facts TEXT NOT NULL,
            raised_at INTEGER NOT NULL, acknowledged_at INTEGER)""",
        """CREATE TABLE delivery (
            id INTEGER PRIMARY KEY, alert_id INTEGER NOT NULL REFERENCES alert ON DELETE CASCADE,
            channel TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
            due_at INTEGER NOT NULL, done_at INTEGER, trouble TEXT, UNIQUE (alert_id, channel))""",
        "CREATE INDEX delivery_due ON delivery (state, due_at)",
    ):
        db.execute_sql(statement)


def _s002_session(db: pw.SqliteDatabase) -> None:
    for statement in (
        """CREATE TABLE session (
            id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL, way TEXT, since INTEGER, renewed_at INTEGER,
            ends_at INTEGER, page_until INTEGER, renewal_tried_at INTEGER)""",
        # Whoever pasted a snippet before there were sessions has one.
        """INSERT INTO session (id, state, way)
            SELECT 1, 'signed_in', 'snippet' FROM secret WHERE name = 'console.request'""",
        "CREATE TABLE page_visit (id INTEGER PRIMARY KEY, began_at INTEGER NOT NULL)",
    ):
        db.execute_sql(statement)


STEPS: tuple[Step, ...] = (_s001_foundation, _s002_session)


def migrate(db: pw.SqliteDatabase, file: Path, steps: tuple[Step, ...] = STEPS) -> None:
    """Bring `db` to the newest shape, one transaction a step; a copy of an older file is made first.

    Raises: StoreTooNew when a newer claudetray wrote it.
    """
    version = int(db.pragma("user_version"))
    if 0 < version < len(steps):
        _copy(db, file, version)
    while version < len(steps):
        with db.atomic("IMMEDIATE"):  # the number is read inside: another process may be at it too
            version = int(db.pragma("user_version"))
            if version < len(steps):
                steps[version](db)
                version += 1
                db.pragma("user_version", version)
    refuse_newer(version, len(steps))


def refuse_newer(version: int, known: int = len(STEPS)) -> None:
    """Raises: StoreTooNew when the file is at a step that is not known here."""
    if version > known:
        raise StoreTooNew(f"The data file is at step {version}; this claudetray knows {known}.")


def _copy(db: pw.SqliteDatabase, file: Path, version: int) -> None:
    db.pragma("wal_checkpoint(TRUNCATE)")
    copy = file.with_name(f"{file.stem}-before-step-{version + 1}.db")
    shutil.copyfile(file, copy)
    copy.chmod(0o600)
