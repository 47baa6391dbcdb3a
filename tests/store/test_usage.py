import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from claudetray.core.errors import QueryRefused
from claudetray.core.usage import CallError, CallState, Origin, Tokens, UsageQuery, UsageRecord
from claudetray.store.database import Database
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import a_call

FULL = UsageRecord(
    key="full",
    origin=Origin.PROXY,
    state=CallState.FAILED,
    started_at=NOW,
    duration=timedelta(seconds=2, milliseconds=5),
    first_token_after=timedelta(milliseconds=350),
    method="GET",
    path="/v1/models",
    status=529,
    streaming=True,
    model="claude-opus-4-6",
    requested_model="claude-opus-latest",
    tokens=Tokens(input=1, output=2, cache_read=3, cache_write_5m=4, cache_write_1h=5),
    usage='{"input_tokens":1}',
    cost_pico=123_456_789_012,
    estimated=True,
    flags=("fast", "us_residency"),
    stop_reason="end_turn",
    request_id="req_1",
    message_id="msg_1",
    client="claude-cli/2.0",
    key_fingerprint="a1b2",
    session="s",
    project="/home/me/straße",
    tools=("Bash", "Größe"),
    headers={"anthropic-ratelimit-requests-limit": "50", "retry-after": "3"},
    tags=("coding", "Eigenes"),
    error=CallError(kind="overloaded_error", message="Overloaded"),
    prices="2026-11-01",
)


BARE = UsageRecord(key="x", origin=Origin.MANUAL, state=CallState.COMPLETE, started_at=NOW)


@pytest.mark.parametrize("record", [FULL, a_call(), BARE], ids=["full", "usual", "bare"])
def test_a_record_comes_back_as_it_was(data: Database, record: UsageRecord) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        (added,) = await kept.add([record])
        assert added == replace(record, id=1)
        assert await kept.one(1) == added
        assert await kept.latest(5) == (added,)

    asyncio.run(work())


def test_times_are_kept_to_the_millisecond(data: Database) -> None:
    call = a_call(at=NOW + timedelta(microseconds=1999), duration=timedelta(microseconds=2500))

    async def work() -> None:
        kept = UsageKept(data)
        (added,) = await kept.add([call])
        assert added is not None
        assert added.started_at == NOW + timedelta(milliseconds=1)
        assert added.duration == timedelta(milliseconds=2)
        assert await kept.one(1) == added

    asyncio.run(work())


def test_what_sqlite_cannot_hold_is_left_out_and_the_rest_is_kept(data: Database) -> None:
    odd = a_call("odd\ud800", model="half\udfff", cost_pico=10**20, tokens=Tokens(input=10**30, output=3))

    async def work() -> None:
        kept = UsageKept(data)
        first, second = await kept.add([odd, a_call("b")])
        assert first is not None
        assert second is not None
        assert (first.model, first.cost_pico, first.tokens) == ("half?", None, Tokens(output=3))
        assert await kept.one(first.id or 0) == first

    asyncio.run(work())


def pages(kept: UsageKept, query: UsageQuery, limit: int) -> list[list[str]]:
    async def work() -> list[list[str]]:
        found, cursor = [], None
        while True:
            page = await kept.page(query, cursor, limit)
            found.append([record.key for record in page.items])
            await kept.add([a_call(f"new-{len(found)}", NOW + timedelta(days=1), tags=("coding",))])
            if (cursor := page.next_cursor) is None:
                return found

    return asyncio.run(work())


@pytest.mark.parametrize("query", [UsageQuery(), UsageQuery(model="claude-opus-4-6"), UsageQuery(tag="coding")])
def test_pages_go_from_new_to_old_and_stay_put_while_calls_are_added(data: Database, query: UsageQuery) -> None:
    kept = UsageKept(data)
    ages = (5, 3, 3, 3, 1, 4)  # three that began at once
    asyncio.run(kept.add([a_call(f"{n}", NOW - timedelta(hours=age), tags=("coding",)) for n, age in enumerate(ages)]))
    assert pages(kept, query, 2) == [["4", "3"], ["2", "1"], ["5", "0"]]


def test_a_search_goes_by_when_calls_were_kept(data: Database) -> None:
    kept = UsageKept(data)
    asyncio.run(kept.add([a_call(f"{n}", NOW + timedelta(hours=n % 3)) for n in range(5)]))
    assert pages(kept, UsageQuery(search="opus"), 2) == [["4", "3"], ["2", "1"], ["0"]]


@pytest.mark.parametrize("cursor", ["", "x", "§", "dDoxOjI", "czoxOjI", "a" * 5000, "dDoxOjk5OTk5OTk5OTk5OTk5OTk5OTk"])
def test_a_cursor_of_somebody_else_is_refused(data: Database, cursor: str) -> None:
    kept = UsageKept(data)
    own = UsageQuery(search="opus") if cursor == "dDoxOjI" else UsageQuery()
    with pytest.raises(QueryRefused):
        asyncio.run(kept.page(own, cursor))


def test_an_export_has_each_call_once_oldest_first(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([a_call(f"{n}", NOW - timedelta(minutes=n // 3)) for n in range(20)])
        found = []
        async for some in kept.stream(UsageQuery(), 3):
            found += [record.key for record in some]
            await kept.add([a_call(f"late-{len(found)}", NOW + timedelta(days=1))])
        assert found == [f"{n}" for n in sorted(range(20), key=lambda n: (-(n // 3), n))]
        searched = [record.key async for some in kept.stream(UsageQuery(search="opus"), 7) for record in some]
        assert len(searched) == len(set(searched)) == 27

    asyncio.run(work())


def test_deleted_by_a_query_or_by_number(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([a_call(f"{n}", model="old" if n % 2 else "new") for n in range(2500)])
        assert await kept.delete(UsageQuery(model="old")) == 1250
        assert await kept.delete([1, 3, 2, 2, 9999]) == 2
        assert await kept.delete(UsageQuery(tag="nobody's")) == 0
        assert await kept.count() == 1248
        assert (await kept.today(NOW.replace(minute=0))).calls == 1248

    asyncio.run(work())


def test_today_is_the_real_calls_of_the_hours_that_began_since(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([a_call("a", NOW), a_call("b", NOW - timedelta(hours=2)), a_call("c", NOW + timedelta(hours=1))])
        await kept.add([a_call("d", NOW, origin=Origin.SIMULATED), a_call("e", NOW, origin=Origin.MANUAL)])
        assert (await kept.today(NOW.replace(minute=0))).calls == 3
        assert (await kept.today(NOW)).calls == 1  # the hour of 9:00 had begun before 9:30
        assert (await kept.today(NOW + timedelta(days=1))).calls == 0

    asyncio.run(work())


def test_unpriced_models_are_listed_by_their_calls(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        models = ("rare", "often", "often", None, "priced")
        costs = (None, None, None, None, 1)
        await kept.add(
            [
                a_call(f"{n}", model=model, cost_pico=cost)
                for n, (model, cost) in enumerate(zip(models, costs, strict=True))
            ]
        )
        assert await kept.unpriced_models() == (("often", 2), ("rare", 1))

    asyncio.run(work())


def test_all_records_are_gone_through_by_number(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([a_call(f"{n}", usage="{}" if n % 2 else None) for n in range(7)])
        first = await kept.to_retag(0, 4)
        second = await kept.to_retag(first[-1].id or 0, 4)
        assert [record.key for record in (*first, *second)] == [f"{n}" for n in range(7)]
        assert await kept.to_retag(second[-1].id or 0, 4) == ()
        assert [record.key for record in await kept.to_reprice(0, 10)] == ["1", "3", "5"]

    asyncio.run(work())
