"""What calls cost since a time: rows for the hour in which it lies, roll-ups from there on.

For use inside the store's thread. Units: 10^-12 dollars; simulated calls cost nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from claudetray.core.rates import dollars
from claudetray.core.spending_history import HourlyCost
from claudetray.core.times import EPOCH, to_millis
from claudetray.core.usage import REAL
from claudetray.store import rollups
from claudetray.store.rollups import HOUR_MS, SUMS, first_hour
from claudetray.store.statements import Row, number, rows

LONGEST_CALL = timedelta(hours=1)  # one that began earlier is taken to have ended
_ENDED = """SELECT SUM(cost_pico) FROM usage WHERE started_at >= ? AND started_at < ?
    AND started_at + coalesce(duration_ms, 0) > ? AND origin IN (?, ?, ?)"""
_LATER = f"""SELECT {SUMS} FROM rollup WHERE grain = ? AND tag_id = ? AND model = '' AND client = '' AND bucket >= ?
    AND origin IN (?, ?, ?)"""


def cost_after(at: datetime) -> int:
    """The cost of the calls that ended after a time: what a balance of that time does not have in it yet."""
    hour, millis = first_hour(at), to_millis(at)
    here = number(_ENDED, (to_millis(at - LONGEST_CALL), hour * HOUR_MS, millis, *REAL))
    return here + cost_of_hours(hour)


def cost_of_hours(first: int) -> int:
    """The cost of the calls that began in that hour or later."""
    hourly = rollups.grain(daily=False, by_model=False, by_client=False)
    return rollups.sums(rows(_LATER, (hourly, rollups.ALL, first, *REAL))[0]).cost_pico


def between(since: datetime, until: datetime) -> int:
    """The cost of the calls that ended after one time, and not after the other."""
    return cost_after(since) - cost_after(until)


def by_hour(since: datetime) -> tuple[HourlyCost, ...]:
    """The cost of each hour in which calls began since then, oldest first."""
    hourly = rollups.grain(daily=False, by_model=False, by_client=False)
    sql = _LATER.replace("SELECT ", "SELECT bucket, ", 1) + " GROUP BY bucket ORDER BY bucket"
    return hourly_costs(rows(sql, (hourly, rollups.ALL, first_hour(since), *REAL)))


def hourly_costs(found: Iterable[Row]) -> tuple[HourlyCost, ...]:
    """Shape: rows of an hour's number and what `SUMS` selects."""
    return tuple(
        HourlyCost(EPOCH + timedelta(hours=hour), dollars(rollups.sums(tuple(some)).cost_pico)) for hour, *some in found
    )
