"""The store of calls at scale: writing, every analytics answer, the first page of lists and searches.

    .venv/bin/python benchmarks/usage.py [RECORDS] [FILE]

A million records by default; ten million take half an hour and 19 GB. Prints a line a figure with its bound, and exits
1 when one is missed. Records are spread over a year, in the order of their times; a FILE is kept and used again.
"""

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent))
from claudetray.core.analytics import AnalyticsQuery
from claudetray.core.usage import CallError, CallState, Origin, Tokens, UsageQuery, UsageRecord
from claudetray.store import database
from claudetray.store.analytics import AnalyticsKept
from claudetray.store.usage import UsageKept

END = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
YEAR = timedelta(days=365)
BATCH, LIVE, RUNS = 500, 30_000, 5
ANSWER_MS, RATE = 100.0, 3000.0
MODELS = {
    "claude-opus-5-5": 30,
    "claude-sonnet-5-5": 45,
    "claude-haiku-5-5": 20,
    "claude-opus-4-8": 4,
    "gpt-unknown": 1,
}
CLIENTS = {
    "claude-cli/2.1.197 (external, cli)": 60,
    "Anthropic/Python 2.11.0": 25,
    "Anthropic/JS 1.9.0": 14,
    "curl/8.5": 1,
}
TAGS = ("coding", "research", "writing", "batch", "nightly")
HEADERS = {f"anthropic-ratelimit-requests-{word}": "4000" for word in ("limit", "remaining", "reset")}
USAGE = json.dumps({"input_tokens": 12, "output_tokens": 533, "cache_read_input_tokens": 22345})


def records(count: int, dice: random.Random, begun: datetime, length: timedelta) -> Iterator[UsageRecord]:
    """Calls as a proxy keeps them, in their order, over a length of time."""
    for number in range(count):
        model = dice.choices(list(MODELS), list(MODELS.values()))[0]
        failed = dice.random() < 0.02
        yield UsageRecord(
            key=f"{begun.timestamp():.0f}-{number}",
            origin=Origin.PROXY if dice.random() < 0.98 else Origin.IMPORT,
            state=CallState.FAILED if failed else CallState.COMPLETE,
            started_at=begun + length * number / count,
            duration=timedelta(milliseconds=dice.randrange(300, 30_000)),
            first_token_after=timedelta(milliseconds=700),
            status=429 if failed else 200,
            streaming=True,
            model=model,
            requested_model=model,
            tokens=Tokens(input=12, output=dice.randrange(5000), cache_read=22345, cache_write_5m=0, cache_write_1h=0),
            usage=USAGE,
            cost_pico=None if model == "gpt-unknown" else dice.randrange(10**9, 10**12),
            stop_reason="end_turn",
            request_id=f"req_011C{number:012x}{dice.getrandbits(32):08x}",
            message_id=f"msg_011C{number:012x}{dice.getrandbits(32):08x}",
            client=dice.choices(list(CLIENTS), list(CLIENTS.values()))[0],
            session=f"session-{number // 200}",
            project=f"project-{dice.randrange(40)}",
            tools=("Bash", "Edit") if dice.random() < 0.5 else (),
            headers=HEADERS,
            tags=tuple(dice.sample(TAGS, dice.choice((0, 1, 1, 2)))),
            error=CallError(kind="rate_limit_error", message="This request would exceed the rate limit")
            if failed
            else None,
        )


async def kept(usage: UsageKept, made: Iterator[UsageRecord]) -> tuple[int, float]:
    """Keep them in batches, as the recorder does: how many, and in how many seconds."""
    batch: list[UsageRecord] = []
    count, took = 0, 0.0
    for record in made:
        batch.append(record)
        if len(batch) == BATCH:
            began = time.perf_counter()
            await usage.add(batch)
            took += time.perf_counter() - began
            count, batch = count + len(batch), []
    return count, took


async def answered(ask: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds in the median, once warm."""
    await ask()
    found = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await ask()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def questions(usage: UsageKept, analytics: AnalyticsKept) -> dict[str, Callable[[], Awaitable[object]]]:
    whole = AnalyticsQuery(since=END - YEAR, until=END + timedelta(hours=1))
    some = AnalyticsQuery(since=whole.since, until=whole.until, model="claude-opus-5-5", tag="coding")
    berlin = ZoneInfo("Europe/Berlin")
    asked: dict[str, Callable[[], Awaitable[object]]] = {}
    for name, query in (("a year", whole), ("a year of one model and tag", some)):
        asked[f"summary, {name}"] = lambda query=query: analytics.summary(query)
        asked[f"daily, {name}"] = lambda query=query: analytics.daily(query, berlin)
        asked[f"by model, {name}"] = lambda query=query: analytics.by_model(query)
        asked[f"by tag, {name}"] = lambda query=query: analytics.by_tag(query)
        asked[f"by client, {name}"] = lambda query=query: analytics.by_client(query)
        asked[f"heatmap, {name}"] = lambda query=query: analytics.heatmap(query, berlin)
    pages = {
        "the latest": UsageQuery(),
        "of a rare model": UsageQuery(model="gpt-unknown"),
        "of a tag": UsageQuery(tag="batch"),
        "failed": UsageQuery(state=CallState.FAILED),
        "of a session": UsageQuery(session="session-7"),
        "that holds a word": UsageQuery(search="opus"),
        "that holds a phrase": UsageQuery(search='"rate limit"'),
        "that holds a beginning": UsageQuery(search="haik*"),
        "that holds what is nowhere": UsageQuery(search="nowhere"),
        "that holds words and a tag": UsageQuery(search="sonnet nightly", tag="coding"),
    }
    for name, wanted in pages.items():
        asked[f"first page, {name}"] = lambda wanted=wanted: usage.page(wanted)
    return asked


async def measured(file: Path, count: int) -> int:
    """Print it all; 1 when a bound is missed."""
    missed = 0
    with database.opened(file) as data:
        usage, analytics = UsageKept(data), AnalyticsKept(data)
        there = await usage.count()
        if there < count:
            await kept(usage, records(count - there, random.Random(there), END - YEAR, YEAR))
        live, took = await kept(usage, records(LIVE, random.Random(-1), END, timedelta(minutes=10)))
        print(f"{await usage.count():,} records")
        rate = live / took
        missed += rate < RATE
        print(f"{'written a second, as they come':<45} {rate:>10.0f}    (at least {RATE:.0f})")
        for name, ask in questions(usage, analytics).items():
            found = await answered(ask)
            missed += found > ANSWER_MS
            print(f"{name:<45} {found:>10.1f} ms (at most {ANSWER_MS:.0f}) {'MISSED' if found > ANSWER_MS else ''}")
    return 1 if missed else 0


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        return asyncio.run(measured(Path(sys.argv[2]), count))
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(Path(folder) / "claudetray.db", count))


if __name__ == "__main__":
    sys.exit(main())
