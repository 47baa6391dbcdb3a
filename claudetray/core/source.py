"""A source: one way to ask an account how much is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from claudetray.core.account import Organization
from claudetray.core.reading import Reading
from claudetray.core.request import ConsoleRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reading, and the cookies that came with it (an empty value: the other side signed us out)."""

    reading: Reading
    renewed: Mapping[str, str] = field(default_factory=dict, repr=False)


class Source(Protocol):
    """One way to ask."""

    @property
    def name(self) -> str: ...

    async def read(self, request: ConsoleRequest, now: datetime) -> Answer:
        """Ask once, with its tries. Raises: SourceError, and nothing else."""

    async def organizations(self, request: ConsoleRequest) -> tuple[Organization, ...]:
        """What the session can see. Raises: SourceError."""
