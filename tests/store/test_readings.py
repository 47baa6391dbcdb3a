import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claudetray.core.money import Money
from claudetray.core.reading import AutoReload, Lot, Reading, Tranche
from claudetray.store import readings
from claudetray.store.accounts import AccountsKept
from claudetray.store.database import Database
from tests.builders import NOW, a_reading, dollars

FULL = replace(
    a_reading("60.36", bought="50"),
    tranches=(
        Tranche(lot=Lot.PAID, name="Purchase", remaining=dollars("55.36"), granted=dollars("100"), expires_at=NOW),
        Tranche(lot=Lot.PROMOTIONAL, name="", remaining=None, granted=None, expires_at=None),
    ),
    auto_reload=AutoReload(on=True, trouble="card_declined", threshold=dollars("10"), reload_to=None),
    raw='{"amount": 6036}',
)


@pytest.fixture
def account(data: Database) -> int:
    return asyncio.run(AccountsKept(data).watch("anthropic", "h", "o", "")).id


@pytest.mark.parametrize(
    "reading", [FULL, a_reading(None), a_reading("0"), a_reading("-1.5")], ids=["full", "unknown", "zero", "debt"]
)
def test_a_reading_comes_back_as_it_was(data: Database, account: int, reading: Reading) -> None:
    asyncio.run(data.run(lambda: readings.add(account, reading)))
    assert asyncio.run(data.read(lambda: readings.latest(account))) == reading


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "EUR", "JPY"]))
def test_any_amount_comes_back_exactly(data: Database, account: int, micros: int, currency: str) -> None:
    money = Money.from_micros(micros, currency)
    meter = replace(a_reading().balance(), left=money)  # type: ignore[type-var]
    asyncio.run(data.run(lambda: readings.add(account, replace(a_reading(), meters=(meter,)))))
    latest = asyncio.run(data.read(lambda: readings.latest(account)))
    assert latest is not None
    assert latest.left == money


def test_the_newest_is_the_last_one_kept_even_after_the_clock_was_set_back(data: Database, account: int) -> None:
    asyncio.run(data.run(lambda: readings.add(account, a_reading("1", NOW + timedelta(days=30)))))
    asyncio.run(data.run(lambda: readings.add(account, a_reading("2", NOW))))
    latest = asyncio.run(data.read(lambda: readings.latest(account)))
    assert latest is not None
    assert latest.left == dollars("2")
