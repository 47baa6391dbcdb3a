"""Published prices that genai-prices lacks or dates differently. Source: docs/pricing.md, "Where rates come from"."""

from datetime import date
from decimal import Decimal

from claudetray.core.rates import Price, Rates

# By every name that genai-prices has for them.
_SONNET_5_5 = ("claude-sonnet-5-5", "claude-sonnet-5.5", "claude-5-5-sonnet", "claude-5.5-sonnet")
_OPUS_4_8 = ("claude-opus-4-8", "claude-opus-4.8", "claude-4-8-opus", "claude-4.8-opus")
_SONNET_4_5 = ("claude-sonnet-4-5", "claude-sonnet-4.5")


def _rates(input: str, output: str, read: str, write_5m: str, write_1h: str) -> Rates:
    return Rates.per_million(*(Decimal(text) for text in (input, output, read, write_5m, write_1h)))


_HAIKU_3 = ("claude-3-haiku",)

PRICES: tuple[Price, ...] = (
    Price(names=("claude-mythos-5",), rates=_rates("10", "50", "1", "12.5", "20")),
    Price(names=("claude-mythos-5-1",), rates=_rates("10", "50", "0.25", "12.5", "20")),
    # Its cache columns follow the multipliers of the pricing page; genai-prices rounds them to cents.
    Price(names=_HAIKU_3, rates=_rates("0.25", "1.25", "0.025", "0.3125", "0.5")),
    # A cache read cost twice as much before this day; genai-prices knows today's price only.
    Price(names=_SONNET_5_5, until=date(2026, 10, 7), rates=_rates("2", "10", "0.2", "2.5", "4")),
    # The fast mode ends with this day's eve; genai-prices has no end for it.
    Price(names=_OPUS_4_8, since=date(2026, 12, 1), rates=_rates("5", "25", "0.5", "6.25", "10")),
    # Prompts of more than 200,000 tokens cost no more since this day; genai-prices still has the tier.
    Price(names=_SONNET_4_5, since=date(2026, 4, 30), rates=_rates("3", "15", "0.3", "3.75", "6")),
)
