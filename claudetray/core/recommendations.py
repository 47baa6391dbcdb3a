"""Recommendations: what the records suggest, each with the sum that it is about. Nothing is said without records."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from claudetray.core import runway_words
from claudetray.core.analytics import NO_SUMS, Share
from claudetray.core.budget import BudgetState
from claudetray.core.rates import dollars

OVER = timedelta(days=30)  # what is looked at
COSTLY = "opus"  # the family whose smaller sisters do many tasks as well; a word in the model's name
COSTLY_SHARE = Decimal("0.3")
LEAST_SUM = Decimal(1)  # dollars: below, no advice is worth reading
LEAST_CALLS = 20
LEAST_INPUT = 200_000  # tokens that could have come from a cache
LONG_OUTPUT = 2_000  # tokens a call, on average
BUDGET_PERCENT, OVERRUN = 70, Decimal("1.2")


class Advice(StrEnum):
    COSTLY_MODEL = "costly_model"
    NO_CACHE = "no_cache"
    CACHE_NEVER_READ = "cache_never_read"
    LONG_OUTPUTS = "long_outputs"
    BUDGET_NEARLY_SPENT = "budget_nearly_spent"
    BUDGET_OVERRUN = "budget_overrun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """`sum`: the dollars that it is about."""

    advice: Advice
    title: str
    body: str
    sum: Decimal


def recommendations(models: Sequence[Share], budgets: Iterable[BudgetState]) -> tuple[Recommendation, ...]:
    """What to do about the calls of the last 30 days, the largest sum first. `models`: the sums of each model."""
    found = [*_of_models(models), *_of_budgets(budgets)]
    return tuple(sorted(found, key=lambda one: -one.sum))


def _of_models(models: Sequence[Share]) -> Iterator[Recommendation]:
    total = sum((share.sums for share in models), NO_SUMS)
    spent = dollars(total.cost_pico)
    costly = sum((share.sums for share in models if COSTLY in (share.name or "").lower()), NO_SUMS)
    sum_of_costly = dollars(costly.cost_pico)
    if sum_of_costly >= LEAST_SUM and sum_of_costly > COSTLY_SHARE * spent:
        percent = int(sum_of_costly * 100 / spent)
        yield Recommendation(
            advice=Advice.COSTLY_MODEL,
            title=f"Opus takes {percent} % of the money",
            body=f"{runway_words.dollars(sum_of_costly)} of {runway_words.dollars(spent)} in 30 days. "
            "Sonnet or Haiku do many tasks as well, at a fraction of that.",
            sum=sum_of_costly,
        )
    for share in models:
        yield from _of_model(share)


def _of_model(share: Share) -> Iterator[Recommendation]:
    sums, cost, name = share.sums, dollars(share.sums.cost_pico), share.name or "calls without a model"
    if sums.calls < LEAST_CALLS or cost < LEAST_SUM:
        return
    written = sums.cache_write_5m_tokens + sums.cache_write_1h_tokens
    if not sums.cache_read_tokens and not written and sums.input_tokens >= LEAST_INPUT:
        yield Recommendation(
            advice=Advice.NO_CACHE,
            title=f"{name}: the prompt cache is never used",
            body=f"{sums.input_tokens:,} input tokens in {sums.calls:,} calls, all at the full price; "
            f"they are part of {runway_words.dollars(cost)}. Read from the cache, a token costs a tenth.",
            sum=cost,
        )
    if written and not sums.cache_read_tokens:
        yield Recommendation(
            advice=Advice.CACHE_NEVER_READ,
            title=f"{name}: the cache is written and never read",
            body=f"{written:,} tokens were written to the cache, which costs more than without it, and none was read; "
            f"they are part of {runway_words.dollars(cost)}. The beginning of the prompts probably differs each time.",
            sum=cost,
        )
    if sums.output_tokens > LONG_OUTPUT * sums.calls:
        yield Recommendation(
            advice=Advice.LONG_OUTPUTS,
            title=f"{name}: answers are long",
            body=f"{sums.output_tokens // sums.calls:,} tokens on average; output costs five times as much as input. "
            f"A lower max_tokens, or asking for brevity, shortens what {runway_words.dollars(cost)} went into.",
            sum=cost,
        )


def _of_budgets(budgets: Iterable[BudgetState]) -> Iterator[Recommendation]:
    for state in budgets:
        name, amount = state.budget.name, state.budget.amount
        if state.projected is not None and not state.used_up and state.projected > OVERRUN * amount:
            yield Recommendation(
                advice=Advice.BUDGET_OVERRUN,
                title=f"Budget “{name}” is likely to be overrun",
                body=f"{runway_words.dollars(state.projected)} are likely, of {runway_words.dollars(amount)}.",
                sum=state.projected - amount,
            )
        elif state.percent >= BUDGET_PERCENT:
            yield Recommendation(
                advice=Advice.BUDGET_NEARLY_SPENT,
                title=f"Budget “{name}” is {'used up' if state.used_up else 'nearly spent'}",
                body=f"{runway_words.dollars(state.spent)} of {runway_words.dollars(amount)}. "
                "A lower max_tokens, the cache, or a smaller model make it last.",
                sum=state.spent,
            )
