import asyncio
import random
from collections import defaultdict
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claudetray.core.analytics import AnalyticsQuery, Day, Sums
from claudetray.core.errors import QueryRefused
from claudetray.core.usage import REAL, Origin, UsageRecord
from claudetray.store.analytics import AnalyticsKept
from claudetray.store.database import Database
from claudetray.store.statements import change
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import CLIENTS, MODELS, a_call, addends, any_call

BERLIN, NEW_YORK, KOLKATA = (ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Kolkata"))
CHOICES: dict[str, tuple[Any, ...]] = {
    "model": (*MODELS[:3], "none such"),
    "client": CLIENTS[:2],
    "tag": ("coding", "CODING", "nobody's"),
    "origin": tuple(Origin),
}


def summed(records: list[UsageRecord]) -> Sums:
    return sum((Sums(**addends(record)) for record in records), Sums())


def fits(query: AnalyticsQuery, record: UsageRecord) -> bool:
    hour = record.started_at.replace(minute=0, second=0, microsecond=0)
    return (
        query.since <= hour < query.until
        and query.model in (None, record.model)
        and query.client in (None, record.client)
        and (query.tag is None or query.tag.casefold() in record.tags)
        and (record.origin in REAL if query.origin is None else record.origin is query.origin)
    )


def grouped(records: list[UsageRecord], names: Any) -> dict[Any, Sums]:
    groups = defaultdict(list)
    for record in records:
        for name in names(record):
            groups[name].append(record)
    return {name: summed(group) for name, group in groups.items()}


def test_every_field_of_a_query_is_asked_for() -> None:
    assert {*CHOICES, "since", "until"} == {field.name for field in fields(AnalyticsQuery)}


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_what_the_calls_sum_up_to(data: Database, seed: int) -> None:
    chance = random.Random(seed)

    async def work() -> None:
        kept, analytics = UsageKept(data), AnalyticsKept(data)
        calls = [any_call(chance, f"{n}", days=6) for n in range(300)]
        records = [record for record in await kept.add(calls) if record]
        hour = NOW.replace(minute=0)
        for _ in range(40):
            start, length = chance.randrange(-10, 150), chance.randrange(0, 160)
            chosen = {name: chance.choice(CHOICES[name]) for name in chance.sample(list(CHOICES), chance.randrange(4))}
            since = hour - timedelta(hours=start)
            query = AnalyticsQuery(since=since, until=since + timedelta(hours=length), **chosen)
            inside = [record for record in records if fits(query, record)]
            assert await analytics.summary(query) == summed(inside), query
            tag = query.tag and query.tag.casefold()
            tags = partial(lambda tag, r: [tag] if tag else r.tags or (None,), tag)
            for answer, names in (
                (await analytics.by_model(query), lambda r: [r.model]),
                (await analytics.by_client(query), lambda r: [r.client]),
                (await analytics.by_tag(query), tags),
            ):
                assert {share.name: share.sums for share in answer} == grouped(inside, names), query
                assert [s.sums.cost_pico for s in answer] == sorted((s.sums.cost_pico for s in answer), reverse=True)
            for tz in (BERLIN, NEW_YORK, KOLKATA):
                local = lambda r, tz=tz: r.started_at.replace(minute=0, second=0, microsecond=0).astimezone(tz)  # noqa: E731
                days = {day.date: day.sums for day in await analytics.daily(query, tz)}
                assert {date: sums for date, sums in days.items() if sums.calls} == grouped(
                    inside, lambda r, local=local: [local(r).date()]
                )
                cells = {(cell.weekday, cell.hour): cell.sums for cell in await analytics.heatmap(query, tz)}
                assert len(cells) == 168
                assert {cell: sums for cell, sums in cells.items() if sums.calls} == grouped(
                    inside, lambda r, local=local: [(local(r).weekday(), local(r).hour)]
                )

    asyncio.run(work())


@pytest.mark.parametrize(
    ("tz", "first", "hours"),
    [
        (BERLIN, date(2026, 3, 28), (24, 23, 24)),
        (BERLIN, date(2026, 10, 24), (24, 25, 24)),
        (NEW_YORK, date(2026, 3, 7), (24, 23, 24)),
        (NEW_YORK, date(2026, 10, 31), (24, 25, 24)),
        (ZoneInfo("Australia/Lord_Howe"), date(2026, 4, 4), (24, 25, 24)),  # the day is half an hour longer
    ],
    ids=str,
)  # fmt: skip
def test_a_day_on_which_clocks_change_has_its_own_hours(
    data: Database, tz: ZoneInfo, first: date, hours: tuple[int, ...]
) -> None:
    start, end = (datetime.combine(first + timedelta(days=days), time(), tz) for days in (0, 3))

    async def work() -> None:
        hour, calls = start.astimezone(UTC).replace(minute=0), []
        while hour < end.astimezone(UTC):
            calls.append(a_call(f"{hour}", hour + timedelta(minutes=59)))
            hour += timedelta(hours=1)
        await UsageKept(data).add(calls)
        query = AnalyticsQuery(since=start, until=end)
        days = await AnalyticsKept(data).daily(query, tz)
        assert [day.date for day in days] == [first + timedelta(days=n) for n in range(3)]
        assert tuple(day.sums.calls for day in days) == hours

    asyncio.run(work())


def test_days_without_calls_are_there(data: Database) -> None:
    query = AnalyticsQuery(since=NOW - timedelta(days=2), until=NOW)
    days = asyncio.run(AnalyticsKept(data).daily(query, BERLIN))
    assert days == tuple(Day(date=(NOW - timedelta(days=n)).date(), sums=Sums()) for n in (2, 1, 0))
    assert asyncio.run(AnalyticsKept(data).daily(AnalyticsQuery(since=NOW, until=NOW), BERLIN)) == ()


def test_half_a_character_is_refused(data: Database) -> None:
    with pytest.raises(QueryRefused):
        asyncio.run(AnalyticsKept(data).by_tag(AnalyticsQuery(since=NOW, until=NOW, model="\ud800")))


def test_whole_days_are_read_as_days(data: Database) -> None:
    """A year of the hours of many models would be too many rows."""
    asyncio.run(UsageKept(data).add([a_call(f"{n}", NOW - timedelta(days=n)) for n in range(30)]))
    noon = (NOW - timedelta(days=20)).replace(hour=12)
    asyncio.run(data.run(lambda: change("DELETE FROM rollup WHERE grain < 4")))  # nothing by the hour any more
    assert asyncio.run(AnalyticsKept(data).summary(AnalyticsQuery(since=noon, until=NOW.replace(hour=8)))).calls == 19
