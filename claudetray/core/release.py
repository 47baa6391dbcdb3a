"""Releases of claudetray: which is newer, and what is known of them."""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from claudetray.core.times import from_millis, to_millis

AT_MOST = timedelta(days=1)
DOWNLOADS = "https://github.com/claudetray/claudetray/releases/latest"
# Whoever installed these updates them, and would be contradicted by us; a checkout is its developer's own affair.
UPDATED_ELSEWHERE = frozenset({"deb", "rpm", "source"})
_VERSION = re.compile(r"v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseNews:
    """What was last heard. `etag` asks whether anything changed since; `said` is the version people were told of."""

    checked_at: datetime | None = None
    etag: str = ""
    version: str = ""
    said: str = ""

    def due(self, now: datetime) -> bool:
        """Is it time to ask again? A clock that was set back does not keep us from it."""
        return self.checked_at is None or not self.checked_at <= now < self.checked_at + AT_MOST

    def newer_than(self, version: str) -> str | None:
        """The release that is newer than that version, if there is one."""
        return self.version if newer(self.version, version) else None

    def to_text(self) -> str:
        at = to_millis(self.checked_at) if self.checked_at else None
        return json.dumps({"at": at, "etag": self.etag, "version": self.version, "said": self.said})

    @classmethod
    def from_text(cls, text: str) -> "ReleaseNews":
        """As `to_text` wrote it; nothing is known where it is anything else."""
        try:
            told = json.loads(text)
            at = told["at"]
            known = cls(etag=str(told["etag"]), version=str(told["version"]), said=str(told["said"]))
            return known if at is None else replace(known, checked_at=from_millis(int(at)))
        except (ValueError, KeyError, TypeError, OverflowError):
            return cls()


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer of the releases page: its latest version, or None where nothing changed since `etag`."""

    version: str | None
    etag: str


class Releases(Protocol):
    """Where releases are announced."""

    async def latest(self, etag: str) -> Heard:
        """Raises: Unreachable."""


def newer(found: str, than: str) -> bool:
    """Is `found` (`v1.2.3`) a newer release? What is no plain version never is."""
    one, other = _VERSION.fullmatch(found), _VERSION.fullmatch(than)
    return one is not None and other is not None and numbers(one) > numbers(other)


def numbers(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, found.groups()))
