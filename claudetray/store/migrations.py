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


def _s003_usage(db: pw.SqliteDatabase) -> None:
    for statement in (
        """CREATE TABLE usage (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, origin TEXT NOT NULL, state TEXT NOT NULL,
            started_at INTEGER NOT NULL, duration_ms INTEGER, ttft_ms INTEGER, method TEXT NOT NULL,
            path TEXT NOT NULL, status INTEGER, streaming INTEGER NOT NULL, model TEXT, requested_model TEXT,
            input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_5m_tokens INTEGER,
            cache_write_1h_tokens INTEGER, usage TEXT, cost_pico INTEGER, estimated INTEGER NOT NULL,
            flags TEXT NOT NULL, stop_reason TEXT, request_id TEXT, message_id TEXT, client TEXT,
            key_fingerprint TEXT, session TEXT, project TEXT, tools TEXT NOT NULL, headers TEXT NOT NULL,
            error_kind TEXT, error_message TEXT, prices TEXT NOT NULL, counted INTEGER NOT NULL)""",
        "CREATE INDEX usage_started ON usage (started_at)",
        "CREATE INDEX usage_model ON usage (model, started_at)",
        # The model too, so that calls of other models are passed over without being read.
        "CREATE INDEX usage_client ON usage (client, started_at, id, model)",
        "CREATE INDEX usage_status ON usage (status, started_at)",
        "CREATE INDEX usage_state ON usage (state, started_at)",
        "CREATE INDEX usage_origin ON usage (origin, started_at)",
        "CREATE INDEX usage_session ON usage (session, started_at) WHERE session IS NOT NULL",
        "CREATE INDEX usage_project ON usage (project, started_at) WHERE project IS NOT NULL",
        "CREATE INDEX usage_request ON usage (request_id, started_at) WHERE request_id IS NOT NULL",
        "CREATE INDEX usage_unpriced ON usage (started_at, id, model) WHERE cost_pico IS NULL",
        """CREATE TABLE body (
            usage_id INTEGER PRIMARY KEY REFERENCES usage ON DELETE CASCADE, request BLOB NOT NULL,
            answer BLOB NOT NULL, request_cut INTEGER NOT NULL, answer_cut INTEGER NOT NULL)""",
        """CREATE TABLE usage_count (
            id INTEGER PRIMARY KEY CHECK (id = 1), kept INTEGER NOT NULL, last INTEGER NOT NULL)""",
        "INSERT INTO usage_count VALUES (1, 0, 0)",
        "CREATE TABLE purged (hash INTEGER PRIMARY KEY)",
        # AUTOINCREMENT: the search index names tags by number, so a number never comes back.
        """CREATE TABLE tag (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE UNIQUE, color TEXT NOT NULL,
            rules TEXT NOT NULL)""",
        """CREATE TABLE usage_tag (
            usage_id INTEGER NOT NULL REFERENCES usage ON DELETE CASCADE,
            tag_id INTEGER NOT NULL REFERENCES tag ON DELETE CASCADE,
            started_at INTEGER NOT NULL, by_hand INTEGER NOT NULL, PRIMARY KEY (usage_id, tag_id)) WITHOUT ROWID""",
        "CREATE INDEX usage_tag_newest ON usage_tag (tag_id, started_at, usage_id)",
        """CREATE TABLE rollup (
            grain INTEGER NOT NULL, tag_id INTEGER NOT NULL, model TEXT NOT NULL, client TEXT NOT NULL,
            bucket INTEGER NOT NULL, origin TEXT NOT NULL, calls INTEGER NOT NULL, failed INTEGER NOT NULL,
            interrupted INTEGER NOT NULL, unpriced INTEGER NOT NULL, estimated INTEGER NOT NULL,
            input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,
            cache_write_5m_tokens INTEGER NOT NULL, cache_write_1h_tokens INTEGER NOT NULL,
            cost_pico INTEGER NOT NULL, duration_ms INTEGER NOT NULL, timed INTEGER NOT NULL,
            PRIMARY KEY (grain, tag_id, model, client, bucket, origin)) WITHOUT ROWID""",
        """CREATE TABLE price (
            id INTEGER PRIMARY KEY, model TEXT NOT NULL, since TEXT, input TEXT NOT NULL, output TEXT NOT NULL,
            cache_read TEXT NOT NULL, cache_write_5m TEXT NOT NULL, cache_write_1h TEXT NOT NULL)""",
        # What a person may search for, and marks that narrow a search down: state, origin, status, day, month, tags.
        """CREATE VIEW usage_words AS SELECT id,
            path || ' ' || coalesce(model, '') || ' ' || coalesce(nullif(requested_model, model), '') || ' '
                || coalesce(client, '') || ' ' || coalesce(stop_reason, '') || ' ' || coalesce(error_kind, '') || ' '
                || coalesce(error_message, '') || ' ' || tools || ' ' || flags || ' ' || coalesce(session, '') || ' '
                || coalesce(project, '') || ' ' || coalesce(request_id, '') || ' ' || coalesce(message_id, '')
                AS words,
            state || ' ' || origin || coalesce(' s' || status, '') || iif(cost_pico IS NULL, ' unpriced', ' priced')
                || strftime(' d%Y%m%d m%Y%m', started_at / 1000, 'unixepoch')
                || coalesce((SELECT group_concat(' t' || tag_id, '') FROM usage_tag WHERE usage_id = usage.id), '')
                AS marks
            FROM usage""",
        """CREATE VIRTUAL TABLE usage_search USING fts5 (
            words, marks, content='usage_words', content_rowid='id', columnsize=0, tokenize='unicode61',
            prefix='1 2 3 4')""",
        "CREATE VIRTUAL TABLE usage_search_terms USING fts5vocab (usage_search, instance)",
    ):
        db.execute_sql(statement)
    for name, color, rules in _STARTER_TAGS:
        db.execute_sql("INSERT INTO tag (name, color, rules) VALUES (?, ?, ?)", (name, color, rules))


_STARTER_TAGS = (
    (
        "coding",
        "#c15f3c",
        r"""[["client","claude-cli|cursor|zed|copilot|aider|cline|continue|opencode"],"""
        r"""["metadata","tool:(bash|edit|multiedit|write|str_replace|text_editor)"]]""",
    ),
    (
        "debugging",
        "#d4a574",
        r"""[["prompt","\\b(traceback|stack ?trace|segfault|debug|bug|exception)\\b"]]""",
    ),
    (
        "refactor",
        "#3b82f6",
        r"""[["prompt","\\b(refactor|clean ?up|rename|extract (a )?(function|method))"]]""",
    ),
    (
        "research",
        "#5b8a6f",
        r"""[["metadata","tool:web_(search|fetch)"],"""
        r"""["prompt","\\b(research|compare|sources?|literature|summari[sz]e)\\b"]]""",
    ),
    (
        "writing",
        "#7a736a",
        r"""[["prompt","\\b(essay|blog post|e-?mail|proofread|rewrite|translate)\\b"]]""",
    ),
    ("batch", "#8b5cf6", r"""[["path","^/v1/messages/batches"]]"""),
)


def _s004_runway(db: pw.SqliteDatabase) -> None:
    for statement in (
        """CREATE TABLE ledger (
            id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
            reading_id INTEGER NOT NULL REFERENCES reading ON DELETE CASCADE, since INTEGER, at INTEGER NOT NULL,
            kind TEXT NOT NULL, source TEXT NOT NULL, balance_micros INTEGER NOT NULL, currency TEXT NOT NULL,
            spent_micros INTEGER NOT NULL, measured_pico INTEGER NOT NULL, added_micros INTEGER NOT NULL,
            expired_micros INTEGER NOT NULL, corrected_micros INTEGER NOT NULL)""",
        "CREATE INDEX ledger_latest ON ledger (account_id, id)",
        "CREATE INDEX ledger_at ON ledger (account_id, at)",
        "CREATE INDEX ledger_reading ON ledger (reading_id)",
        # The readings that are there: a rise of $5 or more was a top-up, a smaller one a correction.
        """INSERT INTO ledger (account_id, reading_id, since, at, kind, source, balance_micros, currency,
                spent_micros, measured_pico, added_micros, expired_micros, corrected_micros)
            SELECT account_id, reading_id, since, at, 'observed', source, now, currency,
                max(0, coalesce(before - now, 0)), 0, iif(now - before >= 5000000, now - before, 0), 0,
                iif(now - before BETWEEN 1 AND 4999999, now - before, 0)
            FROM (SELECT account_id, reading.id AS reading_id, taken_at AS at, source, left_micros AS now, currency,
                    iif(LAG(currency) OVER w = currency, LAG(left_micros) OVER w, NULL) AS before,
                    iif(LAG(currency) OVER w = currency, LAG(taken_at) OVER w, NULL) AS since
                FROM reading JOIN balance ON reading_id = reading.id
                WHERE key = 'total' AND left_micros IS NOT NULL
                WINDOW w AS (PARTITION BY account_id ORDER BY reading.id))
            ORDER BY reading_id""",
        # What the calls between them cost, as far as they are still there.
        """UPDATE ledger SET measured_pico = coalesce((SELECT sum(cost_pico) FROM usage
                WHERE started_at BETWEEN since - 3600000 AND ledger.at AND origin IN ('proxy', 'manual', 'import')
                    AND started_at + coalesce(duration_ms, 0) > since
                    AND started_at + coalesce(duration_ms, 0) <= ledger.at), 0)
            WHERE since IS NOT NULL AND currency = 'USD'""",
        # Where the balance rose, they were spent all the same.
        """UPDATE ledger SET spent_micros = measured_pico / 1000000,
                added_micros = iif(added_micros > 0, added_micros + measured_pico / 1000000, 0),
                corrected_micros = iif(corrected_micros > 0, corrected_micros + measured_pico / 1000000, 0)
            WHERE measured_pico > 0 AND (added_micros > 0 OR corrected_micros > 0)""",
        "ALTER TABLE delivery ADD COLUMN first_due_at INTEGER",
        "UPDATE delivery SET first_due_at = due_at",
        """CREATE TABLE budget (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE UNIQUE,
            amount_micros INTEGER NOT NULL, period TEXT NOT NULL, scope TEXT NOT NULL, scope_name TEXT NOT NULL,
            levels TEXT NOT NULL, hard_stop INTEGER NOT NULL, begins TEXT, ends TEXT, lifted_until INTEGER)""",
        "CREATE TABLE said (key TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
        """CREATE TABLE alert_rule (
            kind TEXT PRIMARY KEY, enabled INTEGER NOT NULL, channels TEXT, quiet INTEGER NOT NULL,
            cooldown_minutes INTEGER NOT NULL, snoozed_until INTEGER, marks TEXT NOT NULL) WITHOUT ROWID""",
        "CREATE TABLE channel (name TEXT PRIMARY KEY, form TEXT NOT NULL, enabled INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX alert_kind ON alert (kind, raised_at)",
    ):
        db.execute_sql(statement)


STEPS: tuple[Step, ...] = (_s001_foundation, _s002_session, _s003_usage, _s004_runway)


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
