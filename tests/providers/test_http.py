import asyncio
from datetime import timedelta

import httpx
import pytest

from claudetray.core.errors import SourceError, UnexpectedAnswer, Unreachable
from claudetray.demo import world
from claudetray.demo.console import SESSION
from claudetray.desktop.certificates import trusted
from claudetray.providers import http


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("x"), Unreachable),
        (httpx.ReadTimeout("x"), Unreachable),
        (httpx.RemoteProtocolError("x"), Unreachable),
        (httpx.DecodingError("x"), UnexpectedAnswer),
        (httpx.InvalidURL("x"), UnexpectedAnswer),
    ],
)
def test_each_error_of_the_client_becomes_one_of_ours(raised: Exception, expected: type[SourceError]) -> None:
    with pytest.raises(expected), http.speaking_plainly(lambda response: Unreachable("status")):
        raise raised


def test_jitter_stays_near_the_pause() -> None:
    assert all(4 <= http.jittered(timedelta(seconds=5)) <= 6 for _ in range(200))


def test_the_client_follows_no_redirect() -> None:
    async def work() -> bool:
        async with http.client(trusted()) as client:
            return client.follow_redirects

    assert asyncio.run(work()) is False


def test_no_cookie_is_remembered() -> None:
    """Else a session that one host renewed would go with the next request to any port of it."""

    async def work() -> list[str]:
        with world.served() as stand_ins:
            stand_ins.console.renew_to = "sk-ant-sid01-renewed"
            async with http.client(trusted()) as client:
                headers = {"Cookie": f"sessionKey={SESSION}"}
                await client.get(f"{stand_ins.url}/api/organizations", headers=headers)
                await client.get(f"{stand_ins.url}/api/organizations")
            return [seen.get("cookie", "") for _, seen in stand_ins.console.seen]

    assert asyncio.run(work()) == [f"sessionKey={SESSION}", ""]
