"""A cookie of the Console's, with what a browser needs to take it back. It holds a secret: its repr never shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from claudetray.core.times import from_millis, to_millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """`domain=""`: for its host alone; `expires_at=None`: it ends with the browser, or nobody said."""

    name: str
    value: str = field(repr=False)
    domain: str = ""
    path: str = "/"
    expires_at: datetime | None = None
    http_only: bool = True

    def to_dict(self) -> dict[str, Any]:
        """As the vault and the login helper take it."""
        return {
            "name": self.name,
            "value": self.value,
            "domain": self.domain,
            "path": self.path,
            "expires_at": None if self.expires_at is None else to_millis(self.expires_at),
            "http_only": self.http_only,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Cookie":
        """Shape: as `to_dict` writes it. Raises: KeyError, TypeError on anything else."""
        at = kept["expires_at"]
        return cls(
            name=str(kept["name"]),
            value=str(kept["value"]),
            domain=str(kept["domain"]),
            path=str(kept["path"]),
            expires_at=None if at is None else from_millis(int(at)),
            http_only=bool(kept["http_only"]),
        )


def belongs(domain: str, host: str) -> bool:
    """Would a browser send a cookie of that domain to that host (RFC 6265, 5.1.3)? An empty one is the host's own."""
    named = domain.lower().removeprefix(".")
    return named in ("", host) or host.endswith(f".{named}")
