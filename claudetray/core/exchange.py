"""What the proxy tells of each exchange, and to whom: the proxy relays bytes and knows nothing of accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Headers = Sequence[tuple[bytes, bytes]]  # as they stood on the wire, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBegun:
    """A request whose head has arrived. `target` is path and query as sent; `headers` are the client's own."""

    at: datetime
    method: str
    target: str
    headers: Headers


class Ear(Protocol):
    """Hears one exchange out. No method waits, and none ever raises: a recording that fails must not fail the call.

    In order: `asked` for each piece of the request's body, `answering` at the head of the answer, `answered` for
    each piece of its body, then exactly one of `ended`, `left`, `broke`. A piece is heard *before* it is passed on,
    and the end before the answer's last byte is.
    """

    def asked(self, piece: bytes) -> None: ...

    def answering(self, status: int, headers: Headers) -> None: ...

    def answered(self, piece: bytes) -> None: ...

    def ended(self) -> None:
        """The answer is whole."""

    def left(self) -> None:
        """The client went away."""

    def broke(self, kind: str, message: str) -> None:
        """The upstream could not be reached, or broke off. `kind` is `unreachable`, `timeout`, `broken_off` or
        `claudetray_ended`.
        """


class Recorder(Protocol):
    """Who hears exchanges."""

    def begun(self, call: CallBegun) -> Ear:
        """From here on the call is on record, whatever happens to this process. Never raises."""


class Stops(Protocol):
    """Which calls are refused before anybody is asked, and why."""

    @property
    def active(self) -> bool:
        """Is there a reason to look at calls at all? Mostly there is none, and it costs nothing."""

    def wants_body(self, call: CallBegun) -> bool:
        """Does the head not tell enough?"""

    def refusal(self, call: CallBegun, body: bytes) -> "Refusal | None":
        """`body` is as sent, and empty where it was not wanted. Never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer of our own, in the shape of the API's errors. Source: messages-api, "Errors"."""

    status: int
    kind: str
    message: str
    headers: Mapping[str, str]
