"""Usage as the JSON of the contract shows it: records, sums, tags, prices."""

import json
from datetime import timedelta
from typing import Any

from claudetray.core.analytics import Sums
from claudetray.core.body import Bodies
from claudetray.core.json_values import pico, plain
from claudetray.core.rates import PriceOverride
from claudetray.core.tag import Tag
from claudetray.core.times import rfc3339_millis
from claudetray.core.usage import UsagePage, UsageRecord


def record(value: UsageRecord) -> dict[str, Any]:
    return {
        "id": value.id,
        "key": value.key,
        "origin": value.origin,
        "state": value.state,
        "started_at": rfc3339_millis(value.started_at),
        "duration_ms": _millis(value.duration),
        "ttft_ms": _millis(value.first_token_after),
        "method": value.method,
        "path": value.path,
        "status": value.status,
        "streaming": value.streaming,
        "model": value.model,
        "requested_model": value.requested_model,
        "input_tokens": value.tokens.input,
        "output_tokens": value.tokens.output,
        "cache_read_tokens": value.tokens.cache_read,
        "cache_write_5m_tokens": value.tokens.cache_write_5m,
        "cache_write_1h_tokens": value.tokens.cache_write_1h,
        "usage": None if value.usage is None else _parsed(value.usage),
        "priced": value.priced,
        "cost": pico(value.cost_pico),
        "cost_pico_usd": value.cost_pico,
        "estimated": value.estimated,
        "flags": list(value.flags),
        "stop_reason": value.stop_reason,
        "request_id": value.request_id,
        "message_id": value.message_id,
        "client": value.client,
        "key_fingerprint": value.key_fingerprint,
        "session": value.session,
        "project": value.project,
        "tools": list(value.tools),
        "headers": dict(value.headers),
        "tags": list(value.tags),
        "error": {"kind": value.error.kind, "message": value.error.message} if value.error else None,
        "prices": value.prices,
    }


def bodies(value: Bodies | None) -> dict[str, Any] | None:
    """As text; what is not UTF-8 is shown as it can be."""
    if value is None:
        return None
    return {
        "request": value.request.decode("utf-8", "replace"),
        "answer": value.answer.decode("utf-8", "replace"),
        "request_cut": value.request_cut,
        "answer_cut": value.answer_cut,
    }


def page(value: UsagePage) -> dict[str, Any]:
    return {"items": [record(item) for item in value.items], "next_cursor": value.next_cursor}


def sums(value: Sums) -> dict[str, Any]:
    """`avg_duration_ms` is null where no call has a duration."""
    return {
        "calls": value.calls,
        "failed": value.failed,
        "interrupted": value.interrupted,
        "unpriced": value.unpriced,
        "estimated": value.estimated,
        "input_tokens": value.input_tokens,
        "output_tokens": value.output_tokens,
        "cache_read_tokens": value.cache_read_tokens,
        "cache_write_5m_tokens": value.cache_write_5m_tokens,
        "cache_write_1h_tokens": value.cache_write_1h_tokens,
        "total_tokens": value.total_tokens,
        "cost": pico(value.cost_pico),
        "cost_pico_usd": value.cost_pico,
        "avg_duration_ms": value.duration_ms // value.timed if value.timed else None,
    }


def tag(value: Tag) -> dict[str, Any]:
    return {
        "id": value.id,
        "name": value.name,
        "color": value.color,
        "rules": [{"field": rule.field, "pattern": rule.pattern} for rule in value.rules],
    }


def price(value: PriceOverride) -> dict[str, Any]:
    """Units: dollars per million tokens, as decimal strings."""
    return {
        "id": value.id,
        "model": value.model,
        "from": value.since.isoformat() if value.since else None,
        "input": plain(value.input),
        "output": plain(value.output),
        "cache_read": plain(value.cache_read),
        "cache_write_5m": plain(value.cache_write_5m),
        "cache_write_1h": plain(value.cache_write_1h),
    }


def _millis(length: timedelta | None) -> int | None:
    return None if length is None else length // timedelta(milliseconds=1)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
