"""An alert, the channels it goes to, and how often it is tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from claudetray.core.health import SEVERITY, Health


class AlertKind(StrEnum):
    THRESHOLD = "threshold"
    SESSION_EXPIRED = "session_expired"
    ANSWER_CHANGED = "answer_changed"
    BALANCE_UNKNOWN = "balance_unknown"
    RECOVERED = "recovered"
    RUNWAY = "runway"
    OUT_OF_CREDIT = "out_of_credit"
    BUDGET = "budget"
    OVERRUN = "overrun"
    SPIKE = "spike"
    EXPIRY = "expiry"
    UNMEASURED = "unmeasured"
    AUTO_RELOAD = "auto_reload"
    DAILY_SUMMARY = "daily_summary"
    WEEKLY_SUMMARY = "weekly_summary"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that worsened, or came back. `facts` are (label, text) pairs; `id` is the store's, 0 before."""

    kind: AlertKind
    health: Health
    title: str
    body: str
    facts: tuple[tuple[str, str], ...]
    raised_at: datetime
    id: int = 0
    acknowledged_at: datetime | None = None


class DeliveryState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The duty to bring one alert to one channel."""

    id: int
    alert: Alert
    channel: str
    state: DeliveryState
    tries: int
    due_at: datetime
    first_due_at: datetime
    done_at: datetime | None = None
    trouble: str | None = None


class Channel(Protocol):
    """Where alerts go. `keep_for`: how long an undelivered alert is still worth delivering."""

    @property
    def name(self) -> str: ...

    @property
    def keep_for(self) -> timedelta: ...

    async def send(self, alert: Alert) -> None:
        """Deliver; return only once it is delivered. Raises: ChannelError."""


MOST_TOGETHER = 20
MOST_FACTS = 10


def together(alerts: Sequence[Alert]) -> Alert:
    """One message for alerts that speak at once, the worst first. Raises: ValueError when there are none."""
    if not alerts:
        raise ValueError("nothing to say")
    if len(alerts) == 1:
        return alerts[0]
    ordered = sorted(alerts, key=lambda alert: (-SEVERITY[alert.health], alert.raised_at))
    worst, *others = ordered
    facts = dict(fact for alert in reversed(ordered) for fact in alert.facts)  # the worst one's go before the others'
    return Alert(
        kind=worst.kind,
        health=worst.health,
        title=f"{worst.title}, and {len(others)} more",
        body="\n".join((worst.body, *(f"{alert.title}. {alert.body}" for alert in others))),
        facts=tuple(facts.items())[:MOST_FACTS],
        raised_at=max(alert.raised_at for alert in alerts),
    )


_PAUSES = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 900, 1800, 3600))


def pause_after(tries: int) -> timedelta:
    """How long to wait after the first, second, … failed try of a delivery; an hour at most."""
    return _PAUSES[min(tries, len(_PAUSES)) - 1]
