import asyncio
import random
from typing import Any

import pytest

from claudetray.core.usage import Origin, UsageQuery
from claudetray.store import usage_changes
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
            await data.read(lambda: check(data))

    asyncio.run(work())


def test_a_call_that_was_delivered_twice_costs_and_counts_once(data: Database) -> None:
    both: dict[str, Any] = {"request_id": "req_1", "message_id": "msg_1", "usage": '{"input_tokens":10}'}

    async def work() -> None:
        kept = UsageKept(data)
        first, second = await kept.add([a_call("a", **both), a_call("b", **both)])
        (third,) = await kept.add([a_call("c", **both, flags=("fast",))])
        (other,) = await kept.add([a_call("d", **both | {"usage": "{}"})])
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


def test_rules_take_back_what_they_gave_and_nothing_else(data: Database) -> None:
    async def tags_of(kept: UsageKept, id: int) -> tuple[str, ...]:
        record = await kept.one(id)
        assert record is not None
        return record.tags

    async def work() -> None:
        kept = UsageKept(data)
        # `coding` has rules; nobody's rules give `own`, so a header or a person did.
        (record,) = await kept.add([a_call(tags=("coding", "own"))])
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
