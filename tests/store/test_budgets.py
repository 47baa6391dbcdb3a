import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from claudetray.core.budget import MOST_BUDGETS, Budget, Period, Scope
from claudetray.core.errors import NotFound, SettingRefused
from claudetray.store.budgets import BudgetsKept
from claudetray.store.database import Database
from claudetray.store.schema import SaidRow
from tests.builders import NOW

CODING = Budget(name="Coding", amount=Decimal("20.5"), hard_stop=True, levels=(50, 100))
TRIP = Budget(
    name="a trip",
    amount=Decimal(7),
    period=Period.FIXED,
    begins=date(2026, 12, 1),
    ends=date(2026, 12, 9),
    scope=Scope.TAG,
    scope_name="trip",
)


@pytest.fixture
def kept(data: Database) -> BudgetsKept:
    return BudgetsKept(data)


def test_budgets_come_back_as_they_were_kept_by_name(kept: BudgetsKept) -> None:
    made = [asyncio.run(kept.keep(budget)) for budget in (CODING, TRIP)]
    assert asyncio.run(kept.all()) == (made[1], made[0])
    assert made[0] == Budget(name="Coding", amount=Decimal("20.5"), hard_stop=True, levels=(50, 100), id=made[0].id)


def test_one_of_the_same_name_is_replaced_and_one_of_a_number_renamed(kept: BudgetsKept) -> None:
    first = asyncio.run(kept.keep(CODING))
    again = asyncio.run(kept.keep(Budget(name="coding", amount=Decimal(5))))
    assert (again.id, again.name, again.hard_stop) == (first.id, "coding", False)
    renamed = asyncio.run(kept.keep(Budget(id=first.id, name="work", amount=Decimal(5))))
    assert asyncio.run(kept.all()) == (renamed,)


def test_a_name_is_taken_once(kept: BudgetsKept) -> None:
    asyncio.run(kept.keep(CODING))
    trip = asyncio.run(kept.keep(TRIP))
    with pytest.raises(SettingRefused, match="another budget"):
        asyncio.run(kept.keep(Budget(id=trip.id, name="CODING", amount=Decimal(1))))
    with pytest.raises(NotFound):
        asyncio.run(kept.keep(Budget(id=99, name="x", amount=Decimal(1))))


def test_there_may_be_so_many(kept: BudgetsKept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claudetray.store.budgets.MOST_BUDGETS", 1)
    asyncio.run(kept.keep(CODING))
    with pytest.raises(SettingRefused, match="There may be 1"):
        asyncio.run(kept.keep(TRIP))
    assert MOST_BUDGETS > 10


def test_deleted_it_is_forgotten_with_what_was_said_of_it(data: Database, kept: BudgetsKept) -> None:
    made = asyncio.run(kept.keep(CODING))

    def said() -> list[str]:
        return sorted(row.key for row in SaidRow.select())

    keys = (f"budget:{made.id}:2026-11-01", f"overrun:{made.id}:2026-11-01", f"budget:{made.id}1:2026-11-01", "spike")
    asyncio.run(data.run(lambda: [SaidRow.create(key=key, value="1", at=0) for key in keys]))
    assert asyncio.run(kept.delete(made.id))
    assert not asyncio.run(kept.delete(made.id))
    assert asyncio.run(data.read(said)) == [f"budget:{made.id}1:2026-11-01", "spike"]


def test_a_stop_is_lifted_until_a_time_and_set_again(kept: BudgetsKept) -> None:
    made = asyncio.run(kept.keep(CODING))
    until = NOW + timedelta(days=1)
    assert asyncio.run(kept.lift(made.id, until)).lifted_until == until
    assert asyncio.run(kept.lift(made.id, None)) == made
    with pytest.raises(NotFound):
        asyncio.run(kept.lift(99, None))


def test_names_may_be_exchanged_and_all_is_kept_or_nothing(kept: BudgetsKept) -> None:
    async def work() -> None:
        one, other = [await kept.keep(Budget(name=name, amount=Decimal(1), period=Period.DAY)) for name in ("a", "b")]
        swapped = [replace(one, name="b"), replace(other, name="a")]
        await kept.keep_all(swapped, ())
        assert {budget.name: budget.id for budget in await kept.all()} == {"b": one.id, "a": other.id}
        taken = [replace(one, name="c"), Budget(name="new", amount=Decimal(1), period=Period.DAY)]
        with pytest.raises(SettingRefused):
            await kept.keep_all([*taken, replace(other, name="C")], ())
        assert {budget.name for budget in await kept.all()} == {"a", "b"}
        await kept.keep_all([replace(one, id=0, name="b")], (one.id,))
        assert {budget.name: budget.id for budget in await kept.all()}["b"] != one.id

    asyncio.run(work())
