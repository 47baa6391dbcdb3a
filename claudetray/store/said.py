"""What alerts spoke of: read, judged and kept in one transaction, so that nothing is said twice, by any process."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from claudetray.core.alert import Alert
from claudetray.core.alert_rules import Routes
from claudetray.core.alerting import News
from claudetray.core.times import to_millis
from claudetray.store import alerts
from claudetray.store.database import Database
from claudetray.store.schema import SaidRow

FORGOTTEN_AFTER = timedelta(days=400)  # no occasion is as long


class SaidKept:
    """The memory of the rules."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, str]:
        """What was said, by key."""
        return await self._database.read(_said)

    async def say(
        self,
        account_id: int | None,
        judge: Callable[[Mapping[str, str]], Sequence[News]],
        routes: Routes,
        now: datetime,
    ) -> tuple[Alert, ...]:
        """Keep what `judge` finds to be news, with the alerts; those that are kept. Nothing is written without news."""
        said = await self._database.read(_said)
        if not judge(said):
            return ()

        def work() -> tuple[Alert, ...]:
            found = judge(_said())  # again, inside: another process may just have said it
            for one in found:
                if one.value is None:
                    SaidRow.delete().where(SaidRow.key == one.key).execute()
                else:
                    SaidRow.replace(key=one.key, value=one.value, at=to_millis(now)).execute()
            SaidRow.delete().where(SaidRow.at < to_millis(now - FORGOTTEN_AFTER)).execute()
            return alerts.add(account_id, [one.alert for one in found if one.alert is not None], routes)

        return await self._database.run(work)


def _said() -> dict[str, str]:
    return {row.key: row.value for row in SaidRow.select()}
