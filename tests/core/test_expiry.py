from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.expiry import by_expiry, lapsing, spent_down
from claudetray.core.reading import Lot, Tranche
from tests.builders import NOW, dollars

DAY = timedelta(days=1)


def lot(left: str | None, days: int | None) -> Tranche:
    return Tranche(
        lot=Lot.PAID,
        name=f"{days}",
        remaining=None if left is None else dollars(left),
        granted=None,
        expires_at=None if days is None else NOW + days * DAY,
    )


LOTS = (lot("10", None), lot("5", 30), lot("3", 7), lot("0", 1), lot(None, 2))


def names(lots: tuple[Tranche, ...]) -> list[str]:
    return [one.name for one in lots]


def test_what_lapses_first_stands_first_and_what_never_does_last() -> None:
    assert names(by_expiry(LOTS)) == ["7", "30", "None"]


def test_the_edge_of_a_range_belongs_to_it_only_at_its_end() -> None:
    assert names(lapsing(LOTS, NOW, NOW + 7 * DAY)) == ["7"]
    assert names(lapsing(LOTS, NOW + 7 * DAY, NOW + 30 * DAY)) == ["30"]


def test_spending_takes_what_lapses_first() -> None:
    left = spent_down(LOTS, Decimal("4.50"))
    assert [(one.name, one.remaining) for one in left] == [("30", dollars("3.50")), ("None", dollars("10"))]


@given(st.lists(st.tuples(st.decimals(0, 100, places=2), st.integers(1, 9)), max_size=8), st.decimals(0, 300, places=2))
def test_what_is_spent_is_missing_afterwards(lots: list[tuple[Decimal, int]], amount: Decimal) -> None:
    before = tuple(lot(f"{left}", days) for left, days in lots)
    total = sum((left for left, _ in lots), Decimal(0))
    after = sum((one.remaining.amount for one in spent_down(before, amount) if one.remaining), Decimal(0))
    assert after == max(total - amount, Decimal(0))
