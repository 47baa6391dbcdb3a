"""Records from JSON, JSON lines or CSV, ours or of earlier tools. A row that cannot be read is named."""

import asyncio
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from claudetray.core.billing import Flag
from claudetray.core.errors import QueryRefused
from claudetray.core.rates import PICO_DIGITS, PriceTable
from claudetray.core.times import from_millis, from_rfc3339
from claudetray.core.usage import MOST_NAME, NO_TOKENS, CallError, CallState, Origin, Tokens, UsageRecord
from claudetray.services.usage_desk import UsageDesk, priced, usage_text

MOST_REFUSED = 100
MOST_COUNT = 10**9
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is run by spreadsheets
# Other tools' names for the same things.
_ALIASES = {
    "started_at": ("created_at", "timestamp", "time", "date"),
    "input_tokens": ("prompt_tokens", "inputTokens"),
    "output_tokens": ("completion_tokens", "outputTokens"),
    "cache_read_tokens": ("cache_read_input_tokens", "cacheReadTokens"),
    "cache_write_5m_tokens": ("cache_creation_input_tokens", "cacheCreationTokens"),
    "cost_usd": ("cost", "estimated_cost"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRefused:
    """A row that is not taken. `row` counts from 1, without the heading."""

    row: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of an import. `known` rows were there before."""

    added: int
    known: int
    refused: tuple[RowRefused, ...]  # the first of them
    refused_count: int = 0


async def imported(desk: UsageDesk, text: str) -> Imported:
    """Keep what a text holds; brought in again it changes nothing. Raises: QueryRefused when it is no list at all."""
    prices = await desk.prices()
    # In a thread: 50,000 rows would hold up every call that is under way for more than three seconds (measured).
    records, refused, count = await asyncio.to_thread(_taken, text, prices)
    kept = await desk.keep(records)
    added = sum(one is not None for one in kept)
    return Imported(added=added, known=len(kept) - added, refused=refused, refused_count=count)


def _taken(text: str, prices: PriceTable) -> tuple[list[UsageRecord], tuple[RowRefused, ...], int]:
    records: list[UsageRecord] = []
    refused: list[RowRefused] = []
    count = 0
    for number, row in enumerate(rows(text), start=1):
        try:
            records.append(record(row, prices))
        except ValueError as error:
            count += 1
            if len(refused) < MOST_REFUSED:
                refused.append(RowRefused(row=number, message=str(error)))
    return records, tuple(refused), count


def rows(text: str) -> Iterator[Any]:
    """The rows of a JSON array, of `{"items": […]}`, of JSON lines or of CSV with a heading. Raises: QueryRefused."""
    plain = text.removeprefix("\ufeff").strip()
    if not plain:
        raise QueryRefused("There is nothing to import: the text is empty.")
    if plain[0] in "[{":
        yield from _json_rows(plain)
        return
    reader = csv.DictReader(io.StringIO(plain, newline=None))  # whichever line ends a spreadsheet writes
    try:
        if "model" not in (reader.fieldnames or ()):
            raise QueryRefused("This is neither JSON nor CSV with a heading that names a column `model`.")
        for row in reader:
            yield {key: _unguarded(value) for key, value in row.items() if isinstance(key, str) and value}
    except csv.Error as error:
        raise QueryRefused(f"The CSV cannot be read ({error}).") from error


def record(row: Any, prices: PriceTable) -> UsageRecord:
    """One record. Raises: ValueError with a sentence."""
    if not isinstance(row, Mapping):
        raise ValueError("A row is an object with a model, a time and token counts.")
    values = {key: value for key, value in row.items() if value not in (None, "")}
    for name, others in _ALIASES.items():
        for other in others:
            if other in values and not isinstance(values[other], Mapping):
                values.setdefault(name, values[other])
    model, at = _name(values.get("model")), _time(values.get("started_at"))
    if model is None and "key" not in values:
        raise ValueError("The row names no model.")
    if at is None:
        raise ValueError("The row names no time: `started_at` is needed, such as 2026-11-21T09:30:00Z.")
    tokens = Tokens(
        input=_count(values, "input_tokens"),
        output=_count(values, "output_tokens"),
        cache_read=_count(values, "cache_read_tokens"),
        cache_write_5m=_count(values, "cache_write_5m_tokens"),
        cache_write_1h=_count(values, "cache_write_1h_tokens"),
    )
    made = UsageRecord(
        key=_key(values, model, at, tokens),
        origin=Origin.SIMULATED
        if values.get("origin", values.get("source")) in ("simulated", "sim")
        else Origin.IMPORT,
        state=CallState(values["state"]) if values.get("state") in tuple(CallState) else CallState.COMPLETE,
        started_at=at,
        duration=_length(values, "duration_ms"),
        first_token_after=_length(values, "ttft_ms"),
        streaming=values.get("streaming") in (True, "true"),
        path=_name(values.get("path")) or "/v1/messages",
        method=_name(values.get("method")) or "POST",
        status=_count(values, "status"),
        model=model,
        requested_model=_name(values.get("requested_model")),
        tokens=tokens,
        usage=_usage(values.get("usage"), tokens),
        estimated=values.get("estimated") in (True, "true"),
        flags=_names(values.get("flags")),
        stop_reason=_name(values.get("stop_reason")),
        request_id=_name(values.get("request_id")),
        message_id=_name(values.get("message_id")),
        client=_name(values.get("client")),
        session=_name(values.get("session")),
        project=_name(values.get("project")),
        tools=_names(values.get("tools")),
        tags=_names(values.get("tags")),
        error=_error(values.get("error")),
    )
    found = priced(made, prices)
    return _with_cost(found, values) if found.cost_pico is None else found


def _with_cost(found: UsageRecord, values: Mapping[str, Any]) -> UsageRecord:
    """Where we know no rate, the cost that the row names is better than none; but nothing used is free."""
    named = values.get("cost_pico_usd", values.get("cost_usd"))
    if named is None or isinstance(named, Mapping):
        return found
    try:
        pico = Decimal(str(named)) if "cost_pico_usd" in values else Decimal(str(named)).scaleb(PICO_DIGITS)
    except InvalidOperation:
        raise ValueError("The cost is not a number.") from None
    if not pico.is_finite() or not 0 <= pico < 2**63:
        raise ValueError("The cost is out of range.")
    if not pico:
        return replace(found, cost_pico=None if found.tokens.total else 0)
    flags = dict.fromkeys((*found.flags, str(Flag.IMPORTED_COST)))
    return replace(found, cost_pico=int(pico), estimated=True, flags=tuple(flags))


def _json_rows(text: str) -> Iterator[Any]:
    try:
        whole = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        yield from _line_rows(text)
        return
    if isinstance(whole, dict):
        listed = whole.get("items", whole.get("rows"))
        whole = listed if isinstance(listed, list) else [whole]
    if not isinstance(whole, list):
        raise QueryRefused("The JSON holds no list of records.")
    yield from whole


def _line_rows(text: str) -> Iterator[Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line, parse_float=Decimal)
        except (ValueError, RecursionError):
            if number == 1:
                raise QueryRefused("The JSON cannot be read: it is neither a list nor an object a line.") from None
            yield None


def _key(values: Mapping[str, Any], model: str | None, at: datetime, tokens: Tokens) -> str:
    """The same for the same row, so that an import can be repeated: its own key, else what tells it apart."""
    own = values.get("key")
    if isinstance(own, str) and own:
        return own[:MOST_NAME]
    told = [str(values.get(name, "")) for name in ("id", "request_id", "message_id", "client")]
    text = json.dumps([*told, model, at.isoformat(), repr(tokens)])
    return f"import:{sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _usage(value: Any, tokens: Tokens) -> str | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if isinstance(value, Mapping):
        return json.dumps(value, default=str)
    return None if tokens == NO_TOKENS else usage_text(tokens)


def _time(value: Any) -> datetime | None:
    try:
        if isinstance(value, str):
            at = from_rfc3339(value.strip())
        elif isinstance(value, int) and not isinstance(value, bool):
            at = from_millis(value if value > 10**11 else value * 1000)
        else:
            return None
    except (ValueError, OverflowError):
        raise ValueError("The time cannot be read: write it such as 2026-11-21T09:30:00Z.") from None
    if not datetime(1970, 1, 1, tzinfo=UTC) <= at < datetime(3000, 1, 1, tzinfo=UTC):
        raise ValueError("The time is out of range.")
    return at


def _count(values: Mapping[str, Any], name: str) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    text = str(value).strip().removesuffix(".0")
    if text.isascii() and text.isdigit() and len(text) <= 13 and int(text) <= MOST_COUNT:
        return int(text)
    raise ValueError(f"`{name}` is not a whole number from 0 on.")


def _length(values: Mapping[str, Any], name: str) -> timedelta | None:
    count = _count(values, name)
    return None if count is None else timedelta(milliseconds=count)


def _name(value: Any) -> str | None:
    return _whole(value.strip())[:MOST_NAME] or None if isinstance(value, str) else None


def _whole(text: str) -> str:
    """Without the halves of characters that JSON can carry, and nothing else."""
    return text.encode("utf-8", "replace").decode()


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        return ()
    return tuple(dict.fromkeys(name for part in value if (name := _name(part))))


def _error(value: Any) -> CallError | None:
    if isinstance(value, Mapping) and isinstance(value.get("kind"), str):
        return CallError(kind=value["kind"][:MOST_NAME], message=str(value.get("message", ""))[:500])
    return None


def guarded(cell: str) -> str:
    """A cell of CSV that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell


def _unguarded(cell: Any) -> Any:
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and cell == guarded(cell[1:]) else cell
