"""Sums, against those that the records themselves come to."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claudetray.core.usage import CallState, Origin, Tokens
from tests.api.service import Service
from tests.builders import a_record

START = datetime(2026, 3, 27, tzinfo=UTC)  # clocks change in Europe on the 29th
HOURS = 24 * 5
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland")
COUNTED = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")
KINDS = ("summary", "daily", "by-model", "by-tag", "by-client", "heatmap")
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"model": "claude-opus-5"},
    {"client": "cli"},
    {"tag": "red"},
    {"origin": "simulated"},
    {"origin": "manual"},
    {"model": "claude-opus-5", "client": "cli", "tag": "blue"},
    {"from": "2026-03-28T05:00:00Z", "to": "2026-03-30T02:00:00Z"},
    {"from": "2026-03-28T05:59:00+01:00", "to": "2026-03-30T01:00:01+01:00", "tag": "red"},
    {"from": "2026-03-30T00:00:00Z", "to": "2026-03-29T00:00:00Z"},
    {"model": "of-nobody"},
)
Record = dict[str, Any]


def filled(service: Service) -> list[Record]:
    """Calls of every kind, at any time of five days."""
    chance = random.Random(6)

    def number() -> int | None:
        return chance.choice([None, 0, chance.randrange(10**6)])

    async def add() -> None:
        some = []
        for key in range(300):
            made = a_record(
                model=chance.choice(["claude-opus-5", "claude-haiku-5-5", None]),
                cost=chance.choice([None, f"0.{chance.randrange(10**12):012}"]),
                at=START + timedelta(seconds=chance.randrange(HOURS * 3600)),
                state=chance.choice(list(CallState)),
                tokens=Tokens(input=number(), output=number(), cache_read=number(), cache_write_1h=number()),
                origin=chance.choice([Origin.PROXY, Origin.PROXY, Origin.MANUAL, Origin.SIMULATED]),
                client=chance.choice(["cli", "editor", None]),
                tags=tuple(chance.sample(["red", "green", "blue"], chance.randrange(3))),
                duration=chance.choice([None, timedelta(milliseconds=chance.randrange(10**5))]),
                estimated=chance.random() < 0.3,
            )
            some.append(replace(made, key=f"call {key}"))
        await service.kept.usage.add(some)

    service.done(add())
    return service.items("/api/usage", limit=500)


def wanted(records: Iterable[Record], query: dict[str, str]) -> list[Record]:
    """As docs/api.md says: whole hours, and what is simulated only where it is asked for."""
    since = datetime.fromisoformat(query.get("from", START.isoformat())).replace(minute=0, second=0)
    until = datetime.fromisoformat(query.get("to", (START + timedelta(hours=HOURS)).isoformat()))
    if (until.minute, until.second) != (0, 0):
        until = until.replace(minute=0, second=0) + timedelta(hours=1)
    return [
        record
        for record in records
        if since <= datetime.fromisoformat(record["started_at"]) < until
        and (record["origin"] == query["origin"] if "origin" in query else record["origin"] != "simulated")
        and all(record[name] == query[name] for name in ("model", "client") if name in query)
        and ("tag" not in query or query["tag"] in record["tags"])
    ]


def sums(records: Iterable[Record]) -> Record:
    listed = list(records)
    counts = {name: sum(record[name] or 0 for record in listed) for name in COUNTED}
    timed = [record["duration_ms"] for record in listed if record["duration_ms"] is not None]
    return {
        "calls": len(listed),
        "failed": sum(record["state"] == "failed" for record in listed),
        "interrupted": sum(record["state"] == "interrupted" for record in listed),
        "unpriced": sum(not record["priced"] for record in listed),
        "estimated": sum(record["estimated"] for record in listed),
        **counts,
        "total_tokens": sum(counts.values()),
        "cost_pico_usd": sum(record["cost_pico_usd"] or 0 for record in listed),
        "avg_duration_ms": sum(timed) // len(timed) if timed else None,
    }


def grouped(records: Iterable[Record], key: Callable[[Record], Iterable[Any]]) -> dict[Any, Record]:
    groups = defaultdict(list)
    for record in records:
        for name in key(record):
            groups[name].append(record)
    return {name: sums(group) for name, group in groups.items()}


def told(items: Iterable[Record], *names: str) -> dict[Any, Record]:
    """The items that say anything, by what they are about, without what is derived."""
    derived = {"share", "cost", *names}
    return {
        tuple(item[name] for name in names): {key: value for key, value in item.items() if key not in derived}
        for item in items
        if item["calls"]
    }


def same_as_the_records(service: Service, records: list[Record], query: dict[str, str]) -> None:
    asked = {"from": START.isoformat(), "to": (START + timedelta(hours=HOURS)).isoformat(), **query}
    found = wanted(records, query)
    tags = {query["tag"]} if "tag" in query else {"red", "green", "blue"}

    def answer(kind: str, tz: str = "UTC") -> Any:
        return service.json("GET", f"/api/analytics/{kind}", params={**asked, "tz": tz})

    def local(record: Record, tz: str) -> datetime:
        return datetime.fromisoformat(record["started_at"]).astimezone(ZoneInfo(tz))

    summary = answer("summary")
    assert {name: summary[name] for name in sums(found)} == sums(found)
    for kind, name in (("by-model", "model"), ("by-client", "client")):
        assert told(answer(kind)["items"], name) == grouped(found, lambda record, name=name: [(record[name],)])
    by_tag = told(answer("by-tag")["items"], "tag")
    by_tag.pop((None,), None)  # the calls without any
    assert by_tag == grouped(found, lambda record: [(tag,) for tag in tags.intersection(record["tags"])])
    for tz in ZONES:
        days = grouped(found, lambda record, tz=tz: [(local(record, tz).date().isoformat(),)])
        assert told(answer("daily", tz)["items"], "date") == days, tz
        cells = grouped(found, lambda record, tz=tz: [(local(record, tz).weekday(), local(record, tz).hour)])
        assert told(answer("heatmap", tz)["items"], "weekday", "hour") == cells, tz


def test_every_answer_is_what_the_records_come_to(service: Service) -> None:
    records = filled(service)
    for query in FILTERS:
        same_as_the_records(service, records, query)


def test_shares_are_of_the_cost_of_the_range(service: Service) -> None:
    filled(service)
    asked = {"from": START.isoformat(), "to": (START + timedelta(hours=HOURS)).isoformat()}
    for kind in ("by-model", "by-client"):
        items = service.items(f"/api/analytics/{kind}", **asked)
        assert sum(item["share"] for item in items) == pytest.approx(1, abs=1e-5)
        assert items == sorted(items, key=lambda item: -item["cost_pico_usd"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_says_which_range_it_is_about(service: Service, kind: str) -> None:
    asked = {"from": "2026-03-28T05:59:00+01:00", "to": "2026-03-30T01:00:01+01:00", "tz": "Europe/Berlin"}
    said = service.json("GET", f"/api/analytics/{kind}", params=asked)
    assert (said["from"], said["to"], said["tz"]) == ("2026-03-28T04:00:00Z", "2026-03-30T01:00:00Z", "Europe/Berlin")


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_asked_is_refused(service: Service, kind: str) -> None:
    path = f"/api/analytics/{kind}"
    assert "Europe/Berlin" in service.refused("GET", f"{path}?tz=Nowhere/Nothing", 404)
    for query in (
        "tz=../../etc/passwd",
        "tz=",
        "from=soon",
        "to=5",
        "origin=x",
        "nothing=1",
        "model=",
        "tz=UTC&tz=UTC",
    ):
        service.refused("GET", f"{path}?{query}", 400)


def test_without_calls_there_are_zeros_and_no_average(service: Service) -> None:
    said = service.json("GET", "/api/analytics/summary")
    assert (said["calls"], said["cost"], said["avg_duration_ms"]) == (0, {"amount": "0.00", "currency": "USD"}, None)
    assert service.items("/api/analytics/by-model") == []


def test_a_call_counts_in_each_of_its_tags(service: Service) -> None:
    service.enter(tags=["a", "b"])
    service.enter()
    counted = Counter({item["tag"]: item["calls"] for item in service.items("/api/analytics/by-tag")})
    assert (counted["a"], counted["b"]) == (1, 1)


def test_a_call_counts_at_once_and_no_more_once_it_is_deleted(service: Service) -> None:
    service.call()
    assert service.json("GET", "/api/analytics/summary")["calls"] == 1
    service.json("DELETE", "/api/usage?all=true")
    assert service.json("GET", "/api/analytics/summary")["calls"] == 0
