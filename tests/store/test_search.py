import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claudetray.core.tag import Tag
from claudetray.core.usage import CallError, CallState, UsageQuery
from claudetray.store import search
from claudetray.store.database import Database
from claudetray.store.tags import TagsKept
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import a_call, check

EVERYTHING = a_call(
    "a",
    path="/v1/messages",
    model="claude-opus-4-6",
    requested_model="claude-latest",
    client="claude-cli/2.0 (external)",
    stop_reason="max_tokens",
    state=CallState.FAILED,
    error=CallError(kind="rate_limit_error", message="Your Größe exceeded the limit"),
    tools=("Bash", "str_replace"),
    session="sess-77",
    project="/home/me/straw",
    request_id="req_011CSHoE",
    message_id="msg_01XYZ",
    flags=("us_residency",),
    tags=("deep work",),
)


def found(data: Database, text: str) -> list[str]:
    page = asyncio.run(UsageKept(data).page(UsageQuery(search=text)))
    return [record.key for record in page.items]


@pytest.fixture
def kept(data: Database) -> Database:
    asyncio.run(UsageKept(data).add([EVERYTHING, a_call("b", model="claude-haiku-4-5", client="curl")]))
    return data


@pytest.mark.parametrize(
    "text",
    [
        *("messages opus", "OPUS", "claude-opus-4-6", "latest", "external", "max_tokens", "tokens max", "exceeded"),
        *("rate_limit_error", "größe", "grö*", "groß*", "bash", "str_replace", "sess-77", "straw", "req_011cshoe"),
        *("msg_01XYZ", "us_residency", '"deep work"', "work deep", "dee*", '"deep wor"*', "exce*", "excee* lim*"),
        *("claude-o*", "req_011C*", "extern*", "- opus !", '"exceeded the limit"'),
    ],
)
def test_a_call_is_found_by(kept: Database, text: str) -> None:
    assert found(kept, text) == ["a"]


@pytest.mark.parametrize(
    "text",
    ["opu", "opus haiku", '"opus claude"', '"limit exceeded"', "opus NOT bash", "work*s", "deep works", "excees*"],
)
def test_a_call_is_not_found_by(kept: Database, text: str) -> None:
    assert "a" not in found(kept, text)


def test_what_has_no_letters_is_no_search(kept: Database) -> None:
    assert found(kept, "!? *") == ["b", "a"]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters() | st.sampled_from('"*^:(){}+-,\\\0 AND NOT OR NEAR'), max_size=60))
def test_nothing_that_is_typed_is_an_error(kept: Database, text: str) -> None:
    found(kept, text)


def test_very_many_words_are_no_error(kept: Database) -> None:
    assert found(kept, "opus " * 5000) == ["a"]
    assert found(kept, "opus* " * 5000) == ["a"]


def test_a_tag_under_another_name_is_found_by_that(kept: Database) -> None:
    async def rename() -> None:
        tags = TagsKept(kept)
        tag = next(tag for tag in await tags.all() if tag.name == "deep work")
        await tags.change(Tag(id=tag.id, name="shallow", color=tag.color))

    asyncio.run(rename())
    assert found(kept, "shallow") == ["a"]
    assert found(kept, '"deep work"') == []


def test_a_beginning_of_very_many_words_is_found_all_the_same(data: Database) -> None:
    calls = [a_call(f"{n}", session=f"prefixed{n:03d}") for n in range(100)]
    asyncio.run(UsageKept(data).add(calls))
    assert len(found(data, "prefixed*")) == 50
    assert found(data, "prefixed07*") == [f"{n}" for n in range(79, 69, -1)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 900), st.integers(0, 900), st.integers(-5, 905))
def test_days_and_months_cover_a_range_whole(since: int, until: int, day: int) -> None:
    first, last = NOW - timedelta(days=900), NOW
    start, end = first + timedelta(days=since), first + timedelta(days=until)
    marks = search._cover(start, end, first, last)
    at = first + timedelta(days=min(max(day, 0), 900))
    if start <= at < end and marks:
        assert f"d{at:%Y%m%d}" in marks or f"m{at:%Y%m}" in marks
    if marks and marks != ["never"]:
        assert all(
            (start - timedelta(days=1)).date()
            <= datetime.strptime(mark, "d%Y%m%d").replace(tzinfo=UTC).date()
            <= end.date()
            for mark in marks
            if mark.startswith("d")
        )


def test_forgotten_and_learned_again(kept: Database) -> None:
    def forget() -> None:
        search.forget([1])

    asyncio.run(kept.run(forget))
    assert found(kept, "opus") == []
    asyncio.run(kept.run(lambda: search.learn([1])))
    assert found(kept, "opus") == ["a"]
    asyncio.run(kept.run(lambda: check(kept)))
