"""The one request that a snippet stands for. It holds secrets: its repr never shows them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from claudetray.core.cookie import Cookie

CREDITS_PATH = "/prepaid/credits"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleRequest:
    """A GET to the Console: where, and with which headers and cookies.

    Shape: `origin` is `https://host[:port]`; `organization` is None where only cookies were pasted;
    `headers` are (name, value) pairs, both they and the cookies in the order in which they came.
    """

    origin: str
    organization: str | None
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    cookies: tuple[Cookie, ...] = field(repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)

    @property
    def hostname(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def session_keys(self) -> tuple[str | None, str | None]:
        """What tells one session from another, whichever of its two names the Console uses."""
        return self._value("sessionKey"), self._value("sessionKeyV3")

    @property
    def session_key(self) -> str | None:
        """The value of the session cookie."""
        return self._value("sessionKey")

    @property
    def organization_hint(self) -> str | None:
        """What the cookie `lastActiveOrg` says: a hint, never a choice."""
        return self._value("lastActiveOrg")

    def path(self, call: str = CREDITS_PATH) -> str:
        return f"/api/organizations/{self.organization}{call}"

    def for_organization(self, uuid: str) -> "ConsoleRequest":
        return replace(self, organization=uuid)

    @property
    def user_agent(self) -> str | None:
        """The browser that the cookies came with: Cloudflare's are good with that one alone."""
        return next((value for name, value in self.headers if name.lower() == "user-agent"), None)

    def with_cookies(self, renewed: Iterable[Cookie]) -> "ConsoleRequest":
        """The same request with those cookies renewed; names not seen before are added."""
        newest = {cookie.name: cookie for cookie in renewed}
        known = {cookie.name for cookie in self.cookies}
        kept = [newest.get(cookie.name, cookie) for cookie in self.cookies]
        return replace(self, cookies=(*kept, *(cookie for name, cookie in newest.items() if name not in known)))

    def with_headers(self, headers: Iterable[tuple[str, str]]) -> "ConsoleRequest":
        return replace(self, headers=tuple(headers))

    def to_json(self) -> str:
        """As the vault keeps it."""
        return json.dumps(
            {
                "origin": self.origin,
                "organization": self.organization,
                "headers": self.headers,
                "cookies": [cookie.to_dict() for cookie in self.cookies],
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
            cookies=tuple(map(_cookie, kept["cookies"])),
        )

    def _value(self, name: str) -> str | None:
        return next((cookie.value for cookie in self.cookies if cookie.name == name), None)


def _cookie(kept: Any) -> Cookie:
    """Earlier versions kept (name, value) pairs."""
    return Cookie.from_dict(kept) if isinstance(kept, dict) else Cookie(name=kept[0], value=kept[1])


def pairs(items: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    """(name, value) pairs from any list of two-item lists."""
    return tuple((name, value) for name, value in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Pasted text, understood: the request, what it was copied as, and what to know about it."""

    request: ConsoleRequest
    copied_as: str
    notes: tuple[str, ...] = ()
