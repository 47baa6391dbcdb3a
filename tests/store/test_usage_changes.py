import asyncio
import random
from typing import Any

import pytest

from claudetray.core.usage import Origin, Tokens, UsageQuery
from claudetray.store import usage_changes, usage_rows
from claudetray.store.database import Database
from claudetray.store.tags import TagsKept
from claudetray.store.usage import UsageKept
from tests.store.calls import TAGS, a_call, any_call, check


@pytest.mark.parametrize("seed", range(12))
def test_whatever_changes_rollups_search_and_count_follow(data: Database, seed: int) -> None:
    chance = random.Random(seed)
    kept, tags = UsageKept(data), TagsKept(data)

    async def some(most: int) -> list[int]:
        found = [record.id or 0 for record in await kept.to_retag(0, 10_000)]
        return chance.sample(found, min(len(found), chance.randrange(1, most)))

    async def step(number: int) -> None:
        match chance.randrange(8):
            case 0 | 1 | 2:
                keys = [f"{number}-{chance.randrange(20)}" for _ in range(30)]  # some of them twice
                await kept.add([any_call(chance, key) for key in keys])
            case 3:
                await kept.delete(await some(20))
            case 4:
                await kept.set_rule_tags(
                    [(id, frozenset(chance.sample(TAGS, chance.randrange(3)))) for id in await some(20)]
                )
            case 5:
                await kept.reprice(
                    [
                        (id, chance.choice((None, chance.randrange(10**12))), chance.random() < 0.5, ("fast",), "v2")
                        for id in await some(20)
                    ]
                )
            case 6:
                for id in await some(3):
                    await kept.tag(id, chance.sample(TAGS, 1), chance.sample(TAGS, 1))
            case 7:
                known = await tags.all()
                if known and chance.random() < 0.3:
                    await tags.delete(chance.choice(known).id or 0)
                await kept.delete(UsageQuery(origin=Origin.MANUAL, session="s1"))

    async def work() -> None:
        for number in range(25):
            await step(number)
            await data.run(lambda: check(data))

    asyncio.run(work())


def test_a_call_that_was_delivered_twice_costs_and_counts_once(data: Database) -> None:
    both: dict[str, Any] = {"request_id": "req_1", "message_id": "msg_1"}

    async def work() -> None:
        kept = UsageKept(data)
        first, second = await kept.add([a_call("a", **both), a_call("b", **both, usage="{}")])
        (third,) = await kept.add([a_call("c", **both, flags=("fast",))])
        (other,) = await kept.add([a_call("d", **both, tokens=Tokens(input=10, output=21))])
        (unpriced,) = await kept.add([a_call("e", **both, cost_pico=None)])
        assert first
        assert second
        assert third
        assert other
        assert unpriced
        assert [one.flags for one in (first, second, third, other)] == [(), ("duplicate",), ("fast", "duplicate"), ()]
        assert [one.cost_pico for one in (first, second, third, unpriced)] == [10**12, 0, 0, None]
        sums = await kept.today(first.started_at.replace(minute=0))
        assert (sums.calls, sums.input_tokens, sums.cost_pico) == (5, 20, 2 * 10**12)
        await kept.reprice([(second.id or 0, 5, False, (), "v2")])
        again = await kept.one(second.id or 0)
        assert again is not None
        assert (again.cost_pico, again.flags, again.prices) == (0, ("duplicate",), "v2")

    asyncio.run(work())


@pytest.mark.parametrize(
    "other", [{"model": "claude-haiku-4-5"}, {"request_id": "req_2"}, {"message_id": "msg_2"}, {"message_id": None}]
)
def test_calls_that_differ_are_not_one_call(data: Database, other: dict[str, Any]) -> None:
    both: dict[str, Any] = {"request_id": "req_1", "message_id": "msg_1"}
    kept = asyncio.run(UsageKept(data).add([a_call("a", **both), a_call("b", **both | other)]))
    assert [one and one.flags for one in kept] == [(), ()]


def test_a_call_that_does_not_say_it_read_nothing_is_the_one_that_does(data: Database) -> None:
    both: dict[str, Any] = {"request_id": "req_1", "message_id": "msg_1"}
    streamed = a_call("b", **both, tokens=Tokens(input=10, output=20, cache_read=0), usage="{}", streaming=True)
    kept = asyncio.run(UsageKept(data).add([a_call("a", **both), streamed]))
    assert [one and one.flags for one in kept] == [(), ("duplicate",)]


def test_rules_take_back_what_they_gave_and_nothing_else(data: Database) -> None:
    async def tags_of(kept: UsageKept, id: int) -> tuple[str, ...]:
        record = await kept.one(id)
        assert record is not None
        return record.tags

    async def work() -> None:
        kept = UsageKept(data)
        # Rules gave `coding`; a header or a person gave `own`.
        (record,) = await kept.add([a_call(tags=("coding", "own"), ruled=("coding",))])
        assert record is not None
        id = record.id or 0
        await kept.tag(id, add=["research"])
        assert await tags_of(kept, id) == ("coding", "own", "research")
        assert await kept.set_rule_tags([(id, frozenset({"writing"}))]) == 1
        assert await tags_of(kept, id) == ("own", "research", "writing")
        assert await kept.set_rule_tags([(id, frozenset({"writing", "own"})), (999, frozenset({"own"}))]) == 0
        await kept.tag(id, remove=["OWN"])
        assert await tags_of(kept, id) == ("research", "writing")
        assert await kept.tag(999, add=["own"]) is None

    asyncio.run(work())


def test_a_tag_that_has_rules_but_came_from_elsewhere_is_not_taken_back(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        calls = [a_call("a", tags=("coding", "Batch", "batch"), ruled=("coding", "batch"))]
        (record,) = await kept.add([*calls])
        assert record is not None
        assert (record.tags, record.ruled) == (("batch", "coding"), ("coding",))
        read = await kept.one(record.id or 0)
        assert read is not None
        assert (read.tags, read.ruled) == (record.tags, record.ruled)
        await kept.set_rule_tags([(record.id or 0, frozenset())])
        (left,) = await kept.latest()
        assert left.tags == ("batch",)

    asyncio.run(work())


def test_a_tag_that_was_deleted_does_not_come_back_by_its_rules(data: Database) -> None:
    async def work() -> None:
        kept, tags = UsageKept(data), TagsKept(data)
        coding = next(tag for tag in await tags.all() if tag.name == "coding")
        await tags.delete(coding.id or 0)
        (record,) = await kept.add([a_call(tags=("coding", "own"), ruled=("coding",))])
        assert record is not None
        assert (record.tags, record.ruled) == (("own",), ())
        assert await kept.set_rule_tags([(record.id or 0, frozenset({"coding"}))]) == 0
        assert "coding" not in {tag.name for tag in await tags.all()}
        (again,) = await kept.add([a_call("b", tags=("coding",))])  # somebody says so
        assert again is not None
        assert again.tags == ("coding",)

    asyncio.run(work())


def test_calls_make_a_bounded_number_of_tags(data: Database) -> None:
    async def work() -> None:
        kept, tags = UsageKept(data), TagsKept(data)
        ruled = len(await tags.all())
        await kept.add([a_call(f"{n}", tags=(f"t{n}",)) for n in range(150)])
        (late,) = await kept.add([a_call("late", tags=("coding", "t7", "t149"))])
        assert late is not None
        assert late.tags == ("coding", "t7")
        assert len(await tags.all()) == ruled + 100
        tagged = await kept.tag(late.id or 0, add=["by hand"])
        assert tagged is not None
        assert tagged.tags == ("by hand", "coding", "t7")

    asyncio.run(work())


def test_a_number_is_never_given_twice(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([a_call("a"), a_call("b")])
        await kept.delete([2, 1])
        (third,) = await kept.add([a_call("c")])
        assert third is not None
        assert third.id == 3

    asyncio.run(work())


@pytest.mark.parametrize("cost", [usage_rows.MOST_COST_PICO + 1, 10**30, -1])
def test_a_price_beyond_any_there_is_fails_no_other(data: Database, cost: int) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([a_call("a"), a_call("b")])
        assert await kept.reprice([(1, cost, True, ("fast",), "v2"), (2, 7, False, (), "v2")]) == 2
        odd, other = await kept.to_retag(0, 2)
        assert (odd.cost_pico, odd.estimated, odd.flags, odd.prices) == (None, False, ("fast", "odd_usage"), "v2")
        assert other.cost_pico == 7
        assert await kept.reprice([(1, cost, True, ("fast", "odd_usage"), "v2")]) == 0
        await data.run(lambda: check(data))

    asyncio.run(work())


def test_a_price_that_is_the_same_is_no_change(data: Database) -> None:
    async def work() -> None:
        kept = UsageKept(data)
        (record,) = await kept.add([a_call()])
        assert record is not None
        same = (record.id or 0, record.cost_pico, record.estimated, record.flags, "v2")
        assert await kept.reprice([same, (999, 1, False, (), "v2")]) == 0
        again = await kept.one(record.id or 0)
        assert again is not None
        assert again.prices == "v2"

    asyncio.run(work())


def test_of_the_same_key_the_first_is_kept(data: Database) -> None:
    calls = [a_call("a", model="one"), a_call("a", model="two"), a_call("b")]
    kept = asyncio.run(data.run(lambda: usage_changes.add(calls)))
    assert [record and record.model for record in kept] == ["one", None, "claude-opus-4-6"]
    assert asyncio.run(data.run(lambda: usage_changes.add(calls))) == (None, None, None)
    assert asyncio.run(data.run(lambda: usage_changes.add([]))) == ()
