import asyncio

from claudetray.store import purged
from claudetray.store.database import Database


def test_what_is_remembered_is_known_again(data: Database) -> None:
    asyncio.run(data.run(lambda: purged.remember(["a", "ß", "a"])))
    asyncio.run(data.run(lambda: purged.remember(["a", "c"])))
    assert asyncio.run(data.read(lambda: purged.among(["a", "b", "ß", "c", ""]))) == {"a", "ß", "c"}
    assert asyncio.run(data.read(lambda: purged.among([]))) == set()
