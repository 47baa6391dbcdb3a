"""A look: one attempt to take a reading, and the plan for the next one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from claudetray.core.money import Money


class Trigger(StrEnum):
    """What made us look."""

    SCHEDULE = "schedule"
    ASKED = "asked"
    STARTED = "started"
    RESUMED = "resumed"
    ONLINE = "online"
    CHANGED = "changed"
    BY_HAND = "by_hand"
    REFUSED = "refused"  # a call, for want of credit


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failed look in words. `kind` is the stable word, `sample` a redacted outline of a surprising answer."""

    kind: str
    title: str
    message: str
    sample: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look as history keeps it. `failure=None`: it brought a reading, whose total was `left`."""

    started_at: datetime
    took: timedelta
    trigger: Trigger
    left: Money | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the monitor intends: when it looks next, and why."""

    next_look_at: datetime | None
    reason: str
    paused: bool = False
