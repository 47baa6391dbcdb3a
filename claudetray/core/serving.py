"""What is known of the proxy and the local API of a home: do they run, where, and what went through them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from claudetray.core.analytics import NO_SUMS, Sums
from claudetray.core.usage import UsageRecord

RATES = "published-rates"  # the helper process that prints the published prices
READY = "ready"  # the word in the line that `claudetray serve` prints


class ProxyState(StrEnum):
    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"  # it ended, and is started again soon


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A `claudetray serve` that runs. `url` is its base: `http://127.0.0.1:8377`."""

    url: str
    pid: int
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyStatus:
    """The proxy as the tray knows it. `adopted`: somebody else started it, and it is left alone at quit.

    `trouble` is a sentence while it waits. `today` are the sums since local midnight.
    """

    state: ProxyState
    serving: Serving | None = None
    adopted: bool = False
    trouble: str = ""
    again_at: datetime | None = None
    today: Sums = NO_SUMS
    last: UsageRecord | None = None
