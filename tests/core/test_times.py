from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.times import from_millis, from_rfc3339, rfc3339, to_millis


@given(st.integers(0, 4_000_000_000_000))
def test_milliseconds_survive(millis: int) -> None:
    assert to_millis(from_millis(millis)) == millis


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        to_millis(datetime(2026, 1, 1))  # noqa: DTZ001


def test_rfc3339_is_utc_to_the_second() -> None:
    there = datetime(2026, 3, 29, 3, 30, 15, 999999, tzinfo=timezone(timedelta(hours=2)))
    assert rfc3339(there) == "2026-03-29T01:30:15Z"


@pytest.mark.parametrize(
    "text", ["2026-09-19T00:00:00Z", "2026-09-19T02:00:00+02:00", "2026-09-19", "2026-09-19T00:00:00.000Z"]
)
def test_times_of_the_outside_become_utc(text: str) -> None:
    assert from_rfc3339(text) == datetime(2026, 9, 19, tzinfo=UTC)
