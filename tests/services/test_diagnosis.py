import asyncio

from claudetray.services.diagnosis import as_text, diagnosis
from tests.services.conftest import Opens


def test_the_last_crash_is_in_it(opened: Opens) -> None:
    async def work() -> None:
        async with opened() as parts:
            assert (await diagnosis(parts))["crashes"] == []
            assert "crashes:\n  none" in as_text(await diagnosis(parts))
            parts.crash_log.parent.mkdir(exist_ok=True)
            first, last = (
                "2026-11-20 10:00:00,1 ERROR x: process 7 died:",
                "2026-11-21 10:00:00,1 ERROR x: process 8 died:",
            )
            frames = "".join(f'  File "x.py", line {number}\n\n' for number in range(100))
            parts.crash_log.write_text(f"{first}\nOld\n{last}\nFatal Python error: Segmentation fault\n\n{frames}")
            found = await diagnosis(parts)
            assert found["crashes"][:2] == [last, "Fatal Python error: Segmentation fault"]
            assert len(found["crashes"]) == 40
            text = as_text(found)
            assert "Segmentation fault" in text
            assert "web_engine: True" in text

    asyncio.run(work())


def test_what_slipped_in_is_redacted_at_the_end() -> None:
    assert "PLANTED" not in as_text({"looks": ["authorization: Bearer PLANTED123"]})
