"""genai-prices as our price table: its rates by exact name and day. Imported late, for it takes 8 MiB and 0.1 s.

Its own matching goes by the beginning of a name, so `claude-opus-4-1` would lend its price to a `claude-opus-4-15`.
Ours takes the names it lists, and nothing but a date after them.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ClauseEquals,
    ClauseOr,
    ClauseStartsWith,
    ModelInfo,
    ModelPrice,
    StartDateConstraint,
    TieredPrices,
)

from claudetray.core.rates import READ, WRITE_1H, WRITE_5M, LongPrompt, Price, PriceTable, Rates, undated
from claudetray.prices import published

PROVIDER = "anthropic"
PER_THOUSAND = 10**9  # dollars per thousand, in pico-dollars each
_YEAR = re.compile(r"-20\d{2}$")


def table() -> PriceTable:
    """Every published price: ours first, for they correct the library's."""
    models = next(provider.models for provider in get_snapshot().providers if provider.id == PROVIDER)
    prices = (price for model in models for price in _prices(model))
    return PriceTable(f"genai-prices {version('genai-prices')}", (*published.PRICES, *prices))


def _prices(model: ModelInfo) -> Iterator[Price]:
    """The prices of a model, one for each span of days."""
    names = tuple(dict.fromkeys((_plain(model.id), *_names(model.match))))
    bases: list[tuple[date | None, ModelPrice]] = (
        [(_begins(one.constraint), one.prices) for one in model.prices]
        if isinstance(model.prices, list)
        else [(None, model.prices)]
    )
    variants = model.price_variants or []
    fasts = [(_begins(one.constraint), one.prices) for one in variants if one.when == {"speed": "fast"}]
    starts: list[date | None] = sorted({begun for begun, _ in (*bases, *fasts)}, key=lambda day: day or date.min)
    for place, since in enumerate(starts):
        base, fast = _latest(bases, since), _latest(fasts, since)
        if base is None:
            continue
        rates, long = _rates(base)
        yield Price(
            names=names,
            rates=rates,
            long=long,
            since=since,
            until=starts[place + 1] if place + 1 < len(starts) else None,
            fast=_rates(fast)[0] if fast is not None else None,
            web_search=int((_rate(base.web_searches_kcount, None) or 10) * PER_THOUSAND),
        )


def _names(clause: object) -> Iterator[str]:
    """The names that a clause lists; what it says of fragments and patterns would match unknown models, too."""
    match clause:
        case ClauseOr():
            for inner in clause.or_:
                yield from _names(inner)
        case ClauseEquals():
            yield _plain(clause.equals)
        case ClauseStartsWith():
            yield _plain(clause.starts_with)


def _plain(name: str) -> str:
    """Undated, for a price by date would stand before the person's own; the library lists some, and one cut short."""
    return undated(_YEAR.sub("", name)).rstrip("-@")


def _begins(constraint: object) -> date | None:
    return constraint.start_date if isinstance(constraint, StartDateConstraint) else None


def _latest(dated: Iterable[tuple[date | None, ModelPrice]], day: date | None) -> ModelPrice | None:
    """Of those that have begun on that day the last."""
    begun = [(since or date.min, price) for since, price in dated if since is None or (day and since <= day)]
    return max(begun, key=lambda one: one[0])[1] if begun else None


def _rates(price: ModelPrice) -> tuple[Rates, LongPrompt | None]:
    listed: tuple[Any, ...] = (
        price.input_mtok,
        price.output_mtok,
        price.cache_read_mtok,
        price.cache_write_mtok,
        price.cache_write_1h_mtok,
    )
    tiers = {tier.start for rate in listed if isinstance(rate, TieredPrices) for tier in rate.tiers}
    if not tiers:
        return _at(listed, None), None
    above = min(tiers)
    return _at(listed, None), LongPrompt(above=above, rates=_at(listed, above))


def _at(listed: Iterable[Any], above: int | None) -> Rates:
    input, output, read, write_5m, write_1h = (_rate(rate, above) for rate in listed)
    return Rates.per_million(
        input=input or Decimal(0),
        output=output or Decimal(0),
        read=read if read is not None else (input or Decimal(0)) * READ,
        write_5m=write_5m if write_5m is not None else (input or Decimal(0)) * WRITE_5M,
        write_1h=write_1h if write_1h is not None else (input or Decimal(0)) * WRITE_1H,
    )


def _rate(rate: Any, above: int | None) -> Decimal | None:
    if not isinstance(rate, TieredPrices):
        return None if rate is None else Decimal(rate)
    for tier in rate.tiers:
        if tier.start == above:
            return Decimal(tier.price)
    return Decimal(rate.base)
