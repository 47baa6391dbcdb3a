import asyncio
from typing import Any

from claudetray.core.errors import Unreachable
from claudetray.core.request import ConsoleRequest
from claudetray.providers.anthropic_console import look
from tests.builders import NOW, cookies, dollars

REQUEST = ConsoleRequest(
    origin="https://platform.claude.com",
    organization="o-1",
    headers=(("User-Agent", "Mozilla/5.0"), ("x-token", "a-token-of-nobody")),
    cookies=cookies(sessionKey="a-session-of-nobody"),
)


def test_the_months_spend_never_fails_a_look() -> None:
    async def get(path: str) -> Any:
        if path.endswith(look.SPEND):
            raise Unreachable("busy")
        return {"amount": 1820, "currency": "USD"}

    reading = asyncio.run(look.reading(get, REQUEST, NOW, "some way", list))
    assert (reading.left, reading.spend, reading.source) == (dollars("18.20"), None, "some way")


def test_a_slow_spend_is_not_waited_for() -> None:
    async def get(path: str) -> Any:
        if path.endswith(look.SPEND):
            await asyncio.get_running_loop().create_future()
        return {"amount": 1820, "currency": "USD"}

    assert asyncio.run(look.reading(get, REQUEST, NOW, "some way", list)).spend is None


def test_what_was_sent_is_secret_but_for_what_every_browser_says() -> None:
    assert look.secrets(REQUEST) == ["a-session-of-nobody", "a-token-of-nobody"]
