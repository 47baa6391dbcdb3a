import json
from datetime import timedelta
from typing import Any

import pytest

from claudetray.core.billing import Flag
from claudetray.core.usage import Tokens
from claudetray.store import usage_rows
from tests.store.calls import a_call


def test_a_row_has_a_value_for_each_column() -> None:
    row = dict(zip(usage_rows.COLUMNS, usage_rows.as_row(7, a_call(tools=("Größe",))), strict=True))
    assert (row["id"], row["origin"], row["duration_ms"], row["counted"]) == (7, "proxy", 1500, True)
    assert json.loads(row["tools"]) == ["Größe"]


@pytest.mark.parametrize(
    "beyond",
    [{"tokens": Tokens(input=10**11)}, {"cost_pico": 10**17}, {"duration": timedelta(days=9000)}],
    ids=lambda beyond: next(iter(beyond)),
)
def test_a_number_that_no_call_has_is_refused_and_left_out(beyond: dict[str, Any]) -> None:
    with pytest.raises(OverflowError):
        usage_rows.as_row(1, a_call(**beyond))
    fitted = usage_rows.fitting(a_call(**beyond))
    usage_rows.as_row(1, fitted)
    assert {name: getattr(fitted, name) for name in beyond} in (
        {"tokens": Tokens()},
        {"cost_pico": None},
        {"duration": None},
    )


def test_the_flags_are_those_of_bills() -> None:
    assert {usage_rows.DUPLICATE, usage_rows.ODD_USAGE} == {Flag.DUPLICATE, Flag.ODD_USAGE}


def test_what_fits_is_left_as_it_is() -> None:
    assert usage_rows.fitting(a_call()) == a_call()
