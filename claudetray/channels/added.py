"""Which channel a form stands for. Its module is loaded when one is sent by: who added none does not pay for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from claudetray.channels.slack import Slack
from claudetray.core.alert import Channel
from claudetray.core.channel import ChannelForm

if TYPE_CHECKING:
    from claudetray.channels.through_apprise import Sender


def maker(client: httpx.AsyncClient, sender: "Sender") -> Callable[[str, ChannelForm, str], Channel]:
    """Makes a channel of a name, a form and an address. `sender` runs Apprise."""

    def made(name: str, form: ChannelForm, address: str) -> Channel:
        async def itself() -> str:
            return address

        match form:
            case ChannelForm.SLACK:
                return Slack(client, itself, name)
            case ChannelForm.WEBHOOK:
                from claudetray.channels.webhook import Webhook

                return Webhook(name, address, client)
        from claudetray.channels.through_apprise import ThroughApprise

        return ThroughApprise(name, form, address, sender)

    return made
