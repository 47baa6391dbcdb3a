"""The prices that the person set, over the published ones."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from claudetray.core.errors import SettingRefused
from claudetray.core.rates import PriceOverride
from claudetray.store.database import Database
from claudetray.store.schema import PriceRow


class PricesKept:
    """One price for each model and the day from which it holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[PriceOverride, ...]:
        """By model, then by day."""

        def work() -> tuple[PriceOverride, ...]:
            return tuple(_override(row) for row in PriceRow.select().order_by(PriceRow.model, PriceRow.since))

        return await self._database.read(work)

    async def keep(self, override: PriceOverride) -> PriceOverride:
        """Keep a price in place of the one with its number, and of the one of the same model and day.

        It comes back with its number. Raises: SettingRefused on a rate that cannot be held exactly.
        """
        try:
            override.price()
        except ValueError as error:
            raise SettingRefused(f"This price cannot be kept: {error}.") from error
        since = None if override.since is None else override.since.isoformat()

        def work() -> PriceOverride:
            same_day = PriceRow.since.is_null() if since is None else PriceRow.since == since
            PriceRow.delete().where(
                (PriceRow.id == override.id) | ((PriceRow.model == override.model) & same_day)
            ).execute()
            row_id = PriceRow.insert(
                id=override.id,
                model=override.model,
                since=since,
                input=f"{override.input:f}",
                output=f"{override.output:f}",
                cache_read=f"{override.cache_read:f}",
                cache_write_5m=f"{override.cache_write_5m:f}",
                cache_write_1h=f"{override.cache_write_1h:f}",
            ).execute()
            return replace(override, id=row_id)

        return await self._database.run(work)

    async def remove(self, id: int) -> bool:
        """False when there is none of that number."""
        return await self._database.run(lambda: bool(PriceRow.delete().where(PriceRow.id == id).execute()))


def _override(row: PriceRow) -> PriceOverride:
    return PriceOverride(
        id=row.id,
        model=row.model,
        since=None if row.since is None else date.fromisoformat(row.since),
        input=Decimal(row.input),
        output=Decimal(row.output),
        cache_read=Decimal(row.cache_read),
        cache_write_5m=Decimal(row.cache_write_5m),
        cache_write_1h=Decimal(row.cache_write_1h),
    )
