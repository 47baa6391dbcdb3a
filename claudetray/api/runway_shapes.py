"""What the local API takes and gives of the runway: balances by hand, budgets, rules, forecasts."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct, field

from claudetray.api.shapes import EDGE, END, INNER, At, Limit, Money, Name
from claudetray.core.alert_rules import DECLARED
from claudetray.core.budget import LEVELS, MOST_LEVEL, MOST_LEVELS, Period, Scope

Kind = Enum("Kind", {declared.kind.name: declared.kind.value for declared in DECLARED})  # type: ignore[misc]
Amount = Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?" + END)]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}" + END)]
ShortName = Annotated[str, Meta(min_length=1, max_length=60, pattern=rf"^{EDGE}({INNER}*{EDGE})?{END}")]


class BalanceEntry(Struct, kw_only=True, forbid_unknown_fields=True):
    """So much was left. What is missing since the balance before was spent."""

    amount: Annotated[str, Meta(pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,6})?" + END)]
    currency: Currency = "USD"
    at: Annotated[At, Meta(description="By default now.")] | None = None
    total: Annotated[Amount, Meta(description="What it is the rest of.")] | None = None
    expires_at: At | None = None


class TopUpEntry(Struct, kw_only=True, forbid_unknown_fields=True):
    amount: Amount
    currency: Currency = "USD"
    expires_at: At | None = None


class LedgerFilters(Struct, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 50


class BudgetEntry(Struct, kw_only=True, forbid_unknown_fields=True):
    """Units: dollars; percents."""

    name: ShortName
    amount: Amount
    period: Period = Period.MONTH
    scope: Scope = Scope.ALL
    scope_name: Name | None = None
    levels: Annotated[list[Annotated[int, Meta(ge=1, le=MOST_LEVEL)]], Meta(max_length=MOST_LEVELS)] = field(
        default_factory=lambda: list(LEVELS)
    )
    hard_stop: Annotated[bool, Meta(description="The proxy refuses further calls when it is used up.")] = False
    begins: Annotated[date, Meta(description="Of a fixed period.")] | None = None
    ends: date | None = None


class BudgetLift(Struct, kw_only=True, forbid_unknown_fields=True):
    again: Annotated[bool, Meta(description="Let it stop calls again.")] = False


class RuleChange(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays as it is."""

    kind: Kind
    enabled: bool | None = None
    marks: Annotated[list[Amount], Meta(max_length=10)] | None = None
    channels: Annotated[list[ShortName], Meta(max_length=30)] | None = None
    all_channels: bool = False
    quiet: bool | None = None
    cooldown_minutes: Annotated[int, Meta(ge=0, le=30 * 24 * 60)] | None = None
    snoozed_until: At | None = None


class AlertsSeen(Struct, kw_only=True, forbid_unknown_fields=True):
    ids: Annotated[list[Annotated[int, Meta(ge=1, le=2**53)]], Meta(max_length=1000)] | None = None


class ForecastShape(Struct, kw_only=True):
    """As `claudetray forecast --json`. Null is not known; a `high` of null beside a date is beyond a year."""

    at: datetime
    balance: Money | None
    burn_rate_per_day: str | None
    runs_out_at: datetime | None
    low: datetime | None
    high: datetime | None
    days: str | None
    basis: str | None
    reason: str | None


class EntryShape(Struct, kw_only=True):
    """What moved a balance. Units: amounts in its currency."""

    id: int
    at: datetime
    since: datetime | None
    kind: str
    source: str
    balance: Money
    spent: str
    measured: str
    unmeasured: str
    added: str
    expired: str
    corrected: str


class Ledger(Struct, kw_only=True):
    items: list[EntryShape]
    next_cursor: None


class BudgetShape(Struct, kw_only=True):
    id: int
    name: str
    amount: str
    currency: str
    period: Period
    scope: Scope
    scope_name: str | None
    levels: list[int]
    hard_stop: bool
    begins: date | None
    ends: date | None
    lifted_until: datetime | None


class BudgetStateShape(BudgetShape, kw_only=True):
    """In the period that holds now. `projected`: what is likely to be spent by its end."""

    since: datetime
    until: datetime
    spent: str
    left: str
    percent: int
    level: int | None
    projected: str | None
    used_up: bool


class Budgets(Struct, kw_only=True):
    items: list[BudgetStateShape]
    resting: list[BudgetShape]
    next_cursor: None


class AlertRuleShape(Struct, kw_only=True):
    kind: str
    label: str
    enabled: bool
    channels: list[str] | None
    quiet: bool
    cooldown_minutes: int
    snoozed_until: datetime | None
    marks: list[str]
    marks_are: str | None


class AlertRules(Struct, kw_only=True):
    items: list[AlertRuleShape]
    next_cursor: None


class Acknowledged(Struct, kw_only=True):
    acknowledged: int


class RecommendationShape(Struct, kw_only=True):
    advice: str
    title: str
    body: str
    sum: str


class Recommendations(Struct, kw_only=True):
    items: list[RecommendationShape]
    next_cursor: None
