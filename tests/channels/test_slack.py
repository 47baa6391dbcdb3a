import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from claudetray.channels.slack import Slack, message
from claudetray.core.errors import ChannelError
from claudetray.core.health import Health
from claudetray.demo import world
from claudetray.demo.world import World
from tests.builders import an_alert


@pytest.fixture
def stand_ins() -> Iterator[World]:
    with world.served() as served:
        yield served


def send(url: str | None) -> None:
    async def work() -> None:
        async def webhook() -> str | None:
            return url

        async with httpx.AsyncClient() as client:
            await Slack(client, webhook).send(an_alert())

    asyncio.run(work())


def test_an_alert_arrives_with_balance_threshold_and_time(stand_ins: World) -> None:
    send(stand_ins.webhook)
    (got,) = stand_ins.slack.messages
    text = json.dumps(got)
    assert "$18.20" in text
    assert "$20.00" in text
    assert "<!date^1795253400^{date_short_pretty} at {time}|2026-11-21T09:30:00Z>" in text
    assert got["text"].startswith("$18.20 of credit left.")


def test_what_slack_would_read_as_markup_is_escaped() -> None:
    shown = json.dumps(message(an_alert("<!channel> & <b>", Health.CRITICAL)))
    assert "<!channel>" not in shown
    assert "&lt;!channel&gt; &amp;" in shown


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (403, "invalid_token", "does not accept"),
        (404, "no_service", "removed"),
        (410, "channel_is_archived", "archived"),
        (404, "something", "refuses"),
        (500, "oops", "in trouble"),
        (400, "invalid_payload", "could not read"),
        (200, "<html>a proxy</html>", "not as Slack does"),
    ],
)
def test_each_refusal_is_explained_and_the_webhook_never_shown(
    stand_ins: World, status: int, body: str, word: str
) -> None:
    stand_ins.slack.refuse, stand_ins.slack.status = body, status
    with pytest.raises(ChannelError, match=word) as error:
        send(stand_ins.webhook)
    assert "made-up-token" not in error.value.message


def test_too_many_messages_tells_how_long_to_wait(stand_ins: World) -> None:
    stand_ins.slack.refuse, stand_ins.slack.status, stand_ins.slack.retry_after = "rate_limited", 429, "30"
    with pytest.raises(ChannelError) as error:
        send(stand_ins.webhook)
    assert error.value.retry_after == timedelta(seconds=30)


def test_nobody_there_and_no_webhook_are_sentences() -> None:
    with pytest.raises(ChannelError, match="cannot be reached"):
        send("http://127.0.0.1:9/services/x")
    with pytest.raises(ChannelError, match="No Slack webhook"):
        send(None)
