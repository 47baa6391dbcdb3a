import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from claudetray.core.analytics import AnalyticsQuery
from claudetray.core.errors import SettingRefused
from claudetray.core.tag import MOST_TAGS, STARTERS, Field, Tag, TagRule
from claudetray.core.usage import UsageQuery
from claudetray.store import tags, usage_changes
from claudetray.store.analytics import AnalyticsKept
from claudetray.store.database import Database
from claudetray.store.tags import TagsKept
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import a_call, check

T = TypeVar("T")
RULES = (TagRule(field=Field.PATH, pattern=r"^/v1/(größe|\d)"),)


def names(kept: TagsKept) -> list[str]:
    return [tag.name for tag in asyncio.run(kept.all())]


def test_the_starters_are_there(data: Database) -> None:
    kept = asyncio.run(TagsKept(data).all())
    assert {(tag.name, tag.color, tag.rules) for tag in kept} == {(tag.name, tag.color, tag.rules) for tag in STARTERS}


def test_a_tag_is_kept_changed_and_deleted(data: Database) -> None:
    kept = TagsKept(data)
    tag = asyncio.run(kept.add(Tag(name="Own", color="#000000", rules=RULES)))
    assert tag in asyncio.run(kept.all())
    changed = Tag(id=tag.id, name="own", color="#ffffff")
    assert asyncio.run(kept.change(changed))
    assert changed in asyncio.run(kept.all())
    assert asyncio.run(kept.delete(tag.id or 0))
    assert "own" not in names(kept)
    assert not asyncio.run(kept.delete(tag.id or 0))
    assert not asyncio.run(kept.change(changed))


@pytest.mark.parametrize("name", ["coding", "CODING"])
def test_no_two_tags_have_the_same_name(data: Database, name: str) -> None:
    kept = TagsKept(data)
    with pytest.raises(SettingRefused, match="already"):
        asyncio.run(kept.add(Tag(name=name, color="#000000")))
    other = next(tag for tag in asyncio.run(kept.all()) if tag.name == "batch")
    with pytest.raises(SettingRefused, match="already"):
        asyncio.run(kept.change(Tag(id=other.id, name=name, color="#000000")))


def test_a_deleted_tag_leaves_calls_sums_and_search(data: Database) -> None:
    async def work() -> None:
        usage, kept = UsageKept(data), TagsKept(data)
        await usage.add([a_call(f"{n}", tags=("own",) if n % 2 else ("own", "coding")) for n in range(2300)])
        own = next(tag for tag in await kept.all() if tag.name == "own")
        assert await kept.delete(own.id or 0)
        await data.run(lambda: check(data))
        assert (await usage.page(UsageQuery(search="own"))).items == ()
        shares = await AnalyticsKept(data).by_tag(AnalyticsQuery(since=NOW.replace(minute=0), until=NOW))
        assert {share.name: share.sums.calls for share in shares} == {None: 1150, "coding": 1150}

    asyncio.run(work())


class Busy(Database):
    """Once, right after a transaction, somebody records a call that has the tag."""

    waits = False

    async def run(self, work: Callable[[], T]) -> T:
        done = await super().run(work)
        if self.waits:
            self.waits = False
            await super().run(lambda: usage_changes.add([a_call("meanwhile", tags=("own",))]))
        return done


@pytest.mark.parametrize("calls", [0, 1, 1000, 1500])
def test_a_call_that_is_recorded_while_its_tag_is_deleted_spoils_nothing(file: Path, calls: int) -> None:
    async def work() -> None:
        own = await TagsKept(data).add(Tag(name="own", color="#000000"))
        await UsageKept(data).add([a_call(f"{n}", tags=("own",)) for n in range(calls)])
        data.waits = True
        assert await TagsKept(data).delete(own.id or 0)
        await data.run(lambda: check(data))

    data = Busy(file)
    data.open()
    with closing(data):
        asyncio.run(work())


def made(names: list[str]) -> dict[str, int]:
    tags.make(names)
    return tags.numbers(names)


def test_unknown_tags_are_made_with_a_color_but_not_without_end(data: Database) -> None:
    wanted = ["Coding", " new  one ", "", "New one", "x" * 500]
    assert asyncio.run(data.read(lambda: set(tags.numbers(wanted)))) == {"Coding"}
    found = asyncio.run(data.run(lambda: made(wanted)))
    kept = TagsKept(data)
    assert found["Coding"] == next(tag.id for tag in asyncio.run(kept.all()) if tag.name == "coding")
    assert found[" new  one "] == found["New one"]
    assert {"new one", "x" * 60} <= set(names(kept))
    assert "" not in found
    many = asyncio.run(data.run(lambda: made([f"t{n}" for n in range(500)])))
    assert len(names(kept)) == MOST_TAGS
    assert "t499" not in many
    with pytest.raises(SettingRefused, match="delete one"):
        asyncio.run(kept.add(Tag(name="one more", color="#000000")))
