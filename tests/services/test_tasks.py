import asyncio
import logging

import pytest

from claudetray.core.errors import VaultError
from claudetray.services.tasks import Tasks


def test_a_failure_that_nobody_awaits_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(error: Exception) -> None:
        raise error

    async def work() -> None:
        tasks = Tasks()
        tasks.start(fails(ZeroDivisionError()))
        tasks.start(fails(VaultError("locked")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await tasks.close()

    asyncio.run(work())
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]
    assert "locked" in caplog.text


def test_closing_cancels_what_still_runs() -> None:
    async def work() -> bool:
        ended = asyncio.Event()

        async def runs() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        tasks = Tasks()
        tasks.start(runs())
        await asyncio.sleep(0)
        await tasks.close()
        return ended.is_set()

    assert asyncio.run(work())
