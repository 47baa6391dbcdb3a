import asyncio
from datetime import timedelta
from pathlib import Path

import peewee as pw
import pytest

from claudetray.core.usage import CallState, UsageQuery
from claudetray.store import database, migrations, upkeep
from claudetray.store.database import Database
from claudetray.store.statements import number, rows
from claudetray.store.upkeep import Upkeep
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import a_call, rolled_up


def keys(kept: UsageKept) -> list[str]:
    return [record.key for record in asyncio.run(kept.page(UsageQuery())).items]


def test_old_calls_go_and_their_sums_stay(data: Database) -> None:
    kept = UsageKept(data)
    asyncio.run(kept.add([a_call(f"{n}", NOW - timedelta(days=n), tags=("coding",)) for n in range(10)]))
    before = asyncio.run(data.read(rolled_up))
    assert asyncio.run(Upkeep(data).purge(timedelta(days=3), None, NOW)) == 6
    assert keys(kept) == ["0", "1", "2", "3"]
    assert asyncio.run(data.read(rolled_up)) == before
    assert len(asyncio.run(kept.page(UsageQuery(search="opus"))).items) == asyncio.run(kept.count()) == 4
    assert asyncio.run(data.read(lambda: number("SELECT count(*) FROM usage_tag"))) == 4
    asyncio.run(data.run(lambda: rows("INSERT INTO usage_search (usage_search, rank) VALUES ('integrity-check', 1)")))


def test_beyond_so_many_the_oldest_go(data: Database) -> None:
    kept = UsageKept(data)
    asyncio.run(kept.add([a_call(f"{n}", NOW - timedelta(seconds=n % 7)) for n in range(2500)]))
    assert asyncio.run(Upkeep(data).purge(None, 10, NOW)) == 2490
    assert len(keys(kept)) == 10
    assert all(int(key) % 7 == 0 for key in keys(kept))
    assert asyncio.run(Upkeep(data).purge(timedelta(days=1), 10, NOW)) == 0
    assert asyncio.run(Upkeep(data).purge(None, None, NOW)) == 0


def test_calls_that_retention_took_are_not_summed_again(data: Database) -> None:
    async def work() -> None:
        kept, tidy = UsageKept(data), Upkeep(data)
        old = [a_call(f"{n}", NOW - timedelta(days=n)) for n in range(5)]
        await kept.add(old)
        await tidy.purge(timedelta(days=3), None, NOW)
        await tidy.purge(None, 2, NOW)
        before = await data.read(rolled_up)
        assert await kept.add([*old, old[4]]) == (None,) * 6
        assert await data.read(rolled_up) == before
        assert await kept.count() == 2

    asyncio.run(work())


def test_calls_that_a_person_deleted_may_come_back(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([a_call()])
        await kept.delete([1])
        (again,) = await kept.add([a_call()])
        assert again is not None

    asyncio.run(work())


def test_who_deletes_everything_deletes_the_sums_of_what_retention_took_as_well(data: Database) -> None:
    kept = UsageKept(data)
    asyncio.run(kept.add([a_call("old", NOW - timedelta(days=1)), a_call("new")]))
    asyncio.run(Upkeep(data).purge(timedelta(hours=1), None, NOW))
    assert asyncio.run(kept.delete(UsageQuery(state=CallState.FAILED))) == 0
    assert asyncio.run(kept.today(NOW - timedelta(days=5))).calls == 2
    assert asyncio.run(kept.delete(UsageQuery())) == 1
    assert asyncio.run(kept.today(NOW - timedelta(days=5))).calls == 0


def test_free_space_is_given_back_when_it_is_worth_it(data: Database, file: Path) -> None:
    kept, tidy = UsageKept(data), Upkeep(data)
    assert not asyncio.run(tidy.shrink())
    bulky = {"x": "y" * 20_000}
    asyncio.run(kept.add([a_call(f"{n}", headers=bulky) for n in range(upkeep.WORTH_BYTES // 20_000 + 200)]))
    assert not asyncio.run(tidy.shrink())
    asyncio.run(kept.delete(UsageQuery()))
    before = asyncio.run(data.read(lambda: number("PRAGMA page_count")))
    assert asyncio.run(tidy.shrink())
    assert asyncio.run(data.read(lambda: number("PRAGMA freelist_count"))) == 0
    assert asyncio.run(data.read(lambda: number("PRAGMA page_count"))) < before / 4
    assert not asyncio.run(tidy.shrink())


def test_others_get_their_turn_while_space_is_given_back(data: Database) -> None:
    async def work() -> None:
        kept, tidy = UsageKept(data), Upkeep(data)
        await kept.add([a_call(f"{n}", headers={"x": "y" * 20_000}) for n in range(upkeep.WORTH_BYTES // 20_000 + 200)])
        await kept.delete(UsageQuery())
        shrinking = asyncio.create_task(tidy.shrink())
        added = 0
        while not shrinking.done():
            added += len(await kept.add([a_call(f"meanwhile {added}")]))
        assert await shrinking
        assert added > 5

    asyncio.run(work())


@pytest.fixture
def older(file: Path) -> Path:
    """A file that was made before free space was given back bit by bit."""
    db = pw.SqliteDatabase(str(file))
    db.connect()
    migrations.migrate(db, file)
    db.close()
    return file


def test_an_older_file_is_written_anew_once(older: Path) -> None:
    with database.opened(older) as data:
        kept, tidy = UsageKept(data), Upkeep(data)
        asyncio.run(kept.add([a_call()]))
        assert asyncio.run(tidy.shrink())
        assert asyncio.run(data.run(lambda: number("PRAGMA auto_vacuum"))) == 2
        assert keys(kept) == ["a"]
        assert not asyncio.run(tidy.shrink())


def test_an_older_file_that_is_large_is_left_as_it_is(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "ANEW_BELOW", 0)
    with database.opened(older) as data:
        assert not asyncio.run(Upkeep(data).shrink())
        assert asyncio.run(data.run(lambda: number("PRAGMA auto_vacuum"))) == 0
