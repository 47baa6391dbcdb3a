"""A status in a few lines: for the tooltip and the menu of the tray."""

from datetime import datetime, tzinfo

from claudetray.core import runway_words, words
from claudetray.core.session import SessionState
from claudetray.core.status import Condition, Status

MOST_TOOLTIP = 127  # UTF-16 units that Windows shows


def balance_line(status: Status) -> str:
    """`$18.20 · warning`."""
    if status.condition is Condition.NEVER:
        return "Balance not known yet" if status.account else "Not signed in yet"
    trust = (", stale" if status.stale else "") + (", paused" if status.plan.paused else "")
    if status.session.state is SessionState.SIGNED_OUT and not status.by_hand:
        trust += ", signed out"
    return f"{words.money(status.left)} · {status.health}{trust}"


def last_line(status: Status, now: datetime) -> str:
    """`Last fetch 09:49 (3 min ago)`, or what went wrong with it."""
    if not status.looks:
        return "Never fetched"
    if status.by_hand and status.reading is not None:
        return f"Told by hand {words.clock(status.reading.taken_at, now)} ({words.ago(now - status.reading.taken_at)})"
    at = status.looks[0].started_at
    when = f"{words.clock(at, now)} ({words.ago(now - at)})"
    return f"Last fetch {when}" if status.failure is None else f"{status.failure.title} {when}"


def next_line(status: Status, now: datetime) -> str:
    """`Next fetch in 29 min, at 10:18: below $20: every 30 min`."""
    if status.looking:
        return "Fetching…"
    plan = status.plan
    if plan.paused:
        return "Paused: no fetch is planned"
    if plan.next_look_at is None:
        return f"No fetch is planned: {plan.reason}"
    left = plan.next_look_at - now
    return f"Next fetch in {words.duration(left)}, at {words.clock(plan.next_look_at, now)} ({plan.reason})"


def runway_line(status: Status, tz: tzinfo) -> str:
    """`Empty about Thursday (Wed to Sat) at $2.10 a day`, or why nobody can say; empty where nothing is known."""
    if status.outlook.live is None:
        return ""
    line = runway_words.line(status.outlook.forecast, tz)
    return line[:1].upper() + line[1:]


def tooltip(status: Status, demo: bool, tz: tzinfo) -> str:
    """Times and no countdowns: it is set only when something changes. At most 127 UTF-16 units."""
    name = "claudetray demo" if demo else "claudetray"
    lines = [f"{name}: {balance_line(status)}"]
    if runway := runway_line(status, tz):
        lines.append(runway)
    if status.failure is not None:
        lines.append(status.failure.title)
    if status.reading is not None:
        lines.append(f"Known since {words.clock(status.reading.taken_at, status.now)}")
    if status.plan.next_look_at is not None:
        lines.append(f"Next fetch {words.clock(status.plan.next_look_at, status.now)}")
    text = "\n".join(lines)
    while len(text.encode("utf-16-le")) // 2 > MOST_TOOLTIP:
        text = text[:-2] + "…"
    return text
