"""The session as a row, and the hidden visits of the web page, counted."""

from collections.abc import Callable
from datetime import datetime, timedelta

from claudetray.core.session import DAY, SIGNED_OUT, Session, SessionState, Way
from claudetray.core.times import to_millis
from claudetray.store.database import Database
from claudetray.store.readings import at, millis
from claudetray.store.schema import PageVisitRow, SessionRow


class SessionKept:
    """What is known of the session. The secret itself is the vault's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> Session:
        return await self._database.read(_session)

    async def keep(self, session: Session) -> None:
        await self._database.run(lambda: _keep(session))

    async def change(self, seen: Session, rule: Callable[[Session], Session]) -> Session:
        """Apply a rule, unless the session that was `seen` is another one by now; what is kept then."""

        def work() -> Session:
            session = _session()
            if session.state is SessionState.SIGNED_OUT and seen.since is None:
                session = seen  # its row was lost between two processes: it is made anew
            if session.since != seen.since or session.state is SessionState.SIGNED_OUT:
                return session
            changed = rule(session)
            if changed != session:
                _keep(changed)
            return changed

        return await self._database.run(work)

    async def visit(self, most: int, now: datetime) -> bool:
        """Count a hidden visit, if fewer than `most` were made within a day. False when it is one too many."""

        def work() -> bool:
            # What lies ahead was counted before the clock was set back: that must not block visits for days.
            outside = (PageVisitRow.began_at <= to_millis(now - DAY)) | (
                PageVisitRow.began_at > to_millis(now + timedelta(minutes=5))
            )
            PageVisitRow.delete().where(outside).execute()
            if PageVisitRow.select().count() >= most:
                return False
            PageVisitRow.insert(began_at=to_millis(now)).execute()
            return True

        return await self._database.run(work)

    async def visits(self, now: datetime) -> int:
        """How many hidden visits were made within a day."""
        since = to_millis(now - DAY)
        return await self._database.read(
            lambda: int(PageVisitRow.select().where(PageVisitRow.began_at > since).count())
        )


def _session() -> Session:
    row = SessionRow.get_or_none(SessionRow.id == 1)
    if row is None or row.state not in set(SessionState):
        return SIGNED_OUT
    return Session(
        state=SessionState(row.state),
        way=Way(row.way) if row.way in set(Way) else None,
        since=at(row.since),
        renewed_at=at(row.renewed_at),
        ends_at=at(row.ends_at),
        page_until=at(row.page_until),
        renewal_tried_at=at(row.renewal_tried_at),
    )


def _keep(session: Session) -> None:
    SessionRow.replace(
        id=1,
        state=session.state,
        way=session.way,
        since=millis(session.since),
        renewed_at=millis(session.renewed_at),
        ends_at=millis(session.ends_at),
        page_until=millis(session.page_until),
        renewal_tried_at=millis(session.renewal_tried_at),
    ).execute()
