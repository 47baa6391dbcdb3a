import asyncio
import random
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from claudetray.core.errors import QueryRefused
from claudetray.core.usage import CallState, Origin, UsageQuery, UsageRecord
from claudetray.store.database import Database
from claudetray.store.selection import selection
from claudetray.store.statements import rows
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import CLIENTS, MODELS, any_call

CHOICES: dict[str, tuple[Any, ...]] = {
    "search": ("opus", "cod* over*", '"claude opus"'),
    "since": (NOW - timedelta(days=2), NOW - timedelta(hours=5)),
    "until": (NOW - timedelta(days=1), NOW - timedelta(hours=4)),
    "model": (*MODELS[:3], "none such"),
    "client": CLIENTS[:2],
    "tag": ("coding", "CODING", "nobody's"),
    "origin": tuple(Origin),
    "state": tuple(CallState),
    "status": (200, 429),
    "session": ("s1",),
    "project": ("p",),
    "request_id": ("req_1", "req_5"),
    "unpriced": (True, False),
}


def wanted(query: UsageQuery, record: UsageRecord) -> bool:
    """Told in Python: what the SQL is measured by."""
    same = ("model", "client", "origin", "state", "status", "session", "project", "request_id")
    text = f"{record.model} {record.client} {record.tags} {record.error}".casefold().replace("-", " ")
    searched = {"": True, "opus": "opus" in text, '"claude opus"': "claude opus" in text}
    return (
        searched.get(query.search, "coding" in text and "overloaded" in text)
        and all(getattr(query, name) in (None, getattr(record, name)) for name in same)
        and (query.since is None or query.since <= record.started_at)
        and (query.until is None or record.started_at < query.until)
        and (query.tag is None or query.tag.casefold() in record.tags)
        and query.unpriced in (None, not record.priced)
    )


def test_every_field_of_a_query_is_asked_for() -> None:
    assert set(CHOICES) == {field.name for field in fields(UsageQuery)}


def test_any_filters_together_find_what_they_say(data: Database) -> None:
    chance = random.Random(7)

    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([any_call(chance, f"{n}") for n in range(400)])
        everything = await kept.to_retag(0, 1000)
        queries = [UsageQuery(**{name: one}) for name, choices in CHOICES.items() for one in choices]
        for _ in range(300):
            names = chance.sample(list(CHOICES), chance.randrange(2, 5))
            queries.append(UsageQuery(**{name: chance.choice(CHOICES[name]) for name in names}))
        for query in queries:
            page = await kept.page(query, None, 1000)
            order = (lambda r: r.id) if query.search else (lambda r: (r.started_at, r.id))
            expected = sorted((r for r in everything if wanted(query, r)), key=order, reverse=True)
            assert [r.key for r in page.items] == [r.key for r in expected], query

    asyncio.run(work())


def test_what_no_call_can_have_is_no_error(data: Database) -> None:
    kept = UsageKept(data)
    assert asyncio.run(kept.page(UsageQuery(status=10**30))).items == ()
    for name in ("model", "client", "tag", "session", "project", "request_id"):
        with pytest.raises(QueryRefused):
            asyncio.run(kept.page(UsageQuery(**{name: "\ud800"})))


@pytest.mark.parametrize("name", [name for name in CHOICES if name != "search"])
def test_no_single_filter_sorts_or_reads_everything(data: Database, name: str) -> None:
    def plan() -> str:
        chosen = selection(UsageQuery(**{name: CHOICES[name][0]}))
        assert chosen is not None
        order = f"{chosen.at} DESC, {chosen.id} DESC"
        sql = f"EXPLAIN QUERY PLAN SELECT u.* FROM {chosen.source} WHERE {chosen.where} ORDER BY {order} LIMIT 50"
        return " ".join(str(row[3]) for row in rows(sql, chosen.values))

    found = asyncio.run(data.read(plan))
    assert "TEMP B-TREE" not in found
    assert "INDEX usage_" in found
