"""Budgets, kept by name."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal

import peewee as pw

from claudetray.core.budget import MOST_BUDGETS, Budget, Period, Scope
from claudetray.core.errors import NotFound, SettingRefused
from claudetray.core.money import Money, micros
from claudetray.store.database import Database
from claudetray.store.readings import at, millis
from claudetray.store.schema import BudgetRow, SaidRow


class BudgetsKept:
    """The budgets of a home."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Budget, ...]:
        """By name."""
        return await self._database.read(budgets)

    async def keep(self, budget: Budget) -> Budget:
        """Keep a checked budget, in place of the one of its number, else of its name.

        Raises: SettingRefused when another one has its name, or there are too many; NotFound.
        """

        return await self._database.run(lambda: _keep(budget))

    async def keep_all(self, wanted: Sequence[Budget], gone: Collection[int]) -> None:
        """Delete those, and keep these; all of it or nothing. Names may be exchanged. Raises: as `keep`."""

        def work() -> None:
            for id in gone:
                _delete(id)
            for budget in wanted:  # out of the way of one another's new names
                BudgetRow.update(name=f"{budget.id}\n").where(BudgetRow.id == budget.id).execute()
            for budget in wanted:
                _keep(budget)

        await self._database.run(work)

    async def delete(self, id: int) -> bool:
        """Was it there? What its alerts said is forgotten with it."""

        return await self._database.run(lambda: _delete(id))

    async def lift(self, id: int, until: datetime | None) -> Budget:
        """Lift its hard stop until then, or set it again with None. Raises: NotFound."""

        def work() -> Budget:
            if not BudgetRow.update(lifted_until=millis(until)).where(BudgetRow.id == id).execute():
                raise NotFound("There is no such budget.")
            return _budget(BudgetRow.get_by_id(id))

        return await self._database.run(work)


def _keep(budget: Budget) -> Budget:
    if budget.id and not BudgetRow.select().where(BudgetRow.id == budget.id).exists():
        raise NotFound("There is no such budget.")
    same = BudgetRow.get_or_none(BudgetRow.name == budget.name)
    id = budget.id or (same.id if same else None)
    if same is not None and same.id != id:
        raise SettingRefused(f"There is another budget of the name “{budget.name}”.")
    if id is None and BudgetRow.select().count() >= MOST_BUDGETS:
        raise SettingRefused(f"There may be {MOST_BUDGETS} budgets.")
    if id is None:
        id = BudgetRow.insert(**_values(budget)).execute()
    else:
        before = _budget(BudgetRow.get_by_id(id))
        if any(getattr(before, name) != getattr(budget, name) for name in _OF_ITS_SUMS):
            _forget(id)
        BudgetRow.update(**_values(budget)).where(BudgetRow.id == id).execute()
    return _budget(BudgetRow.get_by_id(id))


def _delete(id: int) -> bool:
    _forget(id)
    return bool(BudgetRow.delete().where(BudgetRow.id == id).execute())


_OF_ITS_SUMS = ("amount", "period", "scope", "scope_name")  # where one changes, what its alerts said holds no more


def _forget(id: int) -> None:
    """What the alerts of a budget said."""
    SaidRow.delete().where(SaidRow.key.startswith(f"budget:{id}:")).execute()
    SaidRow.delete().where(SaidRow.key.startswith(f"overrun:{id}:")).execute()


def budgets() -> tuple[Budget, ...]:
    """For use inside the store's thread."""
    return tuple(map(_budget, BudgetRow.select().order_by(pw.fn.LOWER(BudgetRow.name))))


def _values(budget: Budget) -> dict[str, object]:
    return {
        "name": budget.name,
        "amount_micros": micros(budget.amount),
        "period": budget.period,
        "scope": budget.scope,
        "scope_name": budget.scope_name,
        "levels": ",".join(map(str, budget.levels)),
        "hard_stop": budget.hard_stop,
        "begins": budget.begins.isoformat() if budget.begins else None,
        "ends": budget.ends.isoformat() if budget.ends else None,
        "lifted_until": millis(budget.lifted_until),
    }


def _budget(row: BudgetRow) -> Budget:
    return Budget(
        id=row.id,
        name=row.name,
        amount=Money.from_micros(row.amount_micros, "USD").amount.normalize() + Decimal(0),
        period=Period(row.period),
        scope=Scope(row.scope),
        scope_name=row.scope_name,
        levels=tuple(int(level) for level in row.levels.split(",") if level),
        hard_stop=row.hard_stop,
        begins=_day(row.begins),
        ends=_day(row.ends),
        lifted_until=at(row.lifted_until),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
