import asyncio
import threading
import zlib
from pathlib import Path

import pytest

from claudetray.core.body import Bodies
from claudetray.store import database
from claudetray.store.bodies import BodiesKept
from claudetray.store.usage import UsageKept
from tests.builders import a_record

ASKED = Bodies(request=b'{"model":"claude-opus-5"}', answer=b"event: ping\n\n", answer_cut=True)


def test_bodies_come_back_as_they_were(tmp_path: Path) -> None:
    async def work() -> tuple[Bodies | None, Bodies | None]:
        with database.opened(tmp_path / "claudetray.db") as data:
            usage, bodies = UsageKept(data), BodiesKept(data)
            (kept,) = await usage.add([a_record()])
            assert kept is not None
            assert kept.id is not None
            await bodies.add([(kept.id, ASKED)])
            return await bodies.one(kept.id), await bodies.one(kept.id + 1)

    assert asyncio.run(work()) == (ASKED, None)


def test_bodies_are_compressed_in_the_stores_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compress, threads = zlib.compress, set()

    def noted(body: bytes, level: int) -> bytes:
        threads.add(threading.current_thread())
        return compress(body, level)

    async def work() -> None:
        with database.opened(tmp_path / "claudetray.db") as data:
            await UsageKept(data).add([a_record()])
            await BodiesKept(data).add(one for one in [(1, ASKED)])

    monkeypatch.setattr(zlib, "compress", noted)
    asyncio.run(work())
    assert threads
    assert threading.main_thread() not in threads


def test_bodies_go_with_their_record(tmp_path: Path) -> None:
    async def work() -> Bodies | None:
        with database.opened(tmp_path / "claudetray.db") as data:
            usage, bodies = UsageKept(data), BodiesKept(data)
            (kept,) = await usage.add([a_record()])
            assert kept is not None
            assert kept.id is not None
            await bodies.add([(kept.id, ASKED)])
            await usage.delete([kept.id])
            return await bodies.one(kept.id)

    assert asyncio.run(work()) is None
