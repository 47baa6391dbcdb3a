"""What one answer of the Messages API costs, exactly, in integers of 10^-12 dollars, and why.

Rates come from `core/rates.py`; here are the rules that no price list has: iterations, refusals, residency, batches.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from claudetray.core.rates import WEB_SEARCH_PICO, Price, PriceTable, Rates, version
from claudetray.core.usage import NO_TOKENS, Tokens

MOST_COUNT = 2**48  # of tokens in one field: more is nonsense
MOST_PICO = 2**63 - 1  # what a SQLite integer holds
RESIDENCY_SINCE = (4, 6)  # models before it have no residency price
_TOKEN_FIELDS = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")
_ATTEMPTS = (None, "message", "fallback_message")
_KNOWN_STEPS = (*_ATTEMPTS, "compaction", "advisor_message")


class Flag(StrEnum):
    """What is special about a price. The words are part of the contract."""

    REFUSED_FREE = "refused_free"  # refused before anything was produced: not charged
    DECLINED_FREE = "declined_attempt_free"  # an attempt that declined before a fallback: not charged
    LONG_PROMPT = "long_prompt"
    BATCH = "batch"
    RESIDENCY = "us_residency"
    FAST = "fast"
    FAST_UNKNOWN = "fast_not_offered"  # the answer says fast, but the model has no fast price: priced as standard
    PRIORITY = "priority_list_price"
    UNPRICED_PART = "has_unpriced_part"  # code execution: cannot be told from one answer
    SUM_DIFFERS = "usage_does_not_add_up"
    ODD_USAGE = "odd_usage"  # a count that is none
    UNKNOWN_STEP = "unknown_iteration"
    BILLED_ELSEWHERE = "billed_to_user_profile"
    INCOMPLETE = "incomplete_stream"
    NO_USAGE = "no_usage"
    UNPRICED_MODEL = "unpriced_model"
    API_EQUIVALENT = "api_equivalent"  # a subscription's call: not billed per token
    DUPLICATE = "duplicate"  # the same call delivered twice
    IMPORTED_COST = "imported_cost"  # no published rate: the cost that an imported row named
    NOT_READ = "answer_not_read"  # an encoding or a size that is not accounted


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What an answer says that matters for its price. `usage` is the merged usage object, None where there is none.

    `requested` is the model that was asked for, where another one served: a step that names no model is its.
    `produced`: did it hold any content? None where that cannot be told; then output tokens decide.
    `whole`: did the answer come to its end? `batch`: is it a result of a batch, whatever its usage says?
    """

    model: str | None
    usage: Mapping[str, Any] | None
    requested: str | None = None
    refused: bool = False
    produced: bool | None = None
    whole: bool = True
    batch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of a bill: so many of these, for so many pico-dollars."""

    what: str
    model: str | None
    count: int
    cost_pico: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A price with its parts. `cost_pico=None` is *unpriced*: a model without a published rate, or no usage at all."""

    model: str | None
    cost_pico: int | None
    parts: tuple[Part, ...] = ()
    estimated: bool = False
    flags: tuple[str, ...] = ()
    tokens: Tokens = NO_TOKENS


def bill(answered: Answered, prices: PriceTable, at: datetime) -> Bill:
    """The price of an answer given at `at`. Source: docs/pricing.md."""
    usage = answered.usage
    if usage is None:
        flags = (Flag.NO_USAGE,) if answered.whole else (Flag.NO_USAGE, Flag.INCOMPLETE)
        return Bill(model=answered.model, cost_pico=None, estimated=not answered.whole, flags=flags)
    flags_seen: dict[str, None] = {}
    # A gateway's alias has no price: then the model that answered stands for the one that was asked for.
    asked_for = answered.requested if answered.requested and prices.price(answered.requested, at) else answered.model
    steps, declined = _charged(usage, asked_for, answered.model, flags_seen)
    tokens = steps[0].tokens if len(steps) == 1 else _sum(steps)
    if declined:
        flags_seen[Flag.DECLINED_FREE] = None
    free = answered.refused and (answered.produced is False or not tokens.output)
    if free:
        flags_seen[Flag.REFUSED_FREE] = None
    terms = _Terms.of(usage, answered.batch)
    parts: list[Part] = []
    unknown = False
    for step in steps:
        price = prices.price(step.model, at) if step.model else None
        if price is None:
            unknown = unknown or step.tokens.total > 0 or len(steps) == 1
            continue
        parts += [] if free else _parts(step, price, terms, flags_seen)
        if step.kind not in _KNOWN_STEPS:
            flags_seen[Flag.UNKNOWN_STEP] = None
    parts += _searches(usage, answered.model, prices, at)
    estimated = not answered.whole
    if estimated:
        flags_seen[Flag.INCOMPLETE] = None
    if usage.get("service_tier") == "priority":
        flags_seen[Flag.PRIORITY] = None
        estimated = True
    if _code_runs(usage):
        flags_seen[Flag.UNPRICED_PART] = None
    if not _adds_up(usage, answered.model):
        flags_seen[Flag.SUM_DIFFERS] = None
    cost = sum(part.cost_pico for part in parts)
    if _billed_elsewhere(usage):
        flags_seen[Flag.BILLED_ELSEWHERE] = None
        cost = 0
    if unknown:
        flags_seen[Flag.UNPRICED_MODEL] = None
    elif cost > MOST_PICO:
        flags_seen[Flag.ODD_USAGE] = None
    # A count that is none is not known, and not known is not 0.
    priced = not unknown and Flag.ODD_USAGE not in flags_seen
    return Bill(
        model=answered.model,
        cost_pico=cost if priced else None,
        parts=tuple(parts) if priced else (),
        estimated=estimated,
        flags=tuple(str(flag) for flag in flags_seen),
        tokens=tokens,
    )


def merged(before: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Usage with a later, cumulative one over it: what is absent or null there stays. Source: messages-api, 2."""
    return {**before, **{key: value for key, value in later.items() if value is not None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One sampling step: an entry of `iterations`, or the whole answer."""

    kind: str | None
    model: str | None
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class _Terms:
    """What makes every token of an answer dearer or cheaper."""

    batch: bool
    us: bool
    fast: bool

    @classmethod
    def of(cls, usage: Mapping[str, Any], batch: bool) -> "_Terms":
        batch = batch or usage.get("service_tier") == "batch"
        # A batch has no fast mode.
        return cls(batch, usage.get("inference_geo") == "us", usage.get("speed") == "fast" and not batch)


def _parts(step: _Step, price: Price, terms: _Terms, flags: dict[str, None]) -> Iterator[Part]:
    rates: Rates = price.rates
    prompt = step.tokens.total - (step.tokens.output or 0)
    if price.long is not None and prompt > price.long.above:  # each step on its own
        rates = price.long.rates
        flags[Flag.LONG_PROMPT] = None
    if terms.fast and price.fast is None:
        flags[Flag.FAST_UNKNOWN] = None
    elif terms.fast and price.fast is not None:
        rates = price.fast
        flags[Flag.FAST] = None
    times, over = 1, 1
    if terms.batch:
        over *= 2
        flags[Flag.BATCH] = None
    known = version(step.model or "")
    if terms.us and (known is None or known >= RESIDENCY_SINCE):
        times, over = times * 11, over * 10
        flags[Flag.RESIDENCY] = None
    for name in _TOKEN_FIELDS:
        count = getattr(step.tokens, name) or 0
        if count:
            # Exact for every published rate; only a price that somebody typed can be finer than a pico-dollar.
            cost = (2 * count * getattr(rates, name) * times + over) // (2 * over)
            yield Part(what=name, model=step.model, count=count, cost_pico=cost)


def _charged(
    usage: Mapping[str, Any], model: str | None, served: str | None, flags: dict[str, None] | None = None
) -> tuple[list[_Step], bool]:
    """The steps that are billed, and whether any was left out because it declined."""
    listed = usage.get("iterations")
    entries = [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, Sequence) else []
    if not entries:
        return [_Step(kind=None, model=served, tokens=_tokens(usage, usage.get("cache_creation"), flags))], False
    steps = []
    for entry in entries:
        split = entry.get("cache_creation")
        if split is None and len(entries) == 1:
            split = usage.get("cache_creation")
        kind, named = entry.get("type"), entry.get("model")
        steps.append(
            _Step(
                kind=kind if isinstance(kind, str) else None,
                model=named if isinstance(named, str) and named else served if kind == "fallback_message" else model,
                tokens=_tokens(entry, split, flags),
            )
        )
    charged = [step for place, step in enumerate(steps) if not _declined(step, steps[place + 1 :])]
    return charged, len(charged) < len(steps)


def _declined(step: _Step, later: Sequence[_Step]) -> bool:
    """Did this attempt decline before it produced anything, and another took over?"""
    if step.kind not in _ATTEMPTS or step.tokens.output:
        return False
    return any(
        other.kind == "fallback_message" or (other.kind in _ATTEMPTS and other.model != step.model) for other in later
    )


def _tokens(usage: Mapping[str, Any], split: Any, flags: dict[str, None] | None) -> Tokens:
    """Token counts. What the cache took beyond the split by lifetime has the default lifetime of 5 minutes."""
    total = _count(usage, "cache_creation_input_tokens", flags)
    five = hour = None
    if isinstance(split, Mapping):
        five = _count(split, "ephemeral_5m_input_tokens", flags)
        hour = _count(split, "ephemeral_1h_input_tokens", flags)
    if total is not None:
        residual = total - (five or 0) - (hour or 0)
        if residual < 0 and flags is not None:
            flags[Flag.SUM_DIFFERS] = None
        five, hour = (five or 0) + max(0, residual), hour or 0
    return Tokens(
        input=_count(usage, "input_tokens", flags),
        output=_count(usage, "output_tokens", flags),
        cache_read=_count(usage, "cache_read_input_tokens", flags),
        cache_write_5m=five,
        cache_write_1h=hour,
    )


def _count(values: Mapping[str, Any], key: str, flags: dict[str, None] | None) -> int | None:
    value = values.get(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNT:
        return value
    if flags is not None:
        flags[Flag.ODD_USAGE] = None
    return None


def _sum(steps: Sequence[_Step]) -> Tokens:
    return Tokens(
        input=_summed([step.tokens.input for step in steps]),
        output=_summed([step.tokens.output for step in steps]),
        cache_read=_summed([step.tokens.cache_read for step in steps]),
        cache_write_5m=_summed([step.tokens.cache_write_5m for step in steps]),
        cache_write_1h=_summed([step.tokens.cache_write_1h for step in steps]),
    )


def _summed(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _searches(usage: Mapping[str, Any], model: str | None, prices: PriceTable, at: datetime) -> list[Part]:
    """Web searches: neither a batch nor the residency changes their price."""
    tools = usage.get("server_tool_use")
    searches = _count(tools, "web_search_requests", None) if isinstance(tools, Mapping) else None
    if not searches:
        return []
    price = prices.price(model, at) if model else None
    each = price.web_search if price else WEB_SEARCH_PICO
    return [Part(what="web_search", model=model, count=searches, cost_pico=searches * each)]


def _code_runs(usage: Mapping[str, Any]) -> bool:
    tools = usage.get("server_tool_use")
    return isinstance(tools, Mapping) and bool(_count(tools, "code_execution_requests", None))


def _billed_elsewhere(usage: Mapping[str, Any]) -> bool:
    policy = usage.get("billing_policy")
    return isinstance(policy, Mapping) and policy.get("bill_to") == "user_profile"


def _adds_up(usage: Mapping[str, Any], model: str | None) -> bool:
    """Do the attempts of the answer's own model come to what stands at the top?"""
    listed = usage.get("iterations")
    if not isinstance(listed, Sequence) or not listed:
        return True
    steps, _ = _charged(usage, model, model)
    own = [step.tokens for step in steps if step.kind in _ATTEMPTS and step.model == model]
    if not own:
        return True
    top = _tokens(usage, usage.get("cache_creation"), None)
    return all(
        sum(getattr(tokens, name) or 0 for tokens in own) == (getattr(top, name) or 0) for name in ("input", "output")
    )


def with_flag(bill: Bill, flag: Flag) -> Bill:
    return replace(bill, flags=tuple(dict.fromkeys((*bill.flags, str(flag)))))
