from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.errors import SettingRefused
from claudetray.core.thresholds import MOST_MINUTES, SUGGESTED, reached, remaining, table, threshold, whole_minutes
from tests.builders import dollars, thresholds

ROWS = thresholds("50=60", "20=30", "5=10")


@pytest.mark.parametrize(
    ("balance", "at"),
    [("50.01", None), ("50", "50"), ("20.01", "50"), ("20", "20"), ("5", "5"), ("0", "5"), ("-1", "5")],
)
def test_the_lowest_threshold_at_or_above_the_balance_is_the_one_reached(balance: str, at: str | None) -> None:
    here = reached(ROWS, dollars(balance))
    assert (None if here is None else f"{here.at:f}") == at


def test_those_below_the_balance_remain() -> None:
    assert [remaining(ROWS, dollars(left)) for left in ("60", "50", "20", "5", "4")] == [3, 2, 1, 0, 0]


@pytest.mark.parametrize("text", ["20", " 20 ", "$20", "20.00", "€20", "20,0"])
def test_a_balance_is_read_as_people_type_it(text: str) -> None:
    assert threshold(text, "30").at == Decimal(20)
    assert threshold(text, "30").look_every == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("balance", "minutes"),
    [("", "30"), ("x", "30"), ("-1", "30"), ("1e3", "30"), ("9999999999", "30"), ("0.0000001", "30"), ("20", ""),
     ("20", "0"), ("20", "-5"), ("20", "1.5"), ("20", "99999"), ("20", "x"), ("20", "٣"), ("1,000,000", "5")],
)  # fmt: skip
def test_nonsense_is_refused_in_a_sentence(balance: str, minutes: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        threshold(balance, minutes)
    assert refused.value.message.endswith(".")


def test_zero_is_a_threshold() -> None:
    assert reached([threshold("0", "1")], dollars("0")) is not None


def test_two_at_the_same_balance_are_refused() -> None:
    with pytest.raises(SettingRefused, match="two thresholds at 20"):
        table([threshold("20", "5"), threshold("20.0", "6")])


@given(st.integers(1, MOST_MINUTES))
def test_whole_minutes_up_to_a_week(minutes: int) -> None:
    assert whole_minutes(str(minutes)) == minutes


def test_the_suggestions_are_valid() -> None:
    assert len(table(threshold(*row.split("=")) for row in SUGGESTED)) == len(SUGGESTED)
