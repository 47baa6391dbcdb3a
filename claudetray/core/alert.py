"""An alert, the channels it goes to, and how often it is tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from claudetray.core.health import Health


class AlertKind(StrEnum):
    THRESHOLD = "threshold"
    SESSION_EXPIRED = "session_expired"
    ANSWER_CHANGED = "answer_changed"
    BALANCE_UNKNOWN = "balance_unknown"
    RECOVERED = "recovered"
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


_PAUSES = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 900, 1800, 3600))


def pause_after(tries: int) -> timedelta:
    """How long to wait after the first, second, … failed try of a delivery; an hour at most."""
    return _PAUSES[min(tries, len(_PAUSES)) - 1]
