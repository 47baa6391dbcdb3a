"""The published prices, row by row as messages-api, 5 has them: dollars per million tokens."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from claudetray.core.rates import PriceTable, Rates
from tests.answers import AT
from tests.builders import a_price

EARLIER = datetime(2026, 10, 6, 23, 59, 59, tzinfo=UTC)
ROWS = (  # model, in, out, 5m, 1h, read, fast in, fast out
    ("claude-fable-5-2", "8", "40", "10", "16", "0.20", "16", "80"),
    ("claude-mythos-5-2", "8", "40", "10", "16", "0.20", "16", "80"),
    ("claude-fable-5-1", "10", "50", "12.50", "20", "0.25", None, None),
    ("claude-mythos-5-1", "10", "50", "12.50", "20", "0.25", None, None),
    ("claude-fable-5", "10", "50", "12.50", "20", "1.00", None, None),
    ("claude-mythos-5", "10", "50", "12.50", "20", "1.00", None, None),
    ("claude-opus-5-5", "4", "20", "5", "8", "0.20", "8", "40"),
    ("claude-opus-5", "5", "25", "6.25", "10", "0.50", "10", "50"),
    ("claude-opus-4-8", "5", "25", "6.25", "10", "0.50", "10", "50"),
    ("claude-opus-4-7", "5", "25", "6.25", "10", "0.50", None, None),
    ("claude-opus-4-6", "5", "25", "6.25", "10", "0.50", None, None),
    ("claude-opus-4-5", "5", "25", "6.25", "10", "0.50", None, None),
    ("claude-sonnet-5-5", "2", "10", "2.50", "4", "0.10", None, None),
    ("claude-sonnet-5", "2", "10", "2.50", "4", "0.20", None, None),
    ("claude-sonnet-4-6", "3", "15", "3.75", "6", "0.30", None, None),
    ("claude-sonnet-4-5", "3", "15", "3.75", "6", "0.30", None, None),
    ("claude-haiku-5-5", "0.10", "0.50", "0.125", "0.20", "0.01", None, None),
    ("claude-haiku-4-5", "1", "5", "1.25", "2", "0.10", None, None),
    ("claude-opus-4-1", "15", "75", "18.75", "30", "1.50", None, None),
    ("claude-opus-4", "15", "75", "18.75", "30", "1.50", None, None),
    ("claude-opus-4-0", "15", "75", "18.75", "30", "1.50", None, None),
    ("claude-sonnet-4", "3", "15", "3.75", "6", "0.30", None, None),
    ("claude-sonnet-4-0", "3", "15", "3.75", "6", "0.30", None, None),
    ("claude-3-5-haiku", "0.80", "4", "1", "1.60", "0.08", None, None),
    ("claude-3-haiku", "0.25", "1.25", "0.3125", "0.50", "0.025", None, None),
)


def per_million(input: str, output: str, write_5m: str, write_1h: str, read: str) -> Rates:
    return Rates.per_million(*(Decimal(text) for text in (input, output, read, write_5m, write_1h)))


@pytest.mark.parametrize("suffix", ["", "-20251101", "-latest", "@20251101"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_every_row_of_the_price_list(published: PriceTable, row: tuple[str, ...], suffix: str) -> None:
    model, input, output, write_5m, write_1h, read, fast_in, fast_out = row
    found = published.price(model + suffix, AT)
    assert found is not None
    assert found.rates == per_million(input, output, write_5m, write_1h, read)
    fast = (found.fast.input, found.fast.output) if found.fast else None
    assert fast == ((int(Decimal(fast_in) * 10**6), int(Decimal(fast_out) * 10**6)) if fast_in else None)
    assert found.web_search == 10**10


def test_fast_doubles_the_cache_as_well(published: PriceTable) -> None:
    found = published.price("claude-opus-5-5", AT)
    assert found is not None
    assert found.fast == per_million("8", "40", "10", "16", "0.40")


def test_a_prompt_of_more_than_100_000_tokens_is_dearer_for_haiku_alone(published: PriceTable) -> None:
    haiku = published.price("claude-haiku-5-5", AT)
    assert haiku is not None
    assert haiku.long is not None
    assert haiku.long.above == 100_000
    assert haiku.long.rates == per_million("0.50", "2.50", "0.625", "1", "0.05")
    for model, *_ in ROWS:
        found = published.price(model, AT)
        assert found is not None
        assert (found.long is None) is (model != "claude-haiku-5-5"), model


def test_sonnet_5_5_read_the_cache_for_twice_as_much_before_october(published: PriceTable) -> None:
    before, after = (published.price("claude-sonnet-5-5", at) for at in (EARLIER, datetime(2026, 10, 7, tzinfo=UTC)))
    assert before is not None
    assert after is not None
    assert (before.rates.cache_read, after.rates.cache_read) == (200_000, 100_000)
    assert before.rates.input == after.rates.input


def test_opus_4_8_is_fast_until_the_end_of_november(published: PriceTable) -> None:
    last, first = datetime(2026, 11, 30, 23, 59, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    assert [
        bool(found and found.fast) for found in (published.price("claude-opus-4-8", at) for at in (last, first))
    ] == [
        True,
        False,
    ]


@pytest.mark.parametrize("at", [AT, EARLIER, datetime(2026, 12, 15, tzinfo=UTC)])
def test_every_name_of_a_model_has_the_same_price(published: PriceTable, at: datetime) -> None:
    """What we correct, we correct by every name."""
    for names in {price.names for price in published.prices}:
        found = [published.price(name, at) for name in names]
        shown = {(one.rates, one.fast, one.long) if one else None for one in found}
        assert len(shown) == 1, names


@pytest.mark.parametrize(
    "model",
    [
        "claude-opus-4-15",
        "claude-opus-4-10",
        "claude-opus-4-50",
        "claude-opus-4-8-mini",
        "claude-opus-9",
        "claude-sonnet-4-50",
        "claude-sonnet-4-5x",
        "claude-sonnet-4-2025",
        "claude-haiku-4-55",
        "claude-haiku-4-5-nano",
        "claude-2099",
        "claude-mythos-preview",
        "CLAUDE-OPUS-5",
        "Claude Opus 5",
        "anthropic/claude-opus-5",
        "us.anthropic.claude-opus-5-v1:0",
        "gpt-5",
        "claude",
        "-latest",
        "",
    ],
)
def test_an_unknown_model_is_unpriced(published: PriceTable, model: str) -> None:
    assert published.price(model, AT) is None


def test_no_listed_name_has_a_date(published: PriceTable) -> None:
    """A dated name would stand before the price that the person set for the model."""
    for name in ("claude-opus-4-20250514", "claude-haiku-4-5-20251001", "claude-sonnet-4-5-20250929"):
        assert all(name not in price.names for price in published.prices)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_the_persons_price_holds_for_dated_names_too(published: PriceTable, row: tuple[str, ...]) -> None:
    own = published.overridden([a_price(row[0], date(2026, 11, 1), "7")])
    for name in (row[0], f"{row[0]}-20250514", f"{row[0]}-latest"):
        found = own.price(name, AT)
        assert found is not None
        assert (found.source, found.rates.input) == ("yours", 7_000_000)
        assert own.price(name, EARLIER) == published.price(name, EARLIER)


def test_the_version_names_the_library(published: PriceTable) -> None:
    assert published.version.startswith("genai-prices 0.2.")
