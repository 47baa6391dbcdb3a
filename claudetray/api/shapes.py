"""What the local API takes and gives, as pydantic models: they check what comes in, and describe both in OpenAPI."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from claudetray.core.tag import MOST_PATTERN, MOST_TAG_NAME
from claudetray.core.tag import Field as RuleField
from claudetray.core.usage import MOST_NAME, CallState, Origin

MOST_TOKENS = 10**12
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("not a time zone such as Europe/Berlin") from error
    return name


def _in_range(at: datetime) -> datetime:
    if not 1970 <= at.year <= 2999:
        raise ValueError("a time from 1970 on")
    return at


Name = Annotated[str, StringConstraints(min_length=1, max_length=MOST_NAME, pattern=r"^[^\x00-\x1f\x7f]+$")]
TagName = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=MOST_TAG_NAME, pattern=r"^[^\s,\x00-\x1f\x7f]([^,\x00-\x1f\x7f]*[^\s,\x00-\x1f\x7f])?$"
    ),
]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_known_zone)]
At = Annotated[AwareDatetime, AfterValidator(_in_range)]
Count = Annotated[int, Field(ge=0, le=MOST_TOKENS, strict=True)]
Rate = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=15, decimal_places=6)]


class Taken(BaseModel):
    """What comes in: nothing beyond what is named."""

    model_config = ConfigDict(extra="forbid")


class Filters(BaseModel):
    """Query parameters are text; what they mean is checked here. Other parameters are ignored."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class UsageFilters(Filters):
    q: str = Field("", max_length=500, description="Words that all must occur; a trailing * matches beginnings.")
    from_: At | None = Field(None, alias="from")
    to: At | None = None
    model: Name | None = None
    client: Name | None = None
    tag: TagName | None = None
    origin: Origin | None = None
    state: CallState | None = None
    status: int | None = Field(None, ge=100, le=599)
    session: Name | None = None
    project: Name | None = None
    request_id: Name | None = None
    unpriced: Literal["true", "false"] | None = None


class UsageList(UsageFilters):
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, min_length=1, max_length=200)


class UsageDeletion(UsageFilters):
    all: Literal["true", "false"] = Field("false", description="Needed where no filter is given.")


class ExportFilters(UsageFilters):
    format: Literal["csv", "json", "jsonl"] = "jsonl"


class AnalyticsFilters(Filters):
    from_: At | None = Field(None, alias="from", description="Rounded down to the hour; default: 30 days before `to`.")
    to: At | None = Field(None, description="Rounded up to the hour; default: now.")
    tz: Zone | None = Field(None, description="An IANA time zone; default: that of the server.")
    model: Name | None = None
    client: Name | None = None
    tag: TagName | None = None
    origin: Origin | None = Field(None, description="Default: every origin but `simulated`.")

    @model_validator(mode="after")
    def _ordered(self) -> "AnalyticsFilters":
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError("`from` lies after `to`")
        return self


class AlertFilters(Filters):
    limit: int = Field(50, ge=1, le=500)


class UsageEntry(Taken):
    """A call entered by hand."""

    model: Name
    input_tokens: Count = 0
    output_tokens: Count = 0
    cache_read_tokens: Count = 0
    cache_write_5m_tokens: Count = 0
    cache_write_1h_tokens: Count = 0
    started_at: At | None = Field(None, description="Default: now.")
    tags: list[TagName] = Field(default_factory=list, max_length=20)
    client: Name | None = None
    session: Name | None = None
    project: Name | None = None
    simulated: bool = Field(False, strict=True, description="Left out of every real total.")


class RuleEntry(Taken):
    field: RuleField
    pattern: str = Field(min_length=1, max_length=MOST_PATTERN)


class TagEntry(Taken):
    name: TagName
    color: str = Field("#5b8a6f", pattern=r"^#[0-9a-fA-F]{6}$")
    rules: list[RuleEntry] = Field(default_factory=list, max_length=20)


class TagTrial(Taken):
    rules: list[RuleEntry] = Field(min_length=1, max_length=20)


class BalanceEntry(Taken):
    amount: str = Field(pattern=r"^-?\d{1,9}(\.\d{1,6})?$")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")


class Money(BaseModel):
    amount: str
    currency: str


class ErrorDetail(BaseModel):
    kind: str
    title: str
    message: str


class Refused(BaseModel):
    """Every refusal: a stable word, and a sentence."""

    ok: Literal[False]
    error: ErrorDetail


class CallErrorShape(BaseModel):
    kind: str
    message: str


class Record(BaseModel):
    """One API call. `usage` is the answer's own; null is *not known*, and a cost of null is *unpriced*."""

    id: int
    key: str
    origin: Origin
    state: CallState
    started_at: datetime
    duration_ms: int | None
    ttft_ms: int | None
    method: str
    path: str
    status: int | None
    streaming: bool
    model: str | None
    requested_model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_5m_tokens: int | None
    cache_write_1h_tokens: int | None
    usage: dict[str, Any] | None
    priced: bool
    cost: Money | None
    cost_pico_usd: int | None
    estimated: bool
    flags: list[str]
    stop_reason: str | None
    request_id: str | None
    message_id: str | None
    client: str | None
    key_fingerprint: str | None
    session: str | None
    project: str | None
    tools: list[str]
    headers: dict[str, str]
    tags: list[str]
    error: CallErrorShape | None
    prices: str


class Records(BaseModel):
    items: list[Record]
    next_cursor: str | None


class SumsShape(BaseModel):
    calls: int
    failed: int
    interrupted: int
    unpriced: int
    estimated: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    total_tokens: int
    cost: Money
    cost_pico_usd: int
    avg_duration_ms: int | None


class Range(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    from_: datetime = Field(alias="from")
    to: datetime
    tz: str


class Summary(Range, SumsShape):
    """The sums of a range."""


class DayShape(SumsShape):
    date: date


class ModelShare(SumsShape):
    model: str | None
    share: float = Field(description="Of the range's cost, 0 to 1.")


class TagShare(SumsShape):
    tag: str | None
    share: float


class ClientShare(SumsShape):
    client: str | None
    share: float


class HeatShape(SumsShape):
    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    hour: int = Field(ge=0, le=23)


class Days(Range):
    items: list[DayShape]
    next_cursor: None


class ByModel(Range):
    items: list[ModelShare]
    next_cursor: None


class ByTag(Range):
    items: list[TagShare]
    next_cursor: None


class ByClient(Range):
    items: list[ClientShare]
    next_cursor: None


class Heat(Range):
    items: list[HeatShape]
    next_cursor: None


class RuleShape(BaseModel):
    field: str
    pattern: str


class TagShape(BaseModel):
    id: int
    name: str
    color: str
    rules: list[RuleShape]


class Tags(BaseModel):
    items: list[TagShape]
    next_cursor: None


class Trial(BaseModel):
    """Of the latest calls: how many were looked at, and which would have the tag."""

    looked_at: int
    items: list[Record]
    next_cursor: None


class Deleted(BaseModel):
    deleted: int


class RefusedRow(BaseModel):
    row: int
    message: str


class Imported(BaseModel):
    """`known` were there before: importing twice changes nothing."""

    added: int
    known: int
    refused: list[RefusedRow]


class Health(BaseModel):
    ok: Literal[True]
    version: str
    pid: int
    upstream: str
    under_way: int
    waiting: int
    monitored: bool


class StatusShape(BaseModel):
    """As `claudetray status --json`; see docs/cli.md."""

    model_config = ConfigDict(extra="allow")
    health: StrEnum | str
    health_reason: str
    balance: Money | None


class AlertShape(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: int
    kind: str
    title: str
    body: str


class Alerts(BaseModel):
    items: list[AlertShape]
    next_cursor: None


class Fetched(BaseModel):
    model_config = ConfigDict(extra="allow")
    ok: bool


class Released(BaseModel):
    ok: Literal[True]
    released: bool
