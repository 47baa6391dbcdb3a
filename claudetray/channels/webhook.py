"""A plain webhook: an alert as JSON. docs/alerts.md has its shape."""

from datetime import timedelta

import httpx

from claudetray.channels.posting import AGAIN, posted, told_to_wait
from claudetray.core import contract
from claudetray.core.alert import Alert
from claudetray.core.errors import ChannelError

SCHEMA = "claudetray.alert.v1"


class Webhook:
    """Posts to an address; any status from 200 to 299 is success."""

    keep_for = timedelta(days=7)

    def __init__(self, name: str, url: str, client: httpx.AsyncClient) -> None:
        self.name, self._url, self._client = name, url, client

    async def send(self, alert: Alert) -> None:
        """Raises: ChannelError."""
        response = await posted(self._client, self._url, self.name, {"schema": SCHEMA, **contract.spoken(alert)})
        if response.is_success:
            return
        wait = told_to_wait(response.headers.get("retry-after"))
        passes = response.status_code >= 500 or wait is not None
        advice = AGAIN if passes else "Check the address in Settings."
        raise ChannelError(f"{self.name} answered with status {response.status_code}.", advice, wait)
