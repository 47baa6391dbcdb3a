"""A source: one way to ask an account how much is left."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from claudetray.core.account import Organization
from claudetray.core.browser import Mode, Visit
from claudetray.core.cookie import Cookie
from claudetray.core.money import Money
from claudetray.core.reading import Reading
from claudetray.core.request import ConsoleRequest

Keep = Callable[[tuple[Cookie, ...]], Awaitable[None]]


async def keep_none(cookies: tuple[Cookie, ...]) -> None:
    """For a request that is not the kept one."""


class Source(Protocol):
    """One way to ask. Cookies that an answer renews are handed to `keep` the moment they come, whatever else it brings:
    the answer may be broken, and the session would be lost with it.
    """

    @property
    def name(self) -> str: ...

    async def read(self, request: ConsoleRequest, now: datetime, keep: Keep = keep_none) -> Reading:
        """Ask once, with its tries. Raises: SourceError, and nothing else."""

    async def organizations(self, request: ConsoleRequest, keep: Keep = keep_none) -> tuple[Organization, ...]:
        """What the session can see. Raises: SourceError."""


class OpenPage(Source, Protocol):
    """A source inside a web page that is open now."""

    def renewed(self, request: ConsoleRequest) -> ConsoleRequest:
        """That request as this browser would send it: its cookies and its name belong together."""


class SigningIn(Protocol):
    """The sign-in window while it is open."""

    @property
    def visit(self) -> Visit: ...

    def session_cookie(self) -> Cookie | None:
        """The session's cookie, once the page was given it."""

    async def organizations(self) -> tuple[Organization, ...] | None:
        """What the session sees; None while it is none yet. Raises: PageFailed."""

    async def balances(self, organizations: tuple[Organization, ...]) -> tuple[Money | None, ...]:
        """What is left in each; None where that is not to be had. Raises: PageFailed."""

    def request(self, organization: str) -> ConsoleRequest:
        """What a look asks with from now on."""


class WebPage(Protocol):
    """The way to ask through the provider's own web page, in a browser of its own process."""

    def opened(self, request: ConsoleRequest, mode: Mode, keep: Keep) -> AbstractAsyncContextManager[OpenPage]:
        """The page, unseen, with the request's cookies, as long as the block runs. Raises: PageFailed."""

    def sign_in(self, introduce: bool) -> AbstractAsyncContextManager[SigningIn]:
        """The sign-in window, as long as the block runs. Raises: PageFailed."""
