"""Records as text, streamed: CSV, one JSON array, or an object a line. What is exported can be imported again."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

from claudetray.core import usage_contract
from claudetray.core.usage import UsageQuery, UsageRecord
from claudetray.services.importing import guarded
from claudetray.store.usage import UsageKept

BATCH = 500
FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json", "jsonl": "application/x-ndjson"}
COLUMNS = (
    "id",
    "key",
    "origin",
    "state",
    "started_at",
    "duration_ms",
    "ttft_ms",
    "method",
    "path",
    "status",
    "streaming",
    "model",
    "requested_model",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cost_usd",
    "cost_pico_usd",
    "priced",
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
    "usage",
)


async def exported(usage: UsageKept, query: UsageQuery, form: str) -> AsyncIterator[str]:
    """The records of a query, oldest first, piece by piece. `form` is a key of FORMATS."""
    first = True
    if form == "csv":
        yield _csv_line(list(COLUMNS))
    async for records in usage.stream(query, BATCH):
        match form:
            case "csv":
                yield "".join(_csv_line(_cells(record)) for record in records)
            case "json":
                texts = [json.dumps(usage_contract.record(record)) for record in records]
                yield ("[\n" if first else ",\n") + ",\n".join(texts)
            case _:
                yield "".join(f"{json.dumps(usage_contract.record(record))}\n" for record in records)
        first = False
    if form == "json":
        yield "[]\n" if first else "\n]\n"


def _cells(record: UsageRecord) -> list[str]:
    shown: dict[str, Any] = usage_contract.record(record)
    shown["cost_usd"] = shown["cost"]["amount"] if shown["cost"] else ""
    return [_cell(shown[name]) for name in COLUMNS]


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return guarded(",".join(str(part) for part in value))
        case dict():
            return guarded(json.dumps(value))
    return guarded(str(value))


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
