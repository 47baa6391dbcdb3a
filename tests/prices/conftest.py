import pytest

from claudetray.core.rates import PriceTable
from claudetray.prices import library


@pytest.fixture(scope="session")
def published() -> PriceTable:
    return library.table()
