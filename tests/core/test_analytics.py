from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.analytics import NO_SUMS, SUMMED, Sums

some_sums = st.builds(Sums, **{name: st.integers(0, 10**12) for name in SUMMED})


def test_every_number_is_summed() -> None:
    assert set(SUMMED) == set(asdict(NO_SUMS))


@given(some_sums, some_sums)
def test_what_is_added_can_be_taken_away(one: Sums, other: Sums) -> None:
    assert (one + other) - other == one
    assert one + NO_SUMS == one
    assert one + other == other + one
    assert (one + other).total_tokens == one.total_tokens + other.total_tokens


def test_the_tokens_of_every_kind_count() -> None:
    sums = Sums(
        input_tokens=1, output_tokens=10, cache_read_tokens=100, cache_write_5m_tokens=1000, cache_write_1h_tokens=10000
    )
    assert sums.total_tokens == 11_111
