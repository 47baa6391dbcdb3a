import asyncio
from datetime import timedelta

from claudetray.core.analytics import Sums
from claudetray.store import rollups
from claudetray.store.database import Database
from claudetray.store.statements import change, number, row
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import a_call, check


def test_what_is_noted_and_taken_back_leaves_nothing(data: Database) -> None:
    asyncio.run(UsageKept(data).add([a_call()]))

    def work() -> None:
        rollups.note([1], -1)
        rollups.settle()
        assert number("SELECT count(*) FROM rollup") == 0
        rollups.note([1], 1)
        rollups.settle()

    asyncio.run(data.run(work))
    asyncio.run(data.run(lambda: check(data)))


def test_an_hour_counts_from_its_beginning() -> None:
    hour = NOW.replace(minute=0)
    assert rollups.first_hour(hour) == rollups.first_hour(hour - timedelta(minutes=30))
    assert rollups.first_hour(hour + timedelta(milliseconds=1)) == rollups.first_hour(hour) + 1


def test_sums_beyond_sqlites_integers_are_exact(data: Database) -> None:
    dear = 9 * 10**18  # pico-dollars a day, each below what one row can hold

    def work() -> Sums:
        for day in range(50):
            calls = ", ".join(["0"] * 6 + [str(dear)] + ["0"] * 2)
            change(f"INSERT INTO rollup VALUES (4, 0, '', '', {day}, 'proxy', 1, 0, 0, 0, {calls})")
        found = row(f"SELECT {rollups.SUMS} FROM rollup")
        assert found is not None
        return rollups.sums(found)

    assert asyncio.run(data.run(work)) == Sums(calls=50, cost_pico=50 * dear)


def test_nothing_sums_up_to_zero(data: Database) -> None:
    found = asyncio.run(data.read(lambda: row(f"SELECT {rollups.SUMS} FROM rollup")))
    assert found is not None
    assert rollups.sums(found) == Sums()
