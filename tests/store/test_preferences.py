import asyncio

from claudetray.store.database import Database
from claudetray.store.preferences import SettingsKept, ThresholdsKept
from tests.builders import thresholds


def test_settings_are_kept_together(data: Database) -> None:
    kept = SettingsKept(data)
    asyncio.run(kept.keep({"a": "1", "b": "2"}))
    asyncio.run(kept.keep({"b": "3"}))
    assert asyncio.run(kept.all()) == {"a": "1", "b": "3"}


def test_a_table_of_thresholds_takes_the_place_of_the_one_before(data: Database) -> None:
    kept = ThresholdsKept(data)
    asyncio.run(kept.keep(thresholds("50=60", "20=30")))
    asyncio.run(kept.keep(thresholds("20.50=30", "0=5", "1000000=1")))
    assert asyncio.run(kept.all()) == thresholds("0=5", "20.50=30", "1000000=1")
    asyncio.run(kept.keep(()))
    assert asyncio.run(kept.all()) == ()
