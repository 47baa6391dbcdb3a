import asyncio

import pytest

from claudetray.store import derived
from claudetray.store.database import Database
from claudetray.store.statements import change, number
from claudetray.store.usage import UsageKept
from tests.store.calls import a_call, check


def test_a_change_that_fails_changes_nothing(data: Database) -> None:
    asyncio.run(UsageKept(data).add([a_call("a"), a_call("b")]))

    def work() -> None:
        with derived.following([1, 2]):
            change("UPDATE usage SET model = 'other'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(data.run(work))
    asyncio.run(data.run(lambda: check(data)))


def test_whatever_is_changed_is_followed(data: Database) -> None:
    asyncio.run(UsageKept(data).add([a_call("a"), a_call("b")]))

    def work() -> None:
        with derived.following([1, 2]):
            change("UPDATE usage SET model = 'other', started_at = 5, status = NULL WHERE id = 1")
            change("DELETE FROM usage WHERE id = 2")
        derived.counted(-1)

    asyncio.run(data.run(work))
    asyncio.run(data.run(lambda: check(data)))
    assert asyncio.run(data.read(lambda: number("SELECT kept FROM usage_count"))) == 1
