import asyncio
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claudetray.core.usage import CallState, UsageRecord
from claudetray.store import journal
from claudetray.store.database import Database
from claudetray.store.journal import Journal, leftovers
from claudetray.store.usage import UsageKept
from tests.store.calls import a_call

BEGUN = a_call("a", state=CallState.INTERRUPTED)


def left(home: Path) -> list[UsageRecord]:
    """What is left behind, and taken up."""
    found = leftovers(home)
    records = [record for one in found for record in one.records]
    for one in found:
        one.remove()
    return records


def files(home: Path) -> list[Path]:
    return sorted(home.glob("*.journal"))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Journal]:
    kept = Journal(tmp_path)
    yield kept
    kept.close()


def test_a_living_process_leaves_nothing_behind(tmp_path: Path, own: Journal) -> None:
    own.begin("a", BEGUN)
    assert leftovers(tmp_path) == []
    assert files(tmp_path)[0].stat().st_mode & 0o077 == 0


def test_what_was_begun_is_left_as_interrupted_and_what_ended_as_it_ended(tmp_path: Path, own: Journal) -> None:
    more = replace(BEGUN, model="claude-opus-4-6", estimated=True)
    done = [a_call("b"), a_call("batch:1"), a_call("batch:2")]
    own.begin("a", BEGUN)
    own.begin("b", a_call("b", state=CallState.INTERRUPTED))
    own.begin("a", more)
    own.finish("b", done)
    own.finish("c", [a_call("c")])
    own.committed(["c"])
    own.close()
    assert left(tmp_path) == [more, *done]
    assert files(tmp_path) == []


def test_nothing_is_left_of_what_became_rows(tmp_path: Path, own: Journal) -> None:
    own.begin("a", BEGUN)
    own.finish("a", [a_call("a")])
    own.committed(["a", "unknown"])
    own.close()
    assert files(tmp_path) == []


def test_what_is_left_can_wait(tmp_path: Path, own: Journal) -> None:
    own.begin("a", BEGUN)
    own.close()
    (found,) = leftovers(tmp_path)
    assert leftovers(tmp_path) == []  # we hold it
    found.close()
    assert left(tmp_path) == [BEGUN]


def test_an_idle_journal_is_emptied_and_a_long_one_made_anew(tmp_path: Path, own: Journal) -> None:
    bulky = a_call("x", headers={"x": "y" * 100_000})
    for number in range(12):
        own.finish(f"{number}", [bulky])
    own.committed(f"{number}" for number in range(12))
    assert files(tmp_path)[0].stat().st_size == 0
    own.begin("a", BEGUN)
    for number in range(170):
        own.finish(f"{number}", [bulky])
        own.committed([f"{number}"])
    (file,) = files(tmp_path)
    assert file.name.endswith("-2.journal")
    assert file.stat().st_size < journal.EMPTY_ABOVE
    own.finish("b", [a_call("b")])
    own.close()
    assert left(tmp_path) == [BEGUN, a_call("b")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 2000), st.binary(max_size=40))
def test_a_torn_end_and_garbage_spoil_nothing_before_them(tmp_path: Path, cut: int, garbage: bytes) -> None:
    kept = Journal(tmp_path)
    kept.begin("a", BEGUN)
    kept.finish("b", [a_call("b")])
    (file,) = files(tmp_path)
    whole = file.stat().st_size
    kept.finish("c", [a_call("c")])
    kept.close()
    with file.open("r+b") as opened:
        opened.truncate(max(whole, file.stat().st_size - 1 - cut))
        opened.seek(0, os.SEEK_END)
        opened.write(garbage)
    first, second, *third = left(tmp_path)
    assert [first, second] == [BEGUN, a_call("b")]
    assert third in ([], [a_call("c")])  # it lost its line end at most


def test_half_a_line_does_not_spoil_the_next(tmp_path: Path, own: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, line: write(fd, line[:30]))  # a disk that is nearly full
    with pytest.raises(OSError, match="part"):
        own.begin("a", BEGUN)
    monkeypatch.setattr(os, "write", write)
    own.finish("b", [a_call("b")])
    own.close()
    assert left(tmp_path) == [a_call("b")]


def test_a_number_that_comes_again_overwrites_nothing(tmp_path: Path) -> None:
    older = Journal(tmp_path)
    older.begin("a", BEGUN)
    older.close()
    newer = Journal(tmp_path)
    newer.finish("b", [a_call("b")])
    newer.close()
    assert left(tmp_path) == [BEGUN, a_call("b")]


def bulk(own: Journal, count: int) -> None:
    """Calls that come and go, more than the file is to hold."""
    for number in range(count):
        own.finish(f"{number}", [a_call("x", headers={"x": "y" * 100_000})])
        own.committed([f"{number}"])


@pytest.mark.parametrize("part", [0, 30])
def test_a_full_disk_leaves_the_old_file_as_it_was(
    tmp_path: Path, own: Journal, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    def full(fd: int, line: bytes) -> int:
        if line.startswith(b'["began","a"'):  # the new file
            if not part:
                raise OSError(errno.ENOSPC, "No space left on device")
            line = line[:part]
        return write(fd, line)

    write = os.write
    own.begin("a", BEGUN)
    bulk(own, 160)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match=r"part|space"):
        bulk(own, 20)
    monkeypatch.setattr(os, "write", write)
    (file,) = files(tmp_path)
    assert file.name.endswith("-1.journal")
    own.finish("a", [a_call("a")])
    own.committed([])  # renewed at last
    (file,) = files(tmp_path)
    assert not file.name.endswith("-1.journal")
    own.close()
    assert [record.key for record in left(tmp_path)][:1] == ["a"]


def test_files_of_one_process_are_read_in_their_order(tmp_path: Path) -> None:
    for number, record in ((2, BEGUN), (10, a_call("a"))):
        kept = Journal(tmp_path)
        kept.begin("a", record)
        kept.close()
        (file,) = tmp_path.glob(f"calls-{os.getpid()}-1.journal")
        file.rename(tmp_path / f"calls-{os.getpid()}-{number}.journal")
    other = Journal(tmp_path)
    other.begin("b", a_call("b"))
    other.close()
    (tmp_path / f"calls-{os.getpid()}-1.journal").rename(tmp_path / "calls-7-1.journal")
    found = leftovers(tmp_path)
    assert [one.records for one in found] == [(a_call("b"),), (a_call("a"),)]
    for one in found:
        one.remove()
    assert files(tmp_path) == []


KILLED = """
import os, sys, time
from pathlib import Path
from claudetray.store.journal import Journal
from tests.store.calls import a_call
from claudetray.core.usage import CallState

journal = Journal(Path(sys.argv[1]))
for number in range(100_000):
    key = f"{number}"
    journal.begin(key, a_call(key, state=CallState.INTERRUPTED))
    if number % 3:
        journal.finish(key, [a_call(key)])
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_a_killed_process_leaves_every_call_and_rows_are_made_once(data: Database, tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 300:
            break
    assert leftovers(tmp_path) == []
    process.send_signal(signal.SIGKILL)
    said = [int(line) for line in process.stdout if line.endswith("\n")]
    process.wait()
    process.stdout.close()
    last = said[-1] if said else 300

    async def work() -> None:
        kept = UsageKept(data)
        await kept.add([a_call("7")])  # it had become a row when the process died
        (found,) = leftovers(tmp_path)
        await kept.add(found.records)
        assert await kept.add(found.records) == (None,) * len(found.records)
        found.remove()
        records = await kept.to_retag(0, 200_000)
        assert {record.key for record in records} >= {f"{number}" for number in range(last + 1)}
        assert all(
            (record.state is CallState.COMPLETE) == bool(int(record.key) % 3)
            for record in records
            if int(record.key) <= last
        )

    asyncio.run(work())
    assert files(tmp_path) == []
