"""What is kept of one API call: the usage record, and the numbers in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

OUT_OF_CREDIT = "credit balance is too low"
COUNT_TOKENS = "/v1/messages/count_tokens"  # free: it uses nothing
MOST_NAME = 200  # characters of a model, a client or another name that comes from outside


class Origin(StrEnum):
    """Where a record came from. Simulated ones never count in totals."""

    PROXY = "proxy"
    MANUAL = "manual"
    IMPORT = "import"
    SIMULATED = "simulated"


REAL = (Origin.PROXY, Origin.MANUAL, Origin.IMPORT)


class CallState(StrEnum):
    """How a call ended: answered wholly; broken off by the client or a killed process; refused, or broken upstream."""

    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Token counts of a call; None where the answer did not say."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write_5m: int | None = None
    cache_write_1h: int | None = None

    @property
    def total(self) -> int:
        return sum(
            count or 0 for count in (self.input, self.output, self.cache_read, self.cache_write_5m, self.cache_write_1h)
        )


NO_TOKENS = Tokens()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallError:
    """Why a call failed: the API's own words, or ours where it never answered."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """One API call: proxied, entered by hand, imported or simulated.

    `key` is the same for the same call, however often it is brought in. `usage` is the answer's own usage JSON, as
    text, so that the call can be priced again. Units: `cost_pico` is in 10^-12 dollars; None is *unpriced*.
    `headers` are the answer's rate-limit and `anthropic-…` headers, verbatim.
    """

    key: str
    origin: Origin
    state: CallState
    started_at: datetime
    id: int | None = None  # None before it is kept
    duration: timedelta | None = None
    first_token_after: timedelta | None = None
    method: str = "POST"
    path: str = "/v1/messages"
    status: int | None = None
    streaming: bool = False
    model: str | None = None
    requested_model: str | None = None
    tokens: Tokens = NO_TOKENS
    usage: str | None = None
    cost_pico: int | None = None
    estimated: bool = False
    flags: tuple[str, ...] = ()
    stop_reason: str | None = None
    request_id: str | None = None
    message_id: str | None = None
    client: str | None = None
    key_fingerprint: str | None = None
    session: str | None = None
    project: str | None = None
    tools: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    # Those of its tags that rules gave; known only while it is being kept.
    ruled: tuple[str, ...] = field(default=(), compare=False)
    error: CallError | None = None
    prices: str = ""  # the version of the price table it was priced with

    @property
    def priced(self) -> bool:
        return self.cost_pico is not None

    @property
    def out_of_credit(self) -> bool:
        """Did the API refuse it for want of credit? Source: messages-api, 8."""
        return self.status == 400 and self.error is not None and OUT_OF_CREDIT in self.error.message.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageQuery:
    """Which records are wanted, newest first. None and empty mean: any. `search` is words, all of which must occur."""

    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    model: str | None = None
    client: str | None = None
    tag: str | None = None
    origin: Origin | None = None
    state: CallState | None = None
    status: int | None = None
    session: str | None = None
    project: str | None = None
    request_id: str | None = None
    unpriced: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePage:
    """Some records, and where the next ones begin (opaque; None at the end)."""

    items: tuple[UsageRecord, ...]
    next_cursor: str | None
