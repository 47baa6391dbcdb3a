"""Calls on record: journal and rows, on a real file and a real database."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from claudetray.core.exchange import Ear
from claudetray.core.usage import CallState, UsageQuery, UsageRecord
from claudetray.services import recorder
from claudetray.services.recorder import UsageRecorder
from claudetray.store.bodies import BodiesKept
from claudetray.store.database import Database
from claudetray.store.journal import Journal, leftovers
from claudetray.store.statements import change
from claudetray.store.usage import UsageKept
from tests.answers import AT, COST, batch, events, start, stream, succeeded
from tests.builders import a_record
from tests.services.hearing import ASKED, SSE, call, measures, wire
from tests.services.test_call_ear import RESULTS, SEEN_AT_START


@dataclass
class Desk:
    data: Database
    home: Path
    journal: Journal

    @property
    def usage(self) -> UsageKept:
        return UsageKept(self.data)

    def recorder(self, bodies: bool = False) -> UsageRecorder:
        kept, by_number = self.usage, BodiesKept(self.data)
        return UsageRecorder(self.journal, kept, by_number, measures(bodies=bodies), lambda: AT, lambda: 0.0)

    async def records(self) -> list[UsageRecord]:
        return [record async for some in self.usage.stream(UsageQuery()) for record in some]


@pytest.fixture
def desk(data: Database, tmp_path: Path) -> Iterator[Desk]:
    journal = Journal(tmp_path)
    yield Desk(data, tmp_path, journal)
    journal.close()


def live(desk: Desk, work: Callable[[UsageRecorder], Awaitable[None]], bodies: bool = False) -> None:
    async def run() -> None:
        made = desk.recorder(bodies)
        await work(made)
        await made.close()

    asyncio.run(run())


def heard(ear: Ear, sent: bytes = stream()) -> None:  # bytes do not change
    """One call, from its request to its end."""
    ear.asked(b'{"model": "claude-opus-5"}')
    ear.answering(200, wire(SSE))
    ear.answered(sent)
    ear.ended()


async def locked(data: Database, work: Callable[[], Awaitable[None]]) -> None:
    """Do that while the table of calls is not there: every write fails, as on a broken disk."""
    await data.run(lambda: change("ALTER TABLE usage RENAME TO usage_away"))
    try:
        await work()
    finally:
        await data.run(lambda: change("ALTER TABLE usage_away RENAME TO usage"))


def test_a_call_that_ended_is_a_row_once_it_is_settled(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        told: list[UsageRecord] = []
        made.recorded.listen(told.extend)
        heard(made.begun(call()))
        assert (made.under_way, made.waiting) == (0, 1)
        await made.settled()
        assert made.waiting == 0
        (record,) = await desk.records()
        assert (record.cost_pico, record.state) == (COST, CallState.COMPLETE)
        assert told == [record]

    live(desk, work)
    desk.journal.close()
    assert leftovers(desk.home) == []


def test_a_thousand_calls_at_once_are_a_thousand_rows(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        ears = [made.begun(call()) for _ in range(1_000)]
        assert made.under_way == 1_000
        for number, ear in enumerate(ears):
            heard(ear, stream().replace(b"msg_1", f"msg_{number}".encode()))
        await made.settled()
        found = await desk.records()
        assert (len(found), len({record.key for record in found})) == (1_000, 1_000)
        assert sum(record.cost_pico or 0 for record in found) == 1_000 * COST

    live(desk, work)


def test_what_waits_at_the_end_is_written_by_closing(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        heard(made.begun(call()))
        await made.close()
        assert len(await desk.records()) == 1

    live(desk, work)


def test_a_killed_process_leaves_a_row_for_every_call(desk: Desk) -> None:
    async def before() -> None:
        made = desk.recorder()
        made.begun(call("/v1/messages?beta=true"))  # nothing was answered
        ear = made.begun(call())
        ear.asked(b'{"model": "claude-opus-5"}')
        ear.answering(200, wire(SSE))
        ear.answered(events(start()))
        heard(made.begun(call()))  # not a row yet

    async def after() -> None:
        made = desk.recorder()
        desk.journal.close()  # what the system does for a killed process
        for _ in range(2):  # whoever folds in twice, because it was killed itself
            (left,) = leftovers(desk.home)
            await made.fold_in(left.records)
            left.close()
        nothing, begun, ended = await desk.records()
        assert (nothing.state, nothing.cost_pico, nothing.estimated) == (CallState.INTERRUPTED, None, True)
        assert (nothing.path, nothing.started_at) == ("/v1/messages", AT)
        assert (begun.state, begun.cost_pico, begun.estimated) == (CallState.INTERRUPTED, SEEN_AT_START, True)
        assert (ended.state, ended.cost_pico) == (CallState.COMPLETE, COST)

    asyncio.run(before())
    asyncio.run(after())


def test_rows_that_were_written_just_before_the_kill_are_not_added_again(desk: Desk) -> None:
    async def work() -> None:
        made = desk.recorder()
        heard(made.begun(call()))
        await made.settled()
        records = await desk.records()
        await made.fold_in(records)
        assert await desk.records() == records

    asyncio.run(work())


def test_the_results_of_a_batch_fetched_twice_are_kept_once(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        for _ in range(2):
            heard_results(made.begun(call(RESULTS, "GET")))
            await made.settled()
        found = await desk.records()
        assert sorted(record.key for record in found if record.key.startswith("batch:")) == [
            "batch:msgbatch_1:a",
            "batch:msgbatch_1:b",
        ]
        assert sum(record.cost_pico or 0 for record in found) == COST
        assert len(found) == 4  # both fetches are calls, and cost nothing

    def heard_results(ear: Ear) -> None:
        ear.answering(200, ())
        ear.answered(batch(("a", succeeded()), ("b", succeeded())))
        ear.ended()

    live(desk, work)


def test_a_call_that_was_delivered_twice_costs_once(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        for _ in range(2):
            heard(made.begun(call()))
        await made.settled()
        first, second = await desk.records()
        assert (first.cost_pico, second.cost_pico, second.flags) == (COST, 0, ("duplicate",))

    live(desk, work)


def test_a_hello_is_no_call(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        for ear in (made.begun(call("/", "HEAD")), made.begun(call("/?x=1", "HEAD"))):
            heard(ear)
            ear.left()
            ear.broke("unreachable", "")
        assert (made.under_way, made.waiting) == (0, 0)

    live(desk, work)


def test_a_journal_that_cannot_be_written_fails_no_call_and_loses_none(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    full = os.open("/dev/full", os.O_WRONLY) if Path("/dev/full").exists() else os.open(os.devnull, os.O_RDONLY)

    async def work(made: UsageRecorder) -> None:
        own, desk.journal._fd = desk.journal._fd, full  # a disk that is full
        for _ in range(3):
            heard(made.begun(call()))
            await made.settled()
        assert len(await desk.records()) == 3
        desk.journal._fd = own
        heard(made.begun(call()))
        await made.settled()
        assert len(await desk.records()) == 4

    with caplog.at_level(logging.WARNING):
        live(desk, work)
    os.close(full)
    (said,) = [line.message for line in caplog.records]  # once, however many calls
    assert said.startswith("the journal of calls cannot be written (")


def test_a_store_that_cannot_be_written_fails_no_call_and_is_made_up_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recorder, "FLUSH_AFTER_S", 0.0)
    monkeypatch.setattr(recorder, "AGAIN_AFTER_S", 0.001)

    async def work(made: UsageRecorder) -> None:
        written = asyncio.Event()
        made.recorded.listen(lambda _: written.set())

        async def meanwhile() -> None:
            heard(made.begun(call()))
            await asyncio.wait_for(made.settled(), 10)  # it does not wait for ever
            assert made.waiting == 1

        await locked(desk.data, meanwhile)
        await asyncio.wait_for(written.wait(), 10)
        assert [record.cost_pico for record in await desk.records()] == [COST]
        await made.settled()

    with caplog.at_level(logging.WARNING):
        live(desk, work)
    assert len([line for line in caplog.records if "wait in the journal" in line.message]) == 1


def test_a_store_that_stays_broken_leaves_its_calls_in_the_journal(desk: Desk) -> None:
    async def work() -> None:
        made = desk.recorder()

        async def meanwhile() -> None:
            heard(made.begun(call()))
            await made.close()

        await locked(desk.data, meanwhile)
        desk.journal.close()
        (left,) = leftovers(desk.home)
        await made.fold_in(left.records)
        left.remove()
        assert [record.cost_pico for record in await desk.records()] == [COST]

    asyncio.run(work())


def test_one_call_that_cannot_be_kept_does_not_hold_up_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "FLUSH_AFTER_S", 0.0)
    add = UsageKept.add

    async def failing(self: UsageKept, records: Iterable[UsageRecord]) -> object:
        listed = tuple(records)
        if any(record.path == "/poison" for record in listed):
            raise ValueError("a bug")
        return await add(self, listed)

    async def work(made: UsageRecorder) -> None:
        monkeypatch.setattr(UsageKept, "add", failing)
        heard(made.begun(call()))
        made.begun(call(path="/poison", method="GET")).ended()
        heard(made.begun(call()))
        await asyncio.wait_for(made.settled(), 10)
        assert [record.path for record in await desk.records()] == ["/v1/messages", "/v1/messages"]
        assert made.waiting == 0

    live(desk, work)


def test_when_too_many_wait_the_journal_has_them_all_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_WAITING", 2)

    async def work(made: UsageRecorder) -> None:
        for _ in range(5):
            heard(made.begun(call()))
        assert made.waiting == 2
        await made.settled()
        assert len(await desk.records()) == 2

    live(desk, work)
    desk.journal.close()
    (left,) = leftovers(desk.home)
    assert len(left.records) == 3
    left.close()


def test_new_measures_hold_for_calls_that_are_under_way(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        ear = made.begun(call())
        made.measures = recorder.Measures(measures().prices.overridden(()), measures().tagger, b"another", False, False)
        heard(ear)
        await made.settled()
        (record,) = await desk.records()
        assert (
            record.key_fingerprint == made.measures.fingerprint("sk-ant-api03-PLANTED") != measures().fingerprint("x")
        )

    live(desk, work)


def test_bodies_are_kept_with_their_row(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        heard(made.begun(call()))
        await made.settled()
        (record,) = await desk.records()
        assert record.id is not None
        bodies = await BodiesKept(desk.data).one(record.id)
        assert bodies is not None
        assert bodies.answer == stream()

    live(desk, work, bodies=True)


def test_no_key_is_in_the_journal(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        ear = made.begun(call(headers={"Authorization": "Bearer sk-ant-oat01-PLANTED", "cookie": "PLANTED"}))
        ear.asked(str(ASKED).encode())
        heard(ear)
        assert b"PLANTED" not in b"".join(file.read_bytes() for file in desk.home.glob("*.journal"))

    live(desk, work)


def test_a_call_whose_process_was_killed_says_so_and_claims_no_duration(desk: Desk) -> None:
    async def work(made: UsageRecorder) -> None:
        noted = replace(a_record(), state=CallState.INTERRUPTED, duration=timedelta(milliseconds=2), error=None)
        await made.fold_in([noted])
        [kept] = await desk.records()
        assert (kept.duration, kept.error and kept.error.kind) == (None, "claudetray_ended")

    live(desk, work)
