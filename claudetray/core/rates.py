"""Rates: what a token costs, by model and by date. Exact: integers of 10^-12 dollars, which every published rate is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

PICO_DIGITS = 12
MOST_FOUND = 1000  # models and days whose price is remembered
PICO_PER_MTOK = 10**6  # a dollar per million tokens is this many pico-dollars per token
WEB_SEARCH_PICO = 10**10  # $10 per thousand. Source: pricing page
WRITE_5M, WRITE_1H, READ = (
    Decimal("1.25"),
    Decimal(2),
    Decimal("0.1"),
)  # of the input's rate, where nothing else is said
_DATED = re.compile(r"(?:-latest|[-@]\d{8}|-\d{4}-\d{2}-\d{2})$")
_FAMILY = "(?:opus|sonnet|haiku|fable|mythos)"
_VERSION = re.compile(rf"claude-{_FAMILY}-(\d{{1,3}})(?:[-.](\d{{1,2}}))?$")
_VERSION_FIRST = re.compile(rf"claude-v?(\d{{1,3}})(?:[-.](\d{{1,2}}))?(?:-{_FAMILY})?$")


def dollars(pico: int) -> Decimal:
    """Units: pico-dollars in."""
    return Decimal(pico).scaleb(-PICO_DIGITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Units: pico-dollars per token."""

    input: int
    output: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int

    @classmethod
    def per_million(
        cls, input: Decimal, output: Decimal, read: Decimal, write_5m: Decimal, write_1h: Decimal
    ) -> "Rates":
        """Units: dollars per million tokens. Raises: ValueError where a rate is finer than a pico-dollar a token."""
        return cls(
            input=pico_per_token(input),
            output=pico_per_token(output),
            cache_read=pico_per_token(read),
            cache_write_5m=pico_per_token(write_5m),
            cache_write_1h=pico_per_token(write_1h),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LongPrompt:
    """Where a prompt of more than `above` tokens makes every token of the request dearer."""

    above: int
    rates: Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model costs on the days `since <= day < until` (UTC); None is open. `names` are its exact names, undated.

    `fast` holds the rates of the fast mode; None where it has none.
    """

    names: tuple[str, ...]
    rates: Rates
    since: date | None = None
    until: date | None = None
    long: LongPrompt | None = None
    fast: Rates | None = None
    web_search: int = WEB_SEARCH_PICO
    source: str = "published"

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOverride:
    """A price that the person set: from that day on (None: always), until another of the same model begins.

    Units: dollars per million tokens.
    """

    model: str
    since: date | None
    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    id: int | None = None

    def price(self) -> Price:
        """Raises: ValueError where a rate cannot be held exactly."""
        rates = Rates.per_million(self.input, self.output, self.cache_read, self.cache_write_5m, self.cache_write_1h)
        return Price(names=(self.model,), rates=rates, since=self.since, source="yours")


class PriceTable:
    """Prices by model and day. Of several that hold, the one that came first wins: the person's before the published.

    An unknown model has no price: never that of another one.
    """

    def __init__(self, version: str, prices: Iterable[Price]) -> None:
        self.version = version
        self.prices = tuple(prices)
        self._by_name: dict[str, list[Price]] = {}
        for price in self.prices:
            for name in price.names:
                self._by_name.setdefault(name, []).append(price)
        self._found = lru_cache(maxsize=MOST_FOUND)(self._on)

    def price(self, model: str, at: datetime) -> Price | None:
        """The price of a model, by its exact or its dated name, or None: unpriced."""
        return self._found(model, at.astimezone(UTC).date())

    def _on(self, model: str, day: date) -> Price | None:
        for name in dict.fromkeys((model, undated(model))):
            for price in self._by_name.get(name, ()):
                if price.holds(day):
                    return price
        return None

    def overridden(self, overrides: Iterable[PriceOverride]) -> "PriceTable":
        """The same table with the person's prices before it; the latest that has begun counts."""
        latest_first = sorted(overrides, key=lambda one: one.since or date.min, reverse=True)
        own = tuple(override.price() for override in latest_first)
        published = tuple(price for price in self.prices if price.source != "yours")
        mark = f"+{fingerprint(own)}" if own else ""
        return PriceTable(self.version.partition("+")[0] + mark, (*own, *published))


def fingerprint(prices: Iterable[Price]) -> str:
    """A short word that differs where the prices do."""
    return sha256(repr(tuple(prices)).encode()).hexdigest()[:8]


def undated(model: str) -> str:
    """A model's name without the date of its snapshot: `claude-haiku-4-5-20251001` is `claude-haiku-4-5`."""
    return _DATED.sub("", model)


def version(model: str) -> tuple[int, int] | None:
    """The version in a model's name: (4, 6) for `claude-opus-4-6`, (3, 5) for `claude-3-5-haiku`; None without one."""
    found = _VERSION.match(undated(model)) or _VERSION_FIRST.match(undated(model))
    return (int(found[1]), int(found[2] or 0)) if found else None


def pico_per_token(dollars_per_million: Decimal) -> int:
    """Raises: ValueError where that would round, or is negative or not a number."""
    if not dollars_per_million.is_finite() or not 0 <= dollars_per_million <= 10**9:
        raise ValueError("a rate is a number from 0 on")
    pico = Fraction(dollars_per_million) * PICO_PER_MTOK
    if pico.denominator != 1:
        raise ValueError("a rate has at most six decimals")
    return int(pico)
