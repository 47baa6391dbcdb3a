import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.rates import LongPrompt, Price, PriceTable, Rates
from claudetray.prices import text
from tests.builders import a_price

some_rates = st.builds(Rates, **{name: st.integers(0, 10**15) for name in Rates.__slots__})
days = st.none() | st.dates()
prices = st.builds(
    Price,
    names=st.lists(st.text(max_size=9), max_size=3).map(tuple),
    rates=some_rates,
    since=days,
    until=days,
    long=st.none() | st.builds(LongPrompt, above=st.integers(0), rates=some_rates),
    fast=st.none() | some_rates,
    web_search=st.integers(0, 10**12),
    source=st.sampled_from(("published", "yours")),
)


@given(st.text(), st.lists(prices, max_size=3))
def test_a_table_comes_back_as_it_was(version: str, some: list[Price]) -> None:
    back = text.from_json(text.to_json(PriceTable(version, some)))
    assert (back.version, back.prices) == (version, tuple(some))


def test_the_published_prices_come_back_and_can_be_overridden(published: PriceTable) -> None:
    back = text.from_json(text.to_json(published).encode())
    assert (back.version, back.prices) == (published.version, published.prices)
    own = [a_price(since=date(2026, 11, 1))]
    assert back.overridden(own).version == published.overridden(own).version


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "nonsense",
        "[]",
        "5",
        "null",
        "{}",
        '{"version": "1"}',
        '{"version": "1", "prices": [{}]}',
        '{"version": "1", "prices": 5}',
        '{"version": "1", "prices": ["x"]}',
    ],
)
def test_what_is_no_table_is_refused(kept: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        text.from_json(kept)


@pytest.mark.parametrize("field", ["names", "rates", "since", "long", "web_search"])
def test_a_table_that_lacks_something_is_refused(published: PriceTable, field: str) -> None:
    kept = json.loads(text.to_json(published))
    del kept["prices"][0][field]
    with pytest.raises(ValueError, match="not a price table"):
        text.from_json(json.dumps(kept))
