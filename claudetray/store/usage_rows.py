"""Usage records as rows and back. For use inside the store's thread; `usage.py` is the door.

Times are kept to the millisecond.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from claudetray.core.times import from_millis, to_millis
from claudetray.core.usage import CallError, CallState, Origin, Tokens, UsageRecord
from claudetray.store.statements import Row, listed, rows

DUPLICATE, ODD_USAGE = "duplicate", "odd_usage"  # flags
MILLISECOND = timedelta(milliseconds=1)
# Beyond any call there is; sums of ten million such numbers still fit into SQLite's integers.
MOST_TOKENS, MOST_COST_PICO, MOST_MS = 10**10, 10**16, 10**10
COLUMNS = (
    "id", "key", "origin", "state", "started_at", "duration_ms", "ttft_ms", "method", "path", "status", "streaming",
    "model", "requested_model", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_5m_tokens",
    "cache_write_1h_tokens", "usage", "cost_pico", "estimated", "flags", "stop_reason", "request_id", "message_id",
    "client", "key_fingerprint", "session", "project", "tools", "headers", "error_kind", "error_message", "prices",
    "counted",
)  # fmt: skip
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: 5 µs
INSERT = f"INSERT INTO usage ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
SELECTED = ", ".join(f"u.{column}" for column in COLUMNS)


def as_row(id: int, record: UsageRecord) -> Row:
    """Raises: OverflowError when a number is beyond any call there is."""
    tokens, error = record.tokens, record.error
    duration, first = record.duration, record.first_token_after
    _refuse_beyond(tokens.total, record.cost_pico, duration)
    return (
        id, record.key, record.origin.value, record.state.value, to_millis(record.started_at),
        None if duration is None else duration // MILLISECOND, None if first is None else first // MILLISECOND,
        record.method, record.path, record.status, record.streaming, record.model, record.requested_model,
        tokens.input, tokens.output, tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h, record.usage,
        record.cost_pico, record.estimated, as_json(record.flags) if record.flags else "[]", record.stop_reason,
        record.request_id, record.message_id, record.client, record.key_fingerprint, record.session, record.project,
        as_json(record.tools) if record.tools else "[]", as_json(dict(record.headers)) if record.headers else "{}",
        error.kind if error else None, error.message if error else None, record.prices,
        DUPLICATE not in record.flags,
    )  # fmt: skip


def as_kept(record: UsageRecord, id: int, tags: tuple[str, ...], ruled: tuple[str, ...]) -> UsageRecord:
    """The record as it is read back."""
    duration, first = record.duration, record.first_token_after
    return replace(
        record,
        id=id,
        tags=tags,
        ruled=ruled,
        started_at=from_millis(to_millis(record.started_at)),
        duration=duration and duration // MILLISECOND * MILLISECOND,
        first_token_after=first and first // MILLISECOND * MILLISECOND,
    )


def as_records(found: Sequence[Row]) -> tuple[UsageRecord, ...]:
    """Shape: rows of `SELECTED`. Their tags are looked up here."""
    tags: dict[int, list[str]] = {}
    ruled: dict[int, list[str]] = {}
    for usage_id, name, by_hand in rows(
        "SELECT usage_id, name, by_hand FROM usage_tag JOIN tag ON tag.id = tag_id"
        " WHERE usage_id IN (SELECT value FROM json_each(?)) ORDER BY name",
        (listed(row[0] for row in found),),
    ):
        tags.setdefault(usage_id, []).append(name)
        if not by_hand:
            ruled.setdefault(usage_id, []).append(name)
    return tuple(_record(row, tuple(tags.get(row[0], ())), tuple(ruled.get(row[0], ()))) for row in found)


def as_json(value: Sequence[str] | Mapping[str, str]) -> str:
    return _encoded(value)


def fitting(record: UsageRecord) -> UsageRecord:
    """The same record without what SQLite cannot hold: half characters, and numbers beyond any call there is."""
    numbers = record.tokens
    tokens = Tokens(
        input=_within(numbers.input, MOST_TOKENS // 5),
        output=_within(numbers.output, MOST_TOKENS // 5),
        cache_read=_within(numbers.cache_read, MOST_TOKENS // 5),
        cache_write_5m=_within(numbers.cache_write_5m, MOST_TOKENS // 5),
        cache_write_1h=_within(numbers.cache_write_1h, MOST_TOKENS // 5),
    )
    error = record.error
    texts: dict[str, Any] = {name: _whole(value) for name in _TEXTS if isinstance(value := getattr(record, name), str)}
    duration = record.duration
    return replace(
        record,
        **texts,
        tokens=tokens,
        cost_pico=_within(record.cost_pico, MOST_COST_PICO),
        duration=duration if duration is None or duration // MILLISECOND <= MOST_MS else None,
        flags=tuple(map(_whole, record.flags)),
        tools=tuple(map(_whole, record.tools)),
        tags=tuple(map(_whole, record.tags)),
        ruled=tuple(map(_whole, record.ruled)),
        headers={_whole(name): _whole(value) for name, value in record.headers.items()},
        error=CallError(kind=_whole(error.kind), message=_whole(error.message)) if error else None,
        status=_within(record.status, 999),
    )


_TEXTS = (
    "key", "method", "path", "model", "requested_model", "usage", "stop_reason", "request_id", "message_id", "client",
    "key_fingerprint", "session", "project", "prices",
)  # fmt: skip


def _refuse_beyond(tokens: int, cost_pico: int | None, duration: timedelta | None) -> None:
    if (
        tokens > MOST_TOKENS
        or (cost_pico is not None and cost_pico > MOST_COST_PICO)
        or (duration is not None and duration // MILLISECOND > MOST_MS)
    ):
        raise OverflowError("a number that no call has")


def _within(number: int | None, most: int) -> int | None:
    return number if number is not None and 0 <= number <= most else None


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _record(row: Row, tags: tuple[str, ...], ruled: tuple[str, ...]) -> UsageRecord:
    (
        id, key, origin, state, started_at, duration_ms, ttft_ms, method, path, status, streaming, model, requested,
        input, output, cache_read, write_5m, write_1h, usage, cost_pico, estimated, flags, stop_reason, request_id,
        message_id, client, fingerprint, session, project, tools, headers, error_kind, error_message, prices, _,
    ) = row  # fmt: skip
    return UsageRecord(
        id=id,
        key=key,
        origin=Origin(origin),
        state=CallState(state),
        started_at=from_millis(started_at),
        duration=None if duration_ms is None else timedelta(milliseconds=duration_ms),
        first_token_after=None if ttft_ms is None else timedelta(milliseconds=ttft_ms),
        method=method,
        path=path,
        status=status,
        streaming=bool(streaming),
        model=model,
        requested_model=requested,
        tokens=Tokens(
            input=input, output=output, cache_read=cache_read, cache_write_5m=write_5m, cache_write_1h=write_1h
        ),
        usage=usage,
        cost_pico=cost_pico,
        estimated=bool(estimated),
        flags=tuple(json.loads(flags)),
        stop_reason=stop_reason,
        request_id=request_id,
        message_id=message_id,
        client=client,
        key_fingerprint=fingerprint,
        session=session,
        project=project,
        tools=tuple(json.loads(tools)),
        headers=json.loads(headers),
        tags=tags,
        ruled=ruled,
        error=None if error_kind is None else CallError(kind=error_kind, message=error_message or ""),
        prices=prices,
    )
