"""Usage records for the store's tests, and what must be true of whatever is made of them."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from claudetray.core.analytics import SUMMED
from claudetray.core.times import to_millis
from claudetray.core.usage import CallError, CallState, Origin, Tokens, UsageRecord
from claudetray.store import usage_rows
from claudetray.store.database import Database
from claudetray.store.statements import rows
from tests.builders import NOW

MODELS = ("claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", None)
CLIENTS = ("claude-cli/2.0", "Anthropic/Python 0.79", None)
TAGS = ("coding", "research", "own")
PICO = 10**12


def a_call(key: str = "a", at: datetime = NOW, **fields: Any) -> UsageRecord:
    usual: dict[str, Any] = {
        "origin": Origin.PROXY,
        "state": CallState.COMPLETE,
        "status": 200,
        "model": "claude-opus-4-6",
        "client": "claude-cli/2.0",
        "tokens": Tokens(input=10, output=20),
        "duration": timedelta(milliseconds=1500),
        "cost_pico": PICO,
    }
    return UsageRecord(key=key, started_at=at, **(usual | fields))


def any_call(chance: random.Random, key: str, days: int = 3) -> UsageRecord:
    """Whatever happens: now and then the same call twice, unpriced, failed, simulated."""
    twice = chance.random() < 0.2
    state = chance.choice(list(CallState))
    return a_call(
        key,
        NOW - timedelta(seconds=chance.randrange(days * 86_400)),
        origin=chance.choice(list(Origin)),
        state=state,
        status=chance.choice((200, 429, None)),
        model=MODELS[0] if twice else chance.choice(MODELS),
        client=chance.choice(CLIENTS),
        tokens=Tokens(input=5 if twice else chance.randrange(1000), cache_write_1h=chance.choice((None, 7))),
        duration=chance.choice((None, timedelta(milliseconds=chance.randrange(5000)))),
        cost_pico=chance.choice((None, chance.randrange(PICO))),
        estimated=chance.random() < 0.3,
        flags=("fast",) if chance.random() < 0.3 else (),
        request_id="req_1" if twice else f"req_{key}",
        message_id="msg_1" if twice else f"msg_{key}",
        session=chance.choice((None, "s1", "s2")),
        tags=(tags := tuple(chance.sample(TAGS, chance.randrange(3)))),
        ruled=tags[: chance.randrange(3)],
        error=CallError(kind="overloaded_error", message="Overloaded") if state is CallState.FAILED else None,
    )


def check(data: Database) -> None:
    """The roll-ups are the sums of the rows, the search index says what they say, and the count is right.

    For use inside the store's thread.
    """
    found = rows(f"SELECT {usage_rows.SELECTED} FROM usage AS u")
    assert rows("SELECT kept FROM usage_count") == [(len(found),)]
    assert rolled_up() == summed_up(usage_rows.as_records(found))
    rows("INSERT INTO usage_search (usage_search, rank) VALUES ('integrity-check', 1)")


def rolled_up() -> dict[tuple[Any, ...], tuple[int, ...]]:
    key = "grain, tag_id, model, client, bucket, origin"
    return {row[:6]: row[6:] for row in rows(f"SELECT {key}, {', '.join(SUMMED)} FROM rollup")}


def summed_up(records: tuple[UsageRecord, ...]) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """The roll-ups, told in Python: what the SQL is measured by."""
    numbers: dict[str, int] = dict(rows("SELECT name, id FROM tag"))
    sums: dict[tuple[Any, ...], Counter[str]] = {}
    for record in records:
        for tag in (0, *(numbers[name] for name in record.tags), *([] if record.tags else [-1])):
            for grain in range(8):
                key = (
                    grain,
                    tag,
                    record.model or "" if grain & 2 else "",
                    record.client or "" if grain & 1 else "",
                    to_millis(record.started_at) // (86_400_000 if grain & 4 else 3_600_000),
                    record.origin,
                )
                sums.setdefault(key, Counter()).update(addends(record))
    return {key: tuple(one[name] for name in SUMMED) for key, one in sums.items()}


def addends(record: UsageRecord) -> dict[str, int]:
    tokens = record.tokens if "duplicate" not in record.flags else Tokens()
    return {
        "calls": 1,
        "failed": record.state is CallState.FAILED,
        "interrupted": record.state is CallState.INTERRUPTED,
        "unpriced": record.cost_pico is None,
        "estimated": record.estimated,
        "input_tokens": tokens.input or 0,
        "output_tokens": tokens.output or 0,
        "cache_read_tokens": tokens.cache_read or 0,
        "cache_write_5m_tokens": tokens.cache_write_5m or 0,
        "cache_write_1h_tokens": tokens.cache_write_1h or 0,
        "cost_pico": record.cost_pico or 0,
        "duration_ms": (record.duration or timedelta(0)) // timedelta(milliseconds=1),
        "timed": record.duration is not None,
    }
