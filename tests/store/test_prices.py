import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from claudetray.core.errors import SettingRefused
from claudetray.core.rates import PriceOverride
from claudetray.store.database import Database
from claudetray.store.prices import PricesKept

OWN = PriceOverride(
    model="own-model",
    since=None,
    input=Decimal("3.000001"),
    output=Decimal("15"),
    cache_read=Decimal("0.3"),
    cache_write_5m=Decimal("3.75"),
    cache_write_1h=Decimal("6"),
)


def test_prices_come_back_by_model_and_day(data: Database) -> None:
    kept = PricesKept(data)
    later = asyncio.run(kept.keep(replace(OWN, since=date(2026, 12, 1), input=Decimal("1E+1"))))
    always = asyncio.run(kept.keep(OWN))
    assert always.id is not None
    assert asyncio.run(kept.all()) == (always, later)
    assert asyncio.run(kept.remove(always.id))
    assert not asyncio.run(kept.remove(always.id))
    assert asyncio.run(kept.all()) == (later,)


def test_of_one_model_and_day_the_last_price_counts(data: Database) -> None:
    kept = PricesKept(data)
    for since in (None, date(2026, 12, 1)):
        asyncio.run(kept.keep(replace(OWN, since=since)))
        dearer = asyncio.run(kept.keep(replace(OWN, since=since, output=Decimal("20"))))
        assert [price for price in asyncio.run(kept.all()) if price.since == since] == [dearer]
    moved = asyncio.run(kept.keep(replace(dearer, since=date(2027, 1, 1))))
    assert moved.id == dearer.id
    assert [price.since for price in asyncio.run(kept.all())] == [None, date(2027, 1, 1)]


@pytest.mark.parametrize("rate", ["-1", "0.0000001", "NaN", "1E+10"])
def test_a_rate_that_cannot_be_held_is_refused(data: Database, rate: str) -> None:
    with pytest.raises(SettingRefused, match="cannot be kept"):
        asyncio.run(PricesKept(data).keep(replace(OWN, cache_read=Decimal(rate))))
