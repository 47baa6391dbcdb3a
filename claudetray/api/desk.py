"""What the local API is handed by the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from claudetray.core.announcement import Announcement
from claudetray.core.status import Status
from claudetray.core.usage import UsageRecord
from claudetray.services.kept import Kept
from claudetray.services.parts import Parts
from claudetray.services.usage_desk import UsageDesk

Passing = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`settled` waits until every ended call is a row. `parts` builds what looks, when it is first needed.

    `changed` is to be called after tags, prices or settings were. `pass_on` is the proxy with the key of the vault.
    """

    clock: Callable[[], datetime]
    kept: Kept
    usage: UsageDesk
    token: str
    version: str
    pid: int
    upstream: str
    settled: Callable[[], Awaitable[None]]
    under_way: Callable[[], int]
    waiting: Callable[[], int]
    monitored: Callable[[], bool]
    parts: Callable[[], Awaitable[Parts]]
    changed: Callable[[], Awaitable[None]]
    release_monitor: Callable[[], Awaitable[bool]]
    pass_on: Passing
    recorded: Announcement[tuple[UsageRecord, ...]]
    status_changed: Announcement[Status]
