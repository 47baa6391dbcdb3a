import asyncio
import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from claudetray.core.usage import CallState, Origin, Tokens, UsageQuery, UsageRecord
from claudetray.services import exporting, importing
from claudetray.services.exporting import COLUMNS, FORMATS
from claudetray.store import database
from claudetray.store.database import Database
from tests.answers import AT, COST, OPUS
from tests.builders import a_price
from tests.services.test_usage_desk import CALLS, Shop, live

# What an import keeps of a call: the rest (headers, the key's fingerprint, the error of a CSV) stays in its home.
LASTING = (
    "key",
    "state",
    "started_at",
    "duration",
    "first_token_after",
    "method",
    "path",
    "status",
    "streaming",
    "model",
    "requested_model",
    "tokens",
    "cost_pico",
    "estimated",
    "flags",
    "stop_reason",
    "request_id",
    "message_id",
    "client",
    "session",
    "project",
    "tools",
    "tags",
)
CALL = replace(
    CALLS["streamed"],
    client="=cmd|' /C calc'!A0",
    session="'=1",
    project='"quoted", and\nbroken\r\n',
    tools=("Bash", "Größe"),
    tags=("+1", "own"),
)

ALL = UsageQuery()


async def text(shop: Shop, form: str, query: UsageQuery = ALL) -> str:
    return "".join([piece async for piece in exporting.exported(shop.usage, query, form)])


def lasting(record: UsageRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in LASTING}


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_exported_is_known_when_it_comes_back(data: Database, form: str) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep(replace(one, key=name, message_id=name) for name, one in CALLS.items())
        before = await shop.records()
        found = await importing.imported(shop.desk, await text(shop, form))
        assert (found.added, found.known, found.refused) == (0, len(CALLS), ())
        assert await shop.records() == before

    live(data, work)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_exported_is_the_same_in_another_home(tmp_path: Path, form: str) -> None:
    sent: list[str] = []
    kept: list[dict[str, object]] = []

    async def here(shop: Shop) -> None:
        records = [replace(one, key=name, message_id=name) for name, one in CALLS.items()]
        await shop.desk.keep([*records, replace(CALL, key="odd", project="p"), *records[:1]])
        sent.append(await text(shop, form))
        kept.extend(lasting(one) for one in await shop.records())

    async def there(shop: Shop) -> None:
        found = await importing.imported(shop.desk, sent[0])
        assert (found.added, found.refused) == (len(CALLS) + 1, ())
        assert [lasting(one) for one in await shop.records()] == kept
        assert {one.origin for one in await shop.records()} == {Origin.IMPORT}
        assert (await shop.desk.reprice()).changed == 0

    for name, work in (("here", here), ("there", there)):
        with database.opened(tmp_path / f"{name}.db") as opened:
            live(opened, work)


def test_a_simulated_call_stays_simulated(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([replace(CALL, key="s", origin=Origin.SIMULATED)])
        sent = await text(shop, "csv")
        await shop.usage.delete([one.id for one in await shop.records() if one.id is not None])
        await importing.imported(shop.desk, sent)
        assert (await shop.only()).origin is Origin.SIMULATED

    live(data, work)


def test_no_cell_of_a_csv_is_a_formula(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([CALL])
        heading, row = csv.reader(io.StringIO(await text(shop, "csv")))
        assert tuple(heading) == COLUMNS
        assert not any(cell.startswith(importing.FORMULA) for cell in row)
        shown = dict(zip(heading, row, strict=True))
        assert (shown["cost_usd"], shown["cost_pico_usd"], shown["priced"]) == ("0.00245", str(COST), "true")

    live(data, work)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_exported_as_nothing(data: Database, form: str) -> None:
    async def work(shop: Shop) -> None:
        sent = await text(shop, form)
        assert sent == {"csv": ",".join(COLUMNS) + "\r\n", "json": "[]\n", "jsonl": ""}[form]

    live(data, work)


@pytest.mark.parametrize("form", FORMATS)
def test_many_records_come_piece_by_piece_oldest_first(
    data: Database, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 10)

    async def work(shop: Shop) -> None:
        await shop.desk.keep(
            replace(CALL, key=f"{number}", message_id=f"{number}", started_at=AT - timedelta(hours=number))
            for number in range(35)
        )
        query = UsageQuery()
        parts = [piece async for piece in exporting.exported(shop.usage, query, form)]
        assert len(parts) >= 4
        rows = list(importing.rows("".join(parts)))
        assert [row["key"] for row in rows] == [f"{number}" for number in range(34, -1, -1)]
        if form != "csv":
            json.loads("".join(parts) if form == "json" else parts[0].splitlines()[0])

    live(data, work)


def test_only_what_is_asked_for_is_exported(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep(replace(one, key=name, message_id=name) for name, one in CALLS.items())
        rows = list(importing.rows(await text(shop, "jsonl", UsageQuery(state=CallState.INTERRUPTED))))
        assert {row["state"] for row in rows} == {"interrupted"}
        assert len(rows) == 3

    live(data, work)


def test_unknown_is_an_empty_cell_and_null(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([CALLS["never answered"]])
        (row,) = csv.DictReader(io.StringIO(await text(shop, "csv")))
        assert [row[name] for name in ("status", "cost_usd", "cost_pico_usd", "input_tokens", "usage")] == [""] * 5
        (shown,) = json.loads(await text(shop, "json"))
        assert (shown["cost"], shown["priced"], shown["status"]) == (None, False, None)

    live(data, work)


def test_the_prices_of_the_new_home_count(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([CALL])
        sent = await text(shop, "json")
        await shop.usage.delete([(await shop.only()).id or 0])
        await shop.own_prices.keep(a_price(OPUS, None, "50"))
        await importing.imported(shop.desk, sent)
        assert (await shop.only()).cost_pico == 10 * COST

    live(data, work)


def test_tokens_are_columns_of_their_own(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([CALL])
        (row,) = csv.DictReader(io.StringIO(await text(shop, "csv")))
        shown = Tokens(
            input=int(row["input_tokens"]),
            output=int(row["output_tokens"]),
            cache_read=int(row["cache_read_tokens"]),
            cache_write_5m=int(row["cache_write_5m_tokens"]),
            cache_write_1h=int(row["cache_write_1h_tokens"]),
        )
        assert shown == CALL.tokens

    live(data, work)


def test_the_store_is_not_held_while_nobody_reads_on(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([CALL])
        going = exporting.exported(shop.usage, UsageQuery(), "jsonl")
        assert await anext(going)
        await asyncio.wait_for(shop.desk.keep([replace(CALL, key="later", message_id="later")]), 10)
        assert [piece async for piece in going] == []

    live(data, work)
