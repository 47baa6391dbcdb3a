"""A browser in a process of its own: what the application asks of the login helper, and what it hears.

The helper knows pages, cookies and windows; what an answer of the Console means, it does not know.

Lines: each way one JSON object a line. The first line to the helper is the `Opening`; then come commands,
`{"do": "fetch" | "note" | "choose" | "say" | "raise" | "ping" | "finish", …}`, and events come back,
`{"event": Event, …}`.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from claudetray.core.cookie import Cookie


class Mode(StrEnum):
    """What a helper is started for."""

    SIGN_IN = "sign-in"
    RENEW = "renew"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Limits:
    """A helper that takes longer, or more memory (bytes, all of its processes together), is ended."""

    deadline: timedelta
    memory: int


MIB = 1024 * 1024
LIMITS = {
    Mode.SIGN_IN: Limits(timedelta(minutes=30), 3072 * MIB),  # a person takes their time
    Mode.RENEW: Limits(timedelta(seconds=60), 1536 * MIB),
    Mode.LOOK: Limits(timedelta(seconds=60), 1536 * MIB),
}


class Event(StrEnum):
    """What a helper tells. Fields beside the name are in parentheses."""

    SETTLED = "settled"  # a page of the Console has loaded and come to rest (path, user_agent)
    COOKIE = "cookie"  # the page was given a cookie (cookie, as Cookie.to_dict)
    EMPTIED = "emptied"  # the person signs in as somebody else: every cookie before this is void
    ANSWERS = "answers"  # to `fetch` (id, answers, user_agent)
    AGREED = "agreed"  # the person read what is kept and where
    CHOSEN = "chosen"  # the organization (uuid)
    SNIPPET_ASKED = "snippet_asked"  # the person would rather paste a snippet
    ALIVE = "alive"  # to `ping`
    CLOSED = "closed"  # the person closed the window
    FAILED = "failed"  # it cannot go on (why: a sentence; unreachable: was it the network?)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a helper is told first. `origin` is `https://host`, `address` the page to open there.

    `introduce`: say what is kept and where before anything is opened.
    """

    mode: Mode
    origin: str
    address: str
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    introduce: bool = False

    def to_json(self) -> str:
        return json.dumps(
            {
                "mode": self.mode,
                "origin": self.origin,
                "address": self.address,
                "cookies": [cookie.to_dict() for cookie in self.cookies],
                "introduce": self.introduce,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Opening":
        """Shape: as `to_json` writes it. Raises: ValueError, KeyError, TypeError on anything else."""
        told = json.loads(text)
        return cls(
            mode=Mode(told["mode"]),
            origin=told["origin"],
            address=told["address"],
            cookies=tuple(Cookie.from_dict(cookie) for cookie in told["cookies"]),
            introduce=bool(told["introduce"]),
        )


AWAY, LEFT = "not on a page of the Console", "the page was left meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """What a GET inside the page brought. `status=0`: nothing, and `trouble` says why (AWAY, LEFT, or an error's name).

    Shape: header names are in lower case; a redirect that was followed shows as 302 with its `location`.
    """

    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = field(default="", repr=False)
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One organization as the chooser shows it. `balance` is text."""

    uuid: str
    name: str
    balance: str


class Visit(Protocol):
    """One run of the helper. Cookies are heard as they come: a helper that dies later takes none with it."""

    @property
    def user_agent(self) -> str: ...

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        """The newest of each name that the page was given."""

    async def event(self) -> Mapping[str, Any]:
        """The next event but answers; of a cookie only that it came. Raises: PageFailed, Unreachable."""

    async def fetched(self, paths: Sequence[str]) -> tuple[PageAnswer, ...]:
        """GETs from inside the page, with its cookies. Raises: PageFailed."""

    async def choose(self, choices: Sequence[Choice], picked: str) -> None:
        """Let the person choose an organization; `picked` is offered first."""

    async def say(self, text: str) -> None:
        """Tell the person why it cannot go on like this."""

    async def note(self, text: str) -> None:
        """Tell the person, beside the page, what is going on; an empty text when nothing is."""

    async def show(self) -> None:
        """Bring the window to the front."""


Heard = Callable[[Cookie], Awaitable[None]]


class Browser(Protocol):
    """Starts helpers."""

    def visit(self, opening: Opening, heard: Heard | None = None) -> AbstractAsyncContextManager[Visit]:
        """A run of the helper, which has ended when the block is left. Raises: PageFailed.

        Every cookie that the page is given is `heard` at once.
        """
