import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from claudetray.channels.webhook import Webhook
from claudetray.core.errors import ChannelError
from tests.builders import an_alert
from tests.channels.receiver import Receiver


def send(url: str) -> None:
    async def work() -> None:
        async with httpx.AsyncClient() as client:
            await Webhook("team", url, client).send(an_alert())

    asyncio.run(work())


def test_an_alert_arrives_as_the_json_that_is_documented(receiver: Receiver) -> None:
    receiver.status = 204
    send(f"{receiver.url}/hook?x=1")
    ((path, headers, body),) = receiver.got
    assert (path, headers["Content-Type"]) == ("/hook?x=1", "application/json")
    assert json.loads(body) == {
        "schema": "claudetray.alert.v1",
        "id": 0,
        "kind": "threshold",
        "health": "warning",
        "title": "$18.20 of credit left",
        "body": "The balance is at or below $20.",
        "facts": [{"label": "Balance", "text": "$18.20"}, {"label": "Threshold", "text": "$20.00"}],
        "raised_at": "2026-11-21T09:30:00Z",
    }


@pytest.mark.parametrize(
    ("status", "headers", "word", "wait"),
    [
        (404, {}, "Check the address", None),
        (500, {}, "tries again", None),
        (429, {"Retry-After": "9"}, "tries again", timedelta(seconds=9)),
        (302, {"Location": "/elsewhere"}, "Check the address", None),
    ],
)
def test_anything_else_did_not_get_through(
    receiver: Receiver, status: int, headers: dict[str, str], word: str, wait: timedelta | None
) -> None:
    receiver.status, receiver.headers = status, headers
    with pytest.raises(ChannelError, match=f"status {status}") as refused:
        send(receiver.url)
    assert word in refused.value.message
    assert refused.value.retry_after == wait
    assert len(receiver.got) == 1


def test_nobody_there_is_said_without_the_address() -> None:
    with pytest.raises(ChannelError, match="team cannot be reached") as refused:
        send("http://127.0.0.1:1/secret")
    assert "secret" not in refused.value.message
