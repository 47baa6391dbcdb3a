import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.errors import QueryRefused
from claudetray.core.tag import Field, Tag, TagRule
from claudetray.core.usage import CallState, Origin, Tokens, UsageRecord
from claudetray.services import importing
from claudetray.services.importing import Imported, RowRefused, guarded
from claudetray.store.database import Database
from tests.answers import AT, COST, OPUS, USAGE, table
from tests.builders import a_price
from tests.services.test_usage_desk import Shop, live

ROW = {"model": OPUS, "started_at": "2026-11-15T00:00:00Z", "input_tokens": 10, "output_tokens": 2}
EARLIER = """id,request_id,model,input_tokens,output_tokens,cost_usd,source,created_at
1,req_1,claude-opus-5,10,2,0.9,proxy,2026-11-15 08:00:00
2,,claude-opus-5,10,2,0.9,manual,2026-11-15T08:00:00+02:00
3,req_3,gpt-5,10,2,0.25,simulated,2026-11-15T08:00:00Z
4,req_4,gpt-6,10,2,0,proxy,2026-11-15T08:00:00.123456Z
"""


def one(row: Any) -> UsageRecord:
    return importing.record(row, table())


def test_csv_of_an_earlier_tool_is_understood(data: Database) -> None:
    async def work(shop: Shop) -> None:
        assert await importing.imported(shop.desk, EARLIER) == Imported(added=4, known=0, refused=())
        known, by_hand, simulated, free = sorted(await shop.records(), key=lambda record: record.cost_pico or 0)[1:] + [
            record for record in await shop.records() if record.model == "gpt-6"
        ]
        assert (known.cost_pico, by_hand.cost_pico) == (100_000_000, 100_000_000)  # our prices, not theirs
        assert {known.request_id, by_hand.request_id} == {"req_1", None}
        assert {known.origin, by_hand.origin} == {Origin.IMPORT}
        assert {known.started_at, by_hand.started_at} == {
            datetime(2026, 11, 15, 8, tzinfo=UTC),
            datetime(2026, 11, 15, 6, tzinfo=UTC),
        }
        assert (simulated.origin, simulated.cost_pico, simulated.estimated) == (
            Origin.SIMULATED,
            250_000_000_000,
            True,
        )
        assert free.cost_pico is None  # where no rate is known, $0 is no price

    live(data, work)


def test_brought_in_again_it_changes_nothing(data: Database) -> None:
    async def work(shop: Shop) -> None:
        for text in (EARLIER, json.dumps([ROW]), json.dumps(ROW)):
            first = await importing.imported(shop.desk, text)
            before = await shop.records()
            again = await importing.imported(shop.desk, text)
            assert (again.added, again.known) == (0, first.added + first.known)
            assert await shop.records() == before

    live(data, work)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([ROW, ROW | {"id": 2}]),
        json.dumps({"items": [ROW, ROW | {"id": 2}], "next_cursor": None}),
        json.dumps({"rows": [ROW, ROW | {"id": 2}]}),
        f"{json.dumps(ROW)}\n\n{json.dumps(ROW | {'id': 2})}\r\n",
        "\ufeffmodel,started_at,input_tokens,output_tokens,id\r\n"
        "claude-opus-5,2026-11-15T00:00:00Z,10,2,\r\nclaude-opus-5,2026-11-15T00:00:00Z,10.0, 2 ,2\r\n",
    ],
    ids=["array", "items", "rows", "lines", "csv"],
)
def test_every_form_is_read(text: str) -> None:
    records = [one(row) for row in importing.rows(text)]
    assert [(record.model, record.tokens, record.cost_pico) for record in records] == [
        (OPUS, Tokens(input=10, output=2), 100_000_000)
    ] * 2
    assert len({record.key for record in records}) == 2


def test_a_line_of_json_may_hold_any_character() -> None:
    """U+2028 and U+0085 end no line of JSON lines."""
    rows = [ROW | {"client": f"a{odd}b"} for odd in ("\u2028", "\u0085", "\x0b", "\x1c")]
    text = "\n".join(json.dumps(row, ensure_ascii=False).replace("\\u000b", "\x0b") for row in rows[:2])
    assert [row["client"] for row in importing.rows(text)] == ["a\u2028b", "a\u0085b"]


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"prompt_tokens": 7}, {"input": 7}),
        ({"inputTokens": 7, "outputTokens": 8}, {"input": 7, "output": 8}),
        ({"completion_tokens": 8}, {"output": 8}),
        ({"cache_read_input_tokens": 9}, {"cache_read": 9}),
        ({"cacheReadTokens": 9, "cacheCreationTokens": 6}, {"cache_read": 9, "cache_write_5m": 6}),
        ({"cache_creation_input_tokens": 6}, {"cache_write_5m": 6}),
        ({"cache_write_1h_tokens": "5"}, {"cache_write_1h": 5}),
    ],
)
def test_other_names_for_the_same_counts(more: dict[str, Any], names: dict[str, int]) -> None:
    assert one({"model": OPUS, "time": 1_763_164_800} | more).tokens == Tokens(**names)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-15", AT),
        ("2026-11-15T01:00:00+01:00", AT),
        (" 2026-11-15 00:00:00 ", AT),
        (int(AT.timestamp()), AT),
        (int(AT.timestamp()) * 1000, AT),
    ],
)
def test_times_are_read_as_they_come(written: object, at: datetime) -> None:
    assert one(ROW | {"started_at": written}).started_at == at


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (5, "A row is an object"),
        (None, "A row is an object"),
        ([], "A row is an object"),
        ({"started_at": "2026-11-15"}, "names no model"),
        ({"model": 5, "started_at": "2026-11-15"}, "names no model"),
        ({"model": OPUS}, "names no time"),
        (ROW | {"started_at": "yesterday"}, "time cannot be read"),
        (ROW | {"started_at": 10**30}, "time cannot be read"),
        (ROW | {"started_at": "0001-01-01T00:00:00+23:00"}, "time cannot be read"),
        (ROW | {"started_at": "1969-12-31"}, "out of range"),
        (ROW | {"input_tokens": -1}, "`input_tokens` is not a whole number"),
        (ROW | {"input_tokens": "many"}, "`input_tokens` is not a whole number"),
        (ROW | {"output_tokens": 1.5}, "`output_tokens` is not a whole number"),
        (ROW | {"output_tokens": True}, "`output_tokens` is not a whole number"),
        (ROW | {"output_tokens": 10**13}, "`output_tokens` is not a whole number"),
        (ROW | {"output_tokens": "٣"}, "`output_tokens` is not a whole number"),
        (ROW | {"duration_ms": "long"}, "`duration_ms` is not a whole number"),
        (ROW | {"model": "gpt-5", "cost_usd": "a lot"}, "cost is not a number"),
        (ROW | {"model": "gpt-5", "cost_usd": "NaN"}, "out of range"),
        (ROW | {"model": "gpt-5", "cost_usd": -1}, "out of range"),
        (ROW | {"model": "gpt-5", "cost_usd": "1e30"}, "out of range"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        one(row)


def test_rows_that_are_refused_are_named_and_the_others_are_kept(data: Database) -> None:
    async def work(shop: Shop) -> None:
        lines = [json.dumps(ROW), "{broken", json.dumps({"model": OPUS}), json.dumps(ROW | {"id": 2})]
        found = await importing.imported(shop.desk, "\n".join(lines))
        assert (found.added, [row.row for row in found.refused]) == (2, [2, 3])
        csv = (
            "model,started_at,input_tokens\nclaude-opus-5,2026-11-15,1\nclaude-opus-5,,1\nclaude-opus-5,2026-11-15,x\n"
        )
        found = await importing.imported(shop.desk, csv)
        assert found.refused == (
            RowRefused(row=2, message="The row names no time: `started_at` is needed, such as 2026-11-21T09:30:00Z."),
            RowRefused(row=3, message="`input_tokens` is not a whole number from 0 on."),
        )
        many = await importing.imported(shop.desk, json.dumps([5] * 1_000))
        assert (many.added, len(many.refused)) == (0, importing.MOST_REFUSED)

    live(data, work)


@pytest.mark.parametrize(
    "text", ["", "  \n", "hello", "a,b\n1,2\n", "{", "[1, 2", "[" * 100_000, '{"a":' * 100_000, "<html>", "\x00", "5"]
)
def test_what_is_no_list_is_refused_with_a_sentence(data: Database, text: str) -> None:
    async def work() -> None:
        shop = Shop(data)
        with pytest.raises(QueryRefused, match=r"\."):
            await importing.imported(shop.desk, text)
        assert await shop.records() == []

    asyncio.run(work())


def test_usage_of_the_api_is_priced_whole() -> None:
    for usage in (USAGE, json.dumps(USAGE)):
        assert one(ROW | {"usage": usage}).cost_pico == COST
    assert one(ROW | {"usage": "nonsense"}).cost_pico == 100_000_000


def test_a_call_that_says_nothing_of_tokens_is_not_free() -> None:
    bare = {"model": OPUS, "started_at": "2026-11-15"}
    assert one(bare).cost_pico is None
    priced = one(bare | {"cost_usd": "0.5"})
    assert (priced.cost_pico, priced.estimated, priced.flags) == (500_000_000_000, True, ("imported_cost",))
    assert one(bare | {"cost_usd": 0, "status": 529}).cost_pico == 0


def test_an_imported_cost_stays_until_there_is_a_rate(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await importing.imported(shop.desk, json.dumps([ROW | {"model": "gpt-5", "cost_usd": "0.25"}]))
        before = await shop.only()
        assert (before.cost_pico, before.estimated) == (250_000_000_000, True)
        assert (await shop.desk.reprice()).changed == 0
        assert await shop.only() == before
        await shop.own_prices.keep(a_price("gpt-5", None, "1"))
        await shop.desk.reprice()
        priced = await shop.only()
        assert (priced.cost_pico, priced.estimated, priced.flags) == (20_000_000, False, ())

    live(data, work)


def test_counted_tokens_that_are_imported_are_free() -> None:
    row = ROW | {"path": "/v1/messages/count_tokens", "usage": {"input_tokens": 10}}
    assert one(row).cost_pico == 0


@pytest.mark.parametrize("odd", [[], {}, [[]], {"a": 1}, 5, True, "\ud800", "\x00", "x" * 10_000])
@pytest.mark.parametrize(
    "field",
    [
        "state",
        "origin",
        "source",
        "tags",
        "flags",
        "tools",
        "usage",
        "error",
        "client",
        "key",
        "id",
        "path",
        "streaming",
    ],
)
def test_odd_fields_are_no_trouble(data: Database, field: str, odd: object) -> None:
    async def work(shop: Shop) -> None:
        await shop.tags.add(Tag(name="any", color="#000000", rules=(TagRule(field=Field.CLIENT, pattern="."),)))
        found = await importing.imported(shop.desk, json.dumps([ROW | {field: odd}]))
        assert (found.added, found.refused) == (1, ())
        assert (await shop.only()).state is CallState.COMPLETE

    live(data, work)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''=1", "'plain", "plain", "", "'"])
def test_no_cell_is_taken_for_a_formula_and_each_comes_back(cell: str) -> None:
    assert not guarded(cell).startswith(importing.FORMULA)
    assert importing._unguarded(guarded(cell)) == cell


@given(st.text(st.sampled_from("'=+-@\t\rab"), max_size=6))
def test_every_cell_comes_back(cell: str) -> None:
    assert not guarded(cell).startswith(importing.FORMULA)
    assert importing._unguarded(guarded(cell)) == cell


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*ROW, "key", "usage", "state", "tags", "cost_usd", "created_at"]), json_values))
def test_a_row_is_read_or_refused_and_nothing_else(row: dict[str, Any]) -> None:
    for shown in (row, ROW | row):
        try:
            record = one(json.loads(json.dumps(shown)))
        except ValueError as error:
            assert str(error).endswith((".", "Z."))  # noqa: PT017  # a sentence
        else:
            assert record.cost_pico is None or record.cost_pico >= 0


def test_every_line_end_of_csv_is_read_and_nonsense_is_refused() -> None:
    text = "model,started_at,input_tokens\rclaude-opus-5,2026-11-21T09:30:00Z,10\r"
    assert [row["model"] for row in importing.rows(text)] == ["claude-opus-5"]
    with pytest.raises(QueryRefused):
        list(importing.rows("a\rb,c\n1,2"))
