import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from claudetray.channels.through_apprise import ThroughApprise, body
from claudetray.core.channel import ChannelForm
from claudetray.core.errors import ChannelError
from claudetray.core.health import Health
from tests.builders import an_alert

SENT = {"sent": True, "known": True, "status": 200, "retry_after": None, "error": ""}


class Helper:
    """A helper that answers as it is told."""

    def __init__(self, **answer: Any) -> None:
        self.answer, self.orders = SENT | answer, list[dict[str, Any]]()
        self.fails: Exception | None = None

    async def send(self, order: bytes) -> bytes:
        self.orders.append(json.loads(order))
        if self.fails:
            raise self.fails
        return json.dumps(self.answer).encode()


def send(helper: Helper, form: ChannelForm = ChannelForm.NTFY, **more: Any) -> None:
    asyncio.run(ThroughApprise("team", form, "ntfy://secret", helper.send).send(replace(an_alert(), **more)))


def test_the_helper_is_told_what_to_say_and_where() -> None:
    helper = Helper()
    send(helper, health=Health.CRITICAL)
    assert helper.orders == [
        {
            "url": "ntfy://secret",
            "title": "$18.20 of credit left",
            "body": "The balance is at or below $20.\nBalance: $18.20\nThreshold: $20.00",
            "kind": "failure",
        }
    ]


def test_a_message_is_no_longer_than_its_service_takes() -> None:
    helper = Helper()
    send(helper, ChannelForm.TWILIO, title="x" * 500, body="y" * 5000)
    (order,) = helper.orders
    assert (len(order["title"]), len(order["body"])) == (120, 300)
    assert order["body"].endswith("…")
    assert body(an_alert(), 3500).count("\n") == 2


@pytest.mark.parametrize(
    ("answer", "word", "wait"),
    [
        ({"known": False}, "none that can be sent to", None),
        ({"status": 429, "retry_after": "7"}, "too many messages", timedelta(seconds=7)),
        ({"status": 429}, "too many messages", None),
        ({"status": 503}, "in trouble", None),
        ({"status": 401}, "refuses the message", None),
        ({"status": None, "error": "ReadTimeout"}, "in time", None),
        ({"status": None, "error": "ConnectionError"}, "cannot be reached", None),
        ({"status": 200}, "did not take", None),
    ],
)
def test_why_it_did_not_get_through_is_a_sentence(answer: dict[str, Any], word: str, wait: timedelta | None) -> None:
    with pytest.raises(ChannelError, match="team") as refused:
        send(Helper(sent=False, **answer))
    assert word in refused.value.message
    assert "secret" not in refused.value.message
    assert refused.value.retry_after == wait


@pytest.mark.parametrize("fails", [TimeoutError(), OSError("no such file"), ValueError()])
def test_a_helper_that_fails_is_a_delivery_that_failed(fails: Exception) -> None:
    helper = Helper()
    helper.fails = fails
    with pytest.raises(ChannelError, match="team"):
        send(helper)
