import asyncio
from typing import Any

import httpx
import pytest

from claudetray.channels.added import maker
from claudetray.channels.slack import Slack
from claudetray.channels.through_apprise import ThroughApprise
from claudetray.channels.webhook import Webhook
from claudetray.core.channel import ChannelForm


@pytest.mark.parametrize("form", ChannelForm)
def test_each_form_has_its_channel(form: ChannelForm) -> None:
    async def nobody(order: bytes) -> bytes:
        raise AssertionError

    async def work() -> Any:
        async with httpx.AsyncClient() as client:
            return maker(client, nobody)("team", form, "https://example.org/x")

    made = asyncio.run(work())
    kinds = {ChannelForm.SLACK: Slack, ChannelForm.WEBHOOK: Webhook}
    assert isinstance(made, kinds.get(form, ThroughApprise))
    assert made.name == "team"
