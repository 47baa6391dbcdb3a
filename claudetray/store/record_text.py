"""Usage records as plain JSON values and back, exactly: for the journal."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from claudetray.core.times import EPOCH
from claudetray.core.usage import CallError, CallState, Origin, Tokens, UsageRecord

MICROSECOND = timedelta(microseconds=1)
_APART = {"key", "origin", "state", "started_at", "duration", "first_token_after", "tokens", "error", "headers"}
_AS_THEY_ARE = tuple((field.name, field.default) for field in fields(UsageRecord) if field.name not in _APART)
_LISTS = ("flags", "tools", "tags", "ruled")


def plain(record: UsageRecord) -> dict[str, Any]:
    """Shape: an object with the record's fields, without those that are as when nothing is said.

    Units: times and durations are in microseconds; tokens are a list in the order of `Tokens`, an error is
    `[kind, message]`.
    """
    values = {
        "key": record.key,
        "origin": record.origin,
        "state": record.state,
        "started_at": (record.started_at - EPOCH) // MICROSECOND,
    }
    for name, unsaid in _AS_THEY_ARE:
        value = getattr(record, name)
        if value != unsaid:
            values[name] = value
    if record.duration is not None:
        values["duration"] = record.duration // MICROSECOND
    if record.first_token_after is not None:
        values["first_token_after"] = record.first_token_after // MICROSECOND
    if record.headers:
        values["headers"] = dict(record.headers)
    if record.error is not None:
        values["error"] = [record.error.kind, record.error.message]
    tokens = record.tokens
    counts = [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h]
    if counts != _NO_COUNTS:
        values["tokens"] = counts
    return values


def record(values: Mapping[str, Any]) -> UsageRecord:
    """The record that `plain` was given. Raises: KeyError, TypeError, ValueError when it is none."""
    given = dict(values)
    for name in _LISTS:
        if name in given:
            given[name] = tuple(given[name])
    for name in ("duration", "first_token_after"):
        if name in given:
            given[name] = given[name] * MICROSECOND
    if "tokens" in given:
        input, output, read, write_5m, write_1h = given["tokens"]
        given["tokens"] = Tokens(
            input=input, output=output, cache_read=read, cache_write_5m=write_5m, cache_write_1h=write_1h
        )
    if "error" in given:
        kind, message = given["error"]
        given["error"] = CallError(kind=kind, message=message)
    given["origin"], given["state"] = Origin(given["origin"]), CallState(given["state"])
    given["started_at"] = EPOCH + given["started_at"] * MICROSECOND
    return UsageRecord(**given)


_NO_COUNTS = [None] * 5
