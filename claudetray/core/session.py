"""The session: being signed in to the Console. What is known of it without opening the vault, and its rules.

signed out ─ sign-in or snippet ─► signed in ◄─► expired      the Console refuses it, and a quiet renewal did not help
     ▲                                 ▲               ▲
     │                                 ▼               │
     └─ from each: sign out        challenged ─────────┘      plain requests are stopped: look through the web page
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from claudetray.core import words

PAGE_FOR = timedelta(hours=6)  # how long to look through the page before a plain request is tried again
LONGEST_LEAD = timedelta(days=1)  # how long before its end a session is renewed, at most
DAY = timedelta(days=1)


class SessionState(StrEnum):
    SIGNED_OUT = "signed_out"
    SIGNED_IN = "signed_in"
    EXPIRED = "expired"
    CHALLENGED = "challenged"


class Way(StrEnum):
    """How the session came here."""

    SIGN_IN = "sign_in"
    SNIPPET = "snippet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`since`: signed in, or pasted. `ends_at`: when its cookie expires, where that was said.

    `page_until`: challenged, and until then looked at through the web page. `renewal_tried_at`: the last quiet
    renewal since the session was last seen to work, or since it was renewed.
    """

    state: SessionState
    way: Way | None = None
    since: datetime | None = None
    renewed_at: datetime | None = None
    ends_at: datetime | None = None
    page_until: datetime | None = None
    renewal_tried_at: datetime | None = None

    def through_page(self, now: datetime) -> bool:
        """Is the web page the way to look now? (A clock that was set back does not make it so for days.)"""
        return self.page_until is not None and now < self.page_until <= now + 2 * PAGE_FOR


SIGNED_OUT = Session(state=SessionState.SIGNED_OUT)


def begun(way: Way, now: datetime, ends_at: datetime | None) -> Session:
    """A session that was just signed in to, or pasted."""
    return Session(state=SessionState.SIGNED_IN, way=way, since=now, ends_at=ends_at)


def renewed(session: Session, now: datetime, ends_at: datetime | None) -> Session:
    """Its cookie was renewed; `ends_at` where the new one said when it ends.

    One that had expired has not been seen to work yet: until then it is not renewed again.
    """
    tried = session.renewal_tried_at if session.state is SessionState.EXPIRED else None
    return replace(session, renewed_at=now, ends_at=ends_at, renewal_tried_at=tried)


def answered(session: Session) -> Session:
    """A plain request was answered: whatever was wrong is over."""
    if session.state is SessionState.SIGNED_OUT:
        return session
    return replace(session, state=SessionState.SIGNED_IN, page_until=None, renewal_tried_at=_tried(session))


def challenged(session: Session, now: datetime) -> Session:
    """A plain request was stopped by Cloudflare: for a while the web page is the way, unless it is known to be over."""
    if session.state is SessionState.EXPIRED:
        return session
    return replace(session, state=SessionState.CHALLENGED, page_until=now + PAGE_FOR)


def answered_by_page(session: Session) -> Session:
    """The page brought the answer: the session works, plain requests still do not."""
    return replace(session, state=SessionState.CHALLENGED, renewal_tried_at=_tried(session))


def _tried(session: Session) -> datetime | None:
    """One that had expired and works again may be renewed once more; else the note of the last try stands."""
    return None if session.state is SessionState.EXPIRED else session.renewal_tried_at


def expired(session: Session, tried_at: datetime | None) -> Session:
    """The Console refuses it; `tried_at`: when the quiet renewal that came of it was tried, None if it was not."""
    return replace(session, state=SessionState.EXPIRED, page_until=None, renewal_tried_at=tried_at)


def renewal_tried(session: Session, now: datetime) -> Session:
    return replace(session, renewal_tried_at=now)


def may_renew(session: Session) -> bool:
    """One quiet renewal for each time that it expires, and no second one."""
    return session.state is not SessionState.EXPIRED or session.renewal_tried_at is None


def renew_at(session: Session) -> datetime | None:
    """When to renew it quietly before its cookie expires: a day before, or in the last quarter of its life.

    After a try that brought no newer cookie, again in a quarter of what was left, but not within the hour.
    """
    began = session.renewed_at or session.since
    if (
        session.ends_at is None
        or began is None
        or session.state not in (SessionState.SIGNED_IN, SessionState.CHALLENGED)
    ):
        return None
    lead = min(LONGEST_LEAD, (session.ends_at - began) / 4)
    at = session.ends_at - lead
    tried = session.renewal_tried_at
    if tried is not None:
        at = max(at, tried + max((session.ends_at - tried) / 4, timedelta(hours=1)))
    return at if at < session.ends_at else None


def page_spacing(session: Session, per_day: int, now: datetime) -> timedelta:
    """The least time between two looks through the page, so that a day's allowance lasts a day; else zero."""
    if not session.through_page(now) or per_day <= 0:
        return timedelta(0)
    return DAY / per_day


def described(session: Session, now: datetime) -> str:
    """`signed in 2 days ago, renewed 3 h ago, until 19 Dec 2026`."""
    if session.state is SessionState.SIGNED_OUT:
        return "signed out"
    if session.state is SessionState.EXPIRED:
        return "expired: sign in again"
    how = "signed in" if session.way is Way.SIGN_IN else "snippet pasted"
    parts = [how if session.since is None else f"{how} {words.ago(now - session.since)}"]
    if session.renewed_at is not None:
        parts.append(f"renewed {words.ago(now - session.renewed_at)}")
    if session.ends_at is not None:
        parts.append(f"until {words.day(session.ends_at)}")
    if session.state is SessionState.CHALLENGED:
        parts.append("stopped by Cloudflare")
        if session.through_page(now):
            parts.append(f"looking through the web page until {words.clock(session.page_until, now)}")
    return ", ".join(parts)
