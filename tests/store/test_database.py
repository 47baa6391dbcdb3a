import asyncio
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from claudetray.core.errors import StoreDamaged, StoreFailed, StoreTooNew
from claudetray.store import database
from claudetray.store.database import Database
from claudetray.store.schema import SettingRow


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


def test_closing_finishes_what_was_begun(file: Path) -> None:
    with database.opened(file) as data:
        written = [data._submit(lambda n=n: SettingRow.replace(key=str(n), value="x").execute()) for n in range(50)]  # type: ignore[misc]
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
