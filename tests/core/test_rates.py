from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core import rates
from claudetray.core.rates import Price, PriceTable, pico_per_token, undated, version
from tests.answers import AT, HAIKU, OPUS, SONNET, table
from tests.answers import rates as some_rates
from tests.builders import a_price


def test_a_dollar_per_million_is_a_million_pico_dollars_per_token() -> None:
    assert pico_per_token(Decimal(1)) == 10**6
    assert pico_per_token(Decimal("0.0055")) == 5_500


@pytest.mark.parametrize("rate", ["0.0000001", "-1", "NaN", "Infinity", "1E+10"])
def test_a_rate_that_cannot_be_held_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="a rate"):
        pico_per_token(Decimal(rate))


@given(st.decimals(0, 10**9, places=6))
def test_every_rate_of_six_decimals_is_held_exactly(rate: Decimal) -> None:
    assert Decimal(pico_per_token(rate)) == rate * 10**6


@pytest.mark.parametrize(
    ("model", "plain"),
    [
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        ("claude-haiku-4-5-2025-10-01", "claude-haiku-4-5"),
        ("claude-haiku-4-5-latest", "claude-haiku-4-5"),
        ("claude-opus-4-15", "claude-opus-4-15"),
        ("claude-opus-4-1234567", "claude-opus-4-1234567"),
        ("claude-opus-5-fast", "claude-opus-5-fast"),
        ("", ""),
    ],
)
def test_only_a_date_or_latest_is_taken_off_a_name(model: str, plain: str) -> None:
    assert undated(model) == plain


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("claude-opus-4-6", (4, 6)),
        ("claude-sonnet-4-20250514", (4, 0)),
        ("claude-3-5-haiku-20241022", (3, 5)),
        ("claude-3.5-haiku", (3, 5)),
        ("claude-fable-5-2", (5, 2)),
        ("claude-opus-5", (5, 0)),
        ("gpt-5", None),
        ("", None),
    ],
)
def test_a_name_tells_its_version(model: str, found: tuple[int, int] | None) -> None:
    assert version(model) == found


@pytest.mark.parametrize("model", [OPUS, f"{OPUS}-20260101", f"{OPUS}-latest", f"{OPUS}@20260101"])
def test_an_exact_or_a_dated_name_has_the_price(model: str) -> None:
    found = table().price(model, AT)
    assert found is not None
    assert found.rates.input == 5_000_000


@pytest.mark.parametrize(
    "model", ["claude-opus-5-1", "claude-opus-51", "claude-opus", "CLAUDE-OPUS-5", f"x-{OPUS}", f"{OPUS}-mini", "", " "]
)
def test_a_relative_lends_no_price(model: str) -> None:
    assert table().price(model, AT) is None


@pytest.mark.parametrize(
    ("at", "read"),
    [
        (datetime(2026, 10, 6, 23, 59, 59, 999_999, tzinfo=UTC), 200_000),
        (datetime(2026, 10, 7, tzinfo=UTC), 100_000),
        (datetime(2026, 10, 7, 1, tzinfo=timezone(timedelta(hours=2))), 200_000),  # still the day before in UTC
        (datetime(2026, 10, 6, 20, tzinfo=timezone(timedelta(hours=-5))), 100_000),
    ],
)
def test_a_price_changes_at_midnight_utc(at: datetime, read: int) -> None:
    found = table().price(SONNET, at)
    assert found is not None
    assert found.rates.cache_read == read


def test_before_a_price_begins_there_is_none() -> None:
    prices = PriceTable("x", [Price(names=("m",), rates=some_rates("1", "1", "1"), since=date(2026, 11, 16))])
    assert prices.price("m", AT) is None
    assert prices.price("m", AT + timedelta(days=1)) is not None


def input_on(prices: PriceTable, model: str, at: datetime = AT) -> int | None:
    found = prices.price(model, at)
    return found.rates.input if found else None


def test_the_persons_price_comes_before_the_published_one_and_the_latest_that_has_begun_counts() -> None:
    own = [
        a_price(OPUS, date(2026, 11, 1), "7"),
        a_price(OPUS, date(2026, 12, 1), "9"),
        a_price("a-model-of-mine", None, "1"),
    ]
    prices = table().overridden(own)
    assert input_on(prices, OPUS, datetime(2026, 10, 31, 23, 59, tzinfo=UTC)) == 5_000_000
    assert input_on(prices, OPUS) == 7_000_000
    assert input_on(prices, f"{OPUS}-20260101") == 7_000_000
    assert input_on(prices, OPUS, datetime(2026, 12, 1, tzinfo=UTC)) == 9_000_000
    assert input_on(prices, "a-model-of-mine") == 1_000_000
    assert input_on(prices, HAIKU) == 100_000


def test_the_version_tells_apart_what_the_person_set_and_goes_back_with_it() -> None:
    plain = table()
    one, other = plain.overridden([a_price(input="7")]), plain.overridden([a_price(input="8")])
    assert len({plain.version, one.version, other.version}) == 3
    assert one.overridden([a_price(input="8")]).version == other.version
    assert one.overridden([]).version == plain.version
    assert one.overridden([]).prices == plain.prices


def test_a_price_of_the_persons_that_would_round_is_refused() -> None:
    with pytest.raises(ValueError, match="six decimals"):
        a_price(input="0.0000001").price()


def test_a_fingerprint_follows_the_prices() -> None:
    one = Price(names=("m",), rates=some_rates("1", "1", "1"))
    assert rates.fingerprint([one]) == rates.fingerprint([one]) != rates.fingerprint([])
