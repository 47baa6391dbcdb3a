"""Budgets, kept by name."""

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

        def work() -> Budget:
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
                BudgetRow.update(**_values(budget)).where(BudgetRow.id == id).execute()
            return _budget(BudgetRow.get_by_id(id))

        return await self._database.run(work)

    async def delete(self, id: int) -> bool:
        """Was it there? What its alerts said is forgotten with it."""

        def work() -> bool:
            SaidRow.delete().where(SaidRow.key.startswith(f"budget:{id}:")).execute()
            SaidRow.delete().where(SaidRow.key.startswith(f"overrun:{id}:")).execute()
            return bool(BudgetRow.delete().where(BudgetRow.id == id).execute())

        return await self._database.run(work)

    async def lift(self, id: int, until: datetime | None) -> Budget:
        """Lift its hard stop until then, or set it again with None. Raises: NotFound."""

        def work() -> Budget:
            if not BudgetRow.update(lifted_until=millis(until)).where(BudgetRow.id == id).execute():
                raise NotFound("There is no such budget.")
            return _budget(BudgetRow.get_by_id(id))

        return await self._database.run(work)


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
