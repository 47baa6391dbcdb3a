"""The one request that a snippet stands for. It holds secrets: its repr never shows them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

CREDITS_PATH = "/prepaid/credits"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleRequest:
    """A GET to the Console: where, and with which headers and cookies.

    Shape: `origin` is `https://host[:port]`; `organization` is None where only cookies were pasted;
    `headers` and `cookies` are (name, value) pairs in the order in which they were pasted.
    """

    origin: str
    organization: str | None
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    cookies: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies)

    @property
    def session_key(self) -> str | None:
        """The value of the session cookie, which tells one session from another."""
        return next((value for name, value in self.cookies if name == "sessionKey"), None)

    @property
    def organization_hint(self) -> str | None:
        """What the cookie `lastActiveOrg` says: a hint, never a choice."""
        return next((value for name, value in self.cookies if name == "lastActiveOrg"), None)

    def path(self, call: str = CREDITS_PATH) -> str:
        return f"/api/organizations/{self.organization}{call}"

    def for_organization(self, uuid: str) -> "ConsoleRequest":
        return replace(self, organization=uuid)

    def with_cookies(self, renewed: Mapping[str, str]) -> "ConsoleRequest":
        """The same request with those cookies renewed; names not seen before are added."""
        known = {name for name, _ in self.cookies}
        kept = [(name, renewed.get(name, value)) for name, value in self.cookies]
        kept += [(name, value) for name, value in renewed.items() if name not in known]
        return replace(self, cookies=tuple(kept))

    def to_json(self) -> str:
        """As the vault keeps it."""
        return json.dumps(
            {
                "origin": self.origin,
                "organization": self.organization,
                "headers": self.headers,
                "cookies": self.cookies,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "ConsoleRequest":
        """Shape: as `to_json` writes it. Raises: ValueError, KeyError on anything else."""
        kept = json.loads(text)
        return cls(
            origin=kept["origin"],
            organization=kept["organization"],
            headers=pairs(kept["headers"]),
            cookies=pairs(kept["cookies"]),
        )


def pairs(items: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    """(name, value) pairs from any list of two-item lists."""
    return tuple((name, value) for name, value in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Pasted text, understood: the request, what it was copied as, and what to know about it."""

    request: ConsoleRequest
    copied_as: str
    notes: tuple[str, ...] = ()
