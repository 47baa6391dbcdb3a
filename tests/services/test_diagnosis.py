import asyncio

from claudetray.services.diagnosis import as_text, diagnosis
from tests.services.conftest import Opens


def test_the_last_crash_is_in_it(opened: Opens) -> None:
    async def work() -> None:
        async with opened() as parts:
            assert (await diagnosis(parts))["crashes"] == []
            assert "crashes:\n  none" in as_text(await diagnosis(parts))
            parts.crash_log.parent.mkdir(exist_ok=True)
            parts.crash_log.write_text("".join(f"line {number}\n" for number in range(100)))
            found = await diagnosis(parts)
            assert found["crashes"][-1] == "line 99"
            assert len(found["crashes"]) == 20
            text = as_text(found)
            assert "line 99" in text
            assert "web_engine: True" in text

    asyncio.run(work())


def test_what_slipped_in_is_redacted_at_the_end() -> None:
    assert "PLANTED" not in as_text({"looks": ["authorization: Bearer PLANTED123"]})
