"""What the local API takes and gives, as msgspec structs: they check what comes in, and describe both in OpenAPI.

msgspec and not pydantic: it is here anyway, for reading answers, and takes 11 MiB less (measured).
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from claudetray.core.tag import MOST_PATTERN, MOST_TAG_NAME
from claudetray.core.tag import Field as RuleField
from claudetray.core.usage import MOST_NAME, CallState, Origin

MOST_TOKENS = 10**9
MOST_ENTRY_TAGS = 20
MOST_RULES = 20

END = r"$(?!\n)"  # for Python `$` is also the place before a last line break, for JSON Schema it is not
_CONTROL = r"\x00-\x1f\x7f-\x9f"
# What \s stands for is different wherever the document is read.
EDGE = rf"[^, \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000{_CONTROL}]"
INNER = rf"[^,{_CONTROL}]"

Name = Annotated[str, Meta(min_length=1, max_length=MOST_NAME, pattern=rf"^[^{_CONTROL}]+{END}")]
TagName = Annotated[str, Meta(min_length=1, max_length=MOST_TAG_NAME, pattern=rf"^{EDGE}({INNER}*{EDGE})?{END}")]
At = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=MOST_TOKENS)]
Limit = Annotated[int, Meta(ge=1, le=500)]
Zone = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}" + END)]
YesOrNo = Literal["true", "false"]


class UsageFilters(Struct, kw_only=True, forbid_unknown_fields=True):
    q: Annotated[
        str, Meta(max_length=500, description="Words that all must occur; a trailing * matches beginnings.")
    ] = ""
    from_: At | None = field(name="from", default=None)
    to: At | None = None
    model: Name | None = None
    client: Name | None = None
    tag: TagName | None = None
    origin: Origin | None = None
    state: CallState | None = None
    status: Annotated[int, Meta(ge=100, le=599)] | None = None
    session: Name | None = None
    project: Name | None = None
    request_id: Name | None = None
    unpriced: YesOrNo | None = None


class UsageList(UsageFilters, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 50
    cursor: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class UsageDeletion(UsageFilters, kw_only=True, forbid_unknown_fields=True):
    all: Annotated[YesOrNo, Meta(description="Needed where no filter is given.")] = "false"


class ExportFilters(UsageFilters, kw_only=True, forbid_unknown_fields=True):
    format: Literal["csv", "json", "jsonl"] = "jsonl"


class AnalyticsFilters(Struct, kw_only=True, forbid_unknown_fields=True):
    from_: Annotated[At, Meta(description="Rounded down to the hour; by default 30 days before `to`.")] | None = field(
        name="from", default=None
    )
    to: Annotated[At, Meta(description="Rounded up to the hour; by default now.")] | None = None
    tz: Annotated[Zone, Meta(description="An IANA time zone; by default the server's.")] | None = None
    model: Name | None = None
    client: Name | None = None
    tag: TagName | None = None
    origin: Annotated[Origin, Meta(description="By default every one but `simulated`.")] | None = None


class AlertFilters(Struct, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 50


class UsageEntry(Struct, kw_only=True, forbid_unknown_fields=True):
    """A call entered by hand."""

    model: Name
    input_tokens: Count = 0
    output_tokens: Count = 0
    cache_read_tokens: Count = 0
    cache_write_5m_tokens: Count = 0
    cache_write_1h_tokens: Count = 0
    started_at: Annotated[At, Meta(description="By default now.")] | None = None
    tags: Annotated[list[TagName], Meta(max_length=MOST_ENTRY_TAGS)] = []
    client: Name | None = None
    session: Name | None = None
    project: Name | None = None
    simulated: Annotated[bool, Meta(description="Left out of every real total.")] = False


class TagsByHand(Struct, kw_only=True, forbid_unknown_fields=True):
    add: Annotated[list[TagName], Meta(max_length=MOST_ENTRY_TAGS)] = []
    remove: Annotated[list[TagName], Meta(max_length=MOST_ENTRY_TAGS)] = []


class RuleEntry(Struct, kw_only=True, forbid_unknown_fields=True):
    field: RuleField
    pattern: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MOST_PATTERN,
            description="A regular expression, in RE2's syntax.",
            extra_json_schema={"format": "regex"},
        ),
    ]


class TagEntry(Struct, kw_only=True, forbid_unknown_fields=True):
    name: TagName
    color: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}" + END)] = "#5b8a6f"
    rules: Annotated[list[RuleEntry], Meta(max_length=MOST_RULES)] = []


class TagTrial(Struct, kw_only=True, forbid_unknown_fields=True):
    rules: Annotated[list[RuleEntry], Meta(min_length=1, max_length=MOST_RULES)]


class Money(Struct, kw_only=True):
    amount: str
    currency: str


class ErrorDetail(Struct, kw_only=True):
    kind: str
    title: str
    message: str


class Refused(Struct, kw_only=True):
    """Every refusal: a stable word, and a sentence."""

    ok: bool
    error: ErrorDetail


class CallErrorShape(Struct, kw_only=True):
    kind: str
    message: str


class Record(Struct, kw_only=True):
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


class BodiesShape(Struct, kw_only=True):
    """As text; what is not UTF-8 is shown as it can be. `…_cut`: there was more than a mebibyte."""

    request: str
    answer: str
    request_cut: bool
    answer_cut: bool


class Records(Struct, kw_only=True):
    items: list[Record]
    next_cursor: str | None


class Sums(Struct, kw_only=True):
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


class Summary(Sums, kw_only=True):
    """The sums of a range: of the hours from `from` to `to`."""

    from_: datetime = field(name="from")
    to: datetime
    tz: str


class DaySums(Sums, kw_only=True):
    date: date


class ModelSums(Sums, kw_only=True):
    model: str | None
    share: Annotated[float, Meta(description="Of the range's cost, 0 to 1.")]


class TagSums(Sums, kw_only=True):
    tag: str | None
    share: float


class ClientSums(Sums, kw_only=True):
    client: str | None
    share: float


class HeatSums(Sums, kw_only=True):
    weekday: Annotated[int, Meta(ge=0, le=6, description="0 is Monday.")]
    hour: Annotated[int, Meta(ge=0, le=23)]


class Range(Struct, kw_only=True):
    from_: datetime = field(name="from")
    to: datetime
    tz: str
    next_cursor: None


class Days(Range, kw_only=True):
    items: list[DaySums]


class ByModel(Range, kw_only=True):
    items: list[ModelSums]


class ByTag(Range, kw_only=True):
    items: list[TagSums]


class ByClient(Range, kw_only=True):
    items: list[ClientSums]


class Heat(Range, kw_only=True):
    items: list[HeatSums]


class RuleShape(Struct, kw_only=True):
    field: str
    pattern: str


class TagShape(Struct, kw_only=True):
    id: int
    name: str
    color: str
    rules: list[RuleShape]


class Tags(Struct, kw_only=True):
    items: list[TagShape]
    next_cursor: None


class Trial(Struct, kw_only=True):
    """Of the latest calls: how many were looked at, and which would have the tag."""

    looked_at: int
    items: list[Record]
    next_cursor: None


class Deleted(Struct, kw_only=True):
    deleted: int


class RefusedRow(Struct, kw_only=True):
    row: int
    message: str


class Imported(Struct, kw_only=True):
    """`known` were there before: importing twice changes nothing."""

    added: int
    known: int
    refused: Annotated[list[RefusedRow], Meta(description="The first hundred.")]
    refused_count: int


class Health(Struct, kw_only=True):
    ok: bool
    version: str
    pid: int
    upstream: str
    under_way: int
    waiting: int
    monitored: bool


class Status(Struct, kw_only=True):
    """As `claudetray status --json`, with all of its keys; see docs/cli.md."""

    health: str
    health_reason: str
    balance: Money | None
    monitored: bool


class AlertShape(Struct, kw_only=True):
    """As `claudetray alerts list --json`, with all of its keys."""

    id: int
    kind: str
    title: str
    body: str


class Alerts(Struct, kw_only=True):
    items: list[AlertShape]
    next_cursor: None


class Fetched(Struct, kw_only=True):
    """As `claudetray fetch --json`, with all of its keys."""

    ok: bool
    balance: Money | None


class Released(Struct, kw_only=True):
    ok: bool
    released: bool
