"""The roll-ups: sums of calls by hour and by day, kept in the transaction that changes the calls.

Each call is summed in eight grains: by UTC hour and by UTC day, and for each of these altogether, by model, by
client, and by both; a column that a grain does not tell apart is empty there. `tag_id` is 0 for all calls, a tag's
number for the calls that have it, and `UNTAGGED` for those that have none. A model or client that a call does not
name is the empty text. `bucket` counts hours, or days, since 1970. For use inside the store's thread.
"""

from collections.abc import Iterable
from datetime import datetime

from claudetray.core.analytics import SUMMED, Sums
from claudetray.core.times import to_millis
from claudetray.store.statements import Row, change, listed, row

ALL, UNTAGGED = 0, -1
HOUR_MS = 3_600_000
DAY_HOURS = 24

_ADDENDS = {
    "calls": "1",
    "failed": "u.state = 'failed'",
    "interrupted": "u.state = 'interrupted'",
    "unpriced": "u.cost_pico IS NULL",
    "estimated": "u.estimated",
    "input_tokens": "u.counted * coalesce(u.input_tokens, 0)",
    "output_tokens": "u.counted * coalesce(u.output_tokens, 0)",
    "cache_read_tokens": "u.counted * coalesce(u.cache_read_tokens, 0)",
    "cache_write_5m_tokens": "u.counted * coalesce(u.cache_write_5m_tokens, 0)",
    "cache_write_1h_tokens": "u.counted * coalesce(u.cache_write_1h_tokens, 0)",
    "cost_pico": "coalesce(u.cost_pico, 0)",
    "duration_ms": "coalesce(u.duration_ms, 0)",
    "timed": "u.duration_ms IS NOT NULL",
}
_CALLS = "json_each(?) AS wanted CROSS JOIN usage AS u ON u.id = wanted.value"
# Where the calls come from, and which tag_id they are summed under.
_UNDER = {
    str(ALL): _CALLS,
    "t.tag_id": f"{_CALLS} CROSS JOIN usage_tag AS t ON t.usage_id = u.id",
    str(UNTAGGED): f"{_CALLS} WHERE NOT EXISTS (SELECT 1 FROM usage_tag WHERE usage_id = u.id)",
}
_KEY = "grain, tag_id, model, client, bucket, origin"
# A cost may sum up to more than an integer of SQLite holds, over a year: it is added up in two halves.
_HALF = 10**9
_ORDER = tuple(name for name in SUMMED if name != "cost_pico")
SUMS = ", ".join([*(f"SUM({name})" for name in _ORDER), f"SUM(cost_pico / {_HALF})", f"SUM(cost_pico % {_HALF})"])
_GRAINS = "WITH grains (grain, hours, by_model, by_client) AS (VALUES " + (
    ", ".join(
        f"({4 * daily + 2 * by_model + by_client}, {24 if daily else 1}, {by_model}, {by_client})"
        for daily in (0, 1)
        for by_model in (0, 1)
        for by_client in (0, 1)
    )
    + ")"
)
_NOTED = "rollup_change AS c CROSS JOIN grains AS g"
_BUCKET = "g.grain, c.tag_id, iif(g.by_model, c.model, ''), iif(g.by_client, c.client, ''), c.hour / g.hours, c.origin"


def grain(*, daily: bool, by_model: bool, by_client: bool) -> int:
    """The number of a grain."""
    return 4 * daily + 2 * by_model + by_client


def first_hour(at: datetime) -> int:
    """The number of the first hour that begins at that time or after it."""
    return -(-to_millis(at) // HOUR_MS)


def note(ids: Iterable[int], sign: int) -> None:
    """Take down what these calls add (1) or take away (-1), as they stand now; `settle` brings it in."""
    change(
        "CREATE TEMP TABLE IF NOT EXISTS rollup_change"
        f" (tag_id INTEGER, hour INTEGER, model TEXT, client TEXT, origin TEXT, {', '.join(SUMMED)})"
    )
    wanted = listed(ids)
    for tag_id, calls in _UNDER.items():
        sums = ", ".join(f"? * SUM({_ADDENDS[name]})" for name in SUMMED)
        change(
            f"INSERT INTO rollup_change SELECT {tag_id}, u.started_at / {HOUR_MS}, coalesce(u.model, ''),"
            f" coalesce(u.client, ''), u.origin, {sums} FROM {calls} GROUP BY 1, 2, 3, 4, 5",
            (*[sign] * len(SUMMED), wanted),
        )


def settle() -> None:
    """Bring in what was noted, each row of the roll-ups once; rows that no call is left in go."""
    columns = ", ".join(SUMMED)
    sums = ", ".join(f"SUM(c.{name})" for name in SUMMED)
    more = ", ".join(f"{name} = {name} + excluded.{name}" for name in SUMMED)
    change(
        f"{_GRAINS} INSERT INTO rollup ({_KEY}, {columns}) SELECT {_BUCKET}, {sums} FROM {_NOTED} WHERE true"
        f" GROUP BY 1, 2, 3, 4, 5, 6 ON CONFLICT ({_KEY}) DO UPDATE SET {more}"
    )
    if row("SELECT 1 FROM rollup_change WHERE calls < 0 LIMIT 1"):
        change(f"{_GRAINS} DELETE FROM rollup WHERE calls = 0 AND ({_KEY}) IN (SELECT {_BUCKET} FROM {_NOTED})")
    change("DELETE FROM rollup_change")


def forget_tag(tag_id: int) -> None:
    """Drop the sums under a tag that no call has any more: those of calls that retention took."""
    change(f"{_GRAINS} DELETE FROM rollup WHERE grain IN (SELECT grain FROM grains) AND tag_id = ?", (tag_id,))


def sums(found: Row) -> Sums:
    """Shape: what `SUMS` selects."""
    *others, upper, lower = (value or 0 for value in found)
    return Sums(**dict(zip(_ORDER, others, strict=True)), cost_pico=upper * _HALF + lower)
