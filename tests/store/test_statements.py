import asyncio

import pytest

from claudetray.core.errors import StoreFailed
from claudetray.store import statements
from claudetray.store.database import Database


def test_what_is_asked_comes_back(data: Database) -> None:
    def work() -> None:
        statements.change_each("INSERT INTO setting VALUES (?, ?)", ((name, name.upper()) for name in "ab"))
        assert statements.rows("SELECT * FROM setting ORDER BY key") == [("a", "A"), ("b", "B")]
        assert statements.row("SELECT value FROM setting WHERE key = ?", ("b",)) == ("B",)
        assert statements.row("SELECT value FROM setting WHERE key = ?", ("c",)) is None
        assert statements.number("SELECT max(length(key)) FROM setting WHERE key = 'c'") == 0
        among = "SELECT count(*) FROM setting WHERE key IN (SELECT value FROM json_each(?))"
        assert statements.number(among, (statements.listed(["a", "x"]),)) == 1
        assert statements.change("DELETE FROM setting") == 2

    asyncio.run(data.run(work))


@pytest.mark.parametrize("ask", [statements.rows, statements.change, lambda sql: statements.change_each(sql, [()])])
def test_the_drivers_errors_are_the_stores(data: Database, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(StoreFailed, match="no such table"):
        asyncio.run(data.run(lambda: ask("INSERT INTO nowhere VALUES (1)")))


def test_a_failing_change_takes_the_ones_before_it_back(data: Database) -> None:
    def work() -> None:
        statements.change("INSERT INTO setting VALUES ('a', 'b')")
        statements.change("INSERT INTO setting VALUES ('a', 'b')")

    with pytest.raises(StoreFailed):
        asyncio.run(data.run(work))
    assert asyncio.run(data.read(lambda: statements.number("SELECT count(*) FROM setting"))) == 0
