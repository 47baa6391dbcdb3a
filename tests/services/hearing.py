"""What a call ear is tested with: rules, a keeper that remembers, and a call to hear."""

import gzip
import itertools
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import brotli
import zstandard

from claudetray.core.body import Bodies
from claudetray.core.exchange import CallBegun, Ear
from claudetray.core.usage import UsageRecord
from claudetray.services.call_ear import CallEar
from claudetray.services.recorder import Measures
from claudetray.services.tagging import Tagger
from tests.answers import AT, OPUS, table

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda plain: bytes(brotli.compress(plain)),
    "zstd": lambda plain: zstandard.ZstdCompressor().compress(plain),
}
ASKED = {"model": OPUS, "stream": True, "messages": [{"role": "user", "content": "please debug this"}]}
SSE = {"content-type": "text/event-stream; charset=utf-8", "request-id": "req_head"}
JSON = {"content-type": "application/json", "request-id": "req_head"}


def measures(tagger: Tagger | None = None, prompts: bool = False, bodies: bool = False) -> Measures:
    return Measures(table(), tagger or Tagger(()), b"a key of the test's own", prompts, bodies)


def call(
    path: str = "/v1/messages?beta=true",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    at: datetime = AT,
) -> CallBegun:
    shown = {"User-Agent": "claude-cli/2.1", "x-api-key": "sk-ant-api03-PLANTED"} | dict(headers or {})
    raw = [(name.encode(), value.encode()) for name, value in shown.items() if value]
    return CallBegun(at=at, method=method, target=path, headers=raw)


def wire(headers: Mapping[str, str]) -> Sequence[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


@dataclass
class Keeper:
    """Where records go, remembered."""

    noted_records: list[UsageRecord] = field(default_factory=list)
    calls: list[list[UsageRecord]] = field(default_factory=list)
    bodies: list[Bodies | None] = field(default_factory=list)
    told: list[UsageRecord] = field(default_factory=list)
    holds: int = 0
    trouble: Exception | None = None

    def noted(self, key: str, record: UsageRecord) -> None:
        if self.trouble:
            raise self.trouble
        self.noted_records.append(record)

    def held(self, size: int) -> bool:
        self.holds += size
        return True

    def results(self, key: str, records: list[UsageRecord]) -> None:
        self.told += records

    def finished(self, key: str, records: list[UsageRecord], bodies: Bodies | None = None) -> None:
        self.calls.append(records)
        self.bodies.append(bodies)

    @property
    def record(self) -> UsageRecord:
        """The only call's own."""
        ((own, *_),) = self.calls
        return own


class Heard:
    """An ear, its keeper, and a clock that stands where it is put: a tenth of a second passes at each look."""

    def __init__(self, begun: CallBegun | None = None, rules: Measures | None = None) -> None:
        self.kept = Keeper()
        ticks = itertools.count()
        measured_by = rules or measures()
        self.now = AT + timedelta(seconds=1)
        self.ear: Ear = CallEar(
            begun or call(),
            "call-1",
            lambda: measured_by,
            self.kept,
            lambda: self.now,
            lambda: next(ticks) / 10,
        )

    @property
    def record(self) -> UsageRecord:
        return self.kept.record

    def asks(self, request: Any = ASKED) -> "Heard":
        self.ear.asked(request if isinstance(request, bytes) else json.dumps(request).encode())
        return self

    def is_answered(self, headers: Mapping[str, str], *pieces: bytes, status: int = 200) -> "Heard":
        self.ear.answering(status, wire(headers))
        for piece in pieces:
            self.ear.answered(piece)
        return self

    def ends(self) -> UsageRecord:
        self.ear.ended()
        return self.record

    def leaves(self) -> UsageRecord:
        self.ear.left()
        return self.record
