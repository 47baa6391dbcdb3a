"""Settings that are not secret, and the thresholds."""

from collections.abc import Iterable
from datetime import timedelta

from claudetray.core.money import Money, micros
from claudetray.core.thresholds import Threshold
from claudetray.store.database import Database
from claudetray.store.schema import SettingRow, ThresholdRow


class SettingsKept:
    """Settings by key, as text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, str]:
        return await self._database.read(lambda: {row.key: row.value for row in SettingRow.select()})

    async def keep(self, values: dict[str, str]) -> None:
        """Keep all of them or none."""
        await self._database.run(
            lambda: [SettingRow.replace(key=key, value=value).execute() for key, value in values.items()]
        )


class ThresholdsKept:
    """The table of thresholds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Threshold, ...]:
        """Lowest first."""
        return await self._database.read(thresholds)

    async def keep(self, table: Iterable[Threshold]) -> None:
        """Keep this table in place of the one before."""
        rows = [{"at_micros": micros(row.at), "look_every_minutes": row.minutes} for row in table]

        def work() -> None:
            ThresholdRow.delete().execute()
            if rows:
                ThresholdRow.insert_many(rows).execute()

        await self._database.run(work)


def thresholds() -> tuple[Threshold, ...]:
    """For use inside the store's thread."""
    return tuple(
        Threshold(
            Money.from_micros(row.at_micros, "").amount.normalize() + 0, timedelta(minutes=row.look_every_minutes)
        )
        for row in ThresholdRow.select().order_by(ThresholdRow.at_micros)
    )
