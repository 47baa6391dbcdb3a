import asyncio
from collections.abc import Mapping
from datetime import timedelta

from claudetray.core.alerting import News
from claudetray.store.alerts import AlertsKept
from claudetray.store.database import Database
from claudetray.store.said import FORGOTTEN_AFTER, SaidKept
from tests.builders import NOW, an_alert, routes


def once(said: Mapping[str, str]) -> list[News]:
    return [] if "spike" in said else [News("spike", "2026-11-21", an_alert("a spike"))]


def told(data: Database) -> list[str]:
    return [alert.title for alert, _ in asyncio.run(AlertsKept(data).latest())]


def test_news_are_said_and_remembered_in_one_go(data: Database) -> None:
    kept = SaidKept(data)
    for _ in range(3):
        asyncio.run(kept.say(None, once, routes("slack"), NOW))
    assert told(data) == ["a spike"]


def test_two_processes_that_find_the_same_news_say_it_once(data: Database) -> None:
    """Both have read before either has written."""

    async def both() -> None:
        kept = SaidKept(data)
        await asyncio.gather(*(kept.say(None, once, routes("slack"), NOW) for _ in range(8)))

    asyncio.run(both())
    assert told(data) == ["a spike"]


def test_what_is_to_be_forgotten_is(data: Database) -> None:
    kept = SaidKept(data)
    asyncio.run(kept.say(None, once, routes(), NOW))
    asyncio.run(kept.say(None, lambda said: [News("spike", None)], routes(), NOW))
    asyncio.run(kept.say(None, once, routes(), NOW))
    assert told(data) == ["a spike", "a spike"]


def test_what_no_occasion_is_left_of_goes_by_itself(data: Database) -> None:
    kept = SaidKept(data)
    asyncio.run(kept.say(None, once, routes(), NOW))
    later = NOW + FORGOTTEN_AFTER + timedelta(days=1)
    asyncio.run(kept.say(None, lambda said: [News("daily_summary", "x")], routes(), later))
    seen: list[Mapping[str, str]] = []
    asyncio.run(kept.say(None, lambda said: seen.append(said) or [], routes(), later))  # type: ignore[func-returns-value]
    assert seen == [{"daily_summary": "x"}]
