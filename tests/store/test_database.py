import asyncio
import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from claudetray.core.errors import StoreDamaged, StoreFailed, StoreTooNew
from claudetray.store import database
from claudetray.store.database import Database
from claudetray.store.preferences import SettingsKept
from claudetray.store.schema import SettingRow
from claudetray.store.statements import number


def test_the_file_is_its_owners_alone(data: Database, file: Path) -> None:
    asyncio.run(data.run(lambda: SettingRow.replace(key="a", value="b").execute()))
    for name in file.parent.glob("claudetray.db*"):
        assert stat.S_IMODE(name.stat().st_mode) & 0o077 == 0, name


def test_a_failing_write_leaves_nothing_behind(data: Database) -> None:
    def work() -> None:
        SettingRow.replace(key="a", value="b").execute()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(data.run(work))
    assert asyncio.run(data.read(lambda: SettingRow.select().count())) == 0


def test_a_file_of_a_newer_claudetray_is_left_alone(file: Path) -> None:
    with sqlite3.connect(file) as raw:
        raw.execute("CREATE TABLE future (a)")
        raw.execute("PRAGMA user_version = 999")
    raw.close()
    before = file.read_bytes()
    with pytest.raises(StoreTooNew, match="999"), database.opened(file):
        pass
    assert file.read_bytes() == before


def test_a_damaged_file_is_a_sentence(file: Path) -> None:
    file.write_bytes(b"this is no database" * 300)
    with pytest.raises(StoreDamaged, match="not a database"), database.opened(file):
        pass


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match="cannot be opened"), database.opened(tmp_path / "missing" / "x.db"):
        pass


def test_a_change_by_another_process_is_noticed(data: Database, file: Path) -> None:
    before = asyncio.run(data.changes())
    asyncio.run(data.run(lambda: SettingRow.replace(key="own", value="x").execute()))
    assert asyncio.run(data.changes()) == before
    other = sqlite3.connect(file)
    other.execute("INSERT INTO setting VALUES ('other', 'x')")
    other.commit()
    other.close()
    assert asyncio.run(data.changes()) != before


def test_who_reads_does_not_wait_for_another_process_that_writes(data: Database, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)

    async def work() -> None:
        await data.run(lambda: SettingRow.replace(key="own", value="x").execute())
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO setting VALUES ('other', 'x')")
        waiting = asyncio.create_task(data.run(lambda: SettingRow.replace(key="late", value="x").execute()))
        await asyncio.sleep(0)  # now it waits in the store's thread
        found = await asyncio.wait_for(data.read(lambda: {row.key for row in SettingRow.select()}), 5)
        assert found == {"own"}
        assert not waiting.done()
        other.execute("COMMIT")
        await waiting
        assert await data.read(lambda: SettingRow.select().count()) == 3

    asyncio.run(work())
    other.close()


def test_what_is_read_together_is_of_one_moment(data: Database, file: Path) -> None:
    def work() -> tuple[int, int]:
        before = SettingRow.select().count()
        with sqlite3.connect(file) as other:
            other.execute("INSERT INTO setting VALUES ('other', 'x')")
        other.close()
        return before, SettingRow.select().count()

    assert asyncio.run(data.read(work)) == (0, 0)
    assert asyncio.run(data.read(lambda: SettingRow.select().count())) == 1


def test_who_reads_cannot_write(data: Database) -> None:
    with pytest.raises(StoreFailed, match="readonly"):
        asyncio.run(data.read(lambda: SettingRow.replace(key="a", value="b").execute()))


def test_maintenance_is_outside_a_transaction(data: Database) -> None:
    asyncio.run(data.maintain(lambda: SettingRow._meta.database.execute_sql("VACUUM")))


def test_a_new_file_can_give_free_space_back_bit_by_bit(data: Database, file: Path) -> None:
    assert asyncio.run(data.read(lambda: number("PRAGMA auto_vacuum"))) == 2


def test_closing_finishes_what_was_begun(file: Path) -> None:
    with database.opened(file) as data:
        written = [
            data._submit(data._writer, lambda n=n: SettingRow.replace(key=str(n), value="x").execute())
            for n in range(50)
        ]  # type: ignore[misc]
    assert all(done.done() for done in written)
    rows = sqlite3.connect(file).execute("SELECT count(*) FROM setting").fetchone()
    assert rows == (50,)
    assert asyncio.run(_checked(file)) == "ok"


async def _checked(file: Path) -> str:
    with database.opened(file) as data:
        return await data.checked()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_file_that_was_too_open_is_closed(file: Path) -> None:
    with database.opened(file):
        pass
    file.chmod(0o644)
    with database.opened(file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_process_that_reads_little_has_one_connection_for_all(tmp_path: Path) -> None:
    async def work() -> tuple[str | None, set[str]]:
        with database.opened(tmp_path / "claudetray.db", reads_apart=False) as data:
            kept = SettingsKept(data)
            await kept.keep({"k": "v"})
            found = (await kept.all()).get("k")
            await kept.keep({"k": "w"})  # the connection was not made one for reading alone
            return found, {thread.name for thread in threading.enumerate() if thread.name.startswith("store")}

    assert asyncio.run(work()) == ("v", {"store"})
