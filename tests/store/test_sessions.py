import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

from claudetray.core import session as rules
from claudetray.core.session import SIGNED_OUT, SessionState, Way
from claudetray.store import database
from claudetray.store.database import Database
from claudetray.store.migrations import STEPS
from claudetray.store.sessions import SessionKept
from tests.builders import NOW

FRESH = rules.begun(Way.SIGN_IN, NOW, NOW + timedelta(days=28))


def test_a_session_survives_as_a_row(data: Database) -> None:
    async def work() -> None:
        kept = SessionKept(data)
        assert await kept.now() == SIGNED_OUT
        session = rules.renewal_tried(rules.renewed(rules.challenged(FRESH, NOW), NOW, NOW), NOW)
        await kept.keep(session)
        assert await kept.now() == session

    asyncio.run(work())


def test_a_rule_is_not_applied_to_another_session_than_the_one_seen(data: Database) -> None:
    async def work() -> None:
        kept = SessionKept(data)
        await kept.keep(FRESH)
        newer = rules.begun(Way.SNIPPET, NOW + timedelta(minutes=1), None)
        await kept.keep(newer)
        assert await kept.change(FRESH, lambda s: rules.expired(s, None)) == newer
        assert await kept.now() == newer
        await kept.keep(SIGNED_OUT)
        assert await kept.change(SIGNED_OUT, rules.answered) == SIGNED_OUT

    asyncio.run(work())


def test_hidden_visits_are_counted_over_a_day(data: Database) -> None:
    async def work() -> None:
        kept = SessionKept(data)
        assert [await kept.visit(2, NOW), await kept.visit(2, NOW), await kept.visit(2, NOW)] == [True, True, False]
        assert await kept.visits(NOW) == 2
        assert not await kept.visit(2, NOW + timedelta(hours=23))
        assert await kept.visit(2, NOW + timedelta(days=1, seconds=1))
        assert not await kept.visit(0, NOW + timedelta(days=9))

    asyncio.run(work())


def test_a_clock_that_was_set_back_does_not_block_visits(data: Database) -> None:
    async def work() -> None:
        kept = SessionKept(data)
        assert await kept.visit(1, NOW + timedelta(days=30))
        assert await kept.visit(1, NOW)

    asyncio.run(work())


def test_whoever_had_pasted_a_snippet_has_a_session(file: Path) -> None:
    """A file of the version before sessions."""
    import peewee as pw

    old = pw.SqliteDatabase(str(file))
    old.connect()
    STEPS[0](old)
    old.execute_sql("INSERT INTO secret VALUES ('console.request', x'00', x'00')")
    old.pragma("user_version", 1)
    old.close()

    async def work() -> None:
        with database.opened(file) as data:
            session = await SessionKept(data).now()
            assert (session.state, session.way) == (SessionState.SIGNED_IN, Way.SNIPPET)

    asyncio.run(work())
    copy = sqlite3.connect(file.with_name("claudetray-before-step-2.db"))
    assert copy.execute("PRAGMA user_version").fetchone() == (1,)
    copy.close()
