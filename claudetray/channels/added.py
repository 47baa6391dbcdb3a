"""Which channel a form stands for."""

from collections.abc import Callable

import httpx

from claudetray.channels.slack import Slack
from claudetray.channels.through_apprise import Sender, ThroughApprise
from claudetray.channels.webhook import Webhook
from claudetray.core.alert import Channel
from claudetray.core.channel import ChannelForm


def maker(client: httpx.AsyncClient, sender: Sender) -> Callable[[str, ChannelForm, str], Channel]:
    """Makes a channel of a name, a form and an address. `sender` runs Apprise."""

    def made(name: str, form: ChannelForm, address: str) -> Channel:
        async def itself() -> str:
            return address

        match form:
            case ChannelForm.SLACK:
                return Slack(client, itself, name)
            case ChannelForm.WEBHOOK:
                return Webhook(name, address, client)
        return ThroughApprise(name, form, address, sender)

    return made
