"""Channels through Apprise: an alert as a plain message, delivered by a helper process.

Shapes: the helper is told `{"url", "title", "body", "kind"}` and answers as `sender.deliver` returns.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from claudetray.channels.posting import AGAIN, told_to_wait
from claudetray.core.alert import Alert
from claudetray.core.channel import ChannelForm
from claudetray.core.errors import ChannelError
from claudetray.core.health import Health

Sender = Callable[[bytes], Awaitable[bytes]]
MOST_TITLE = 120
# Characters that arrive in one message.
_MOST = {ChannelForm.TWILIO: 300, ChannelForm.DISCORD: 1800, ChannelForm.TELEGRAM: 3500}
MOST_BODY = 3500
_KINDS = {Health.HEALTHY: "success", Health.CAUTION: "info", Health.WARNING: "warning", Health.CRITICAL: "failure"}
_CHECK = "Check the channel in Settings."


class ThroughApprise:
    """Sends to one address. `sender` runs the helper: an order in, its answer out; it raises TimeoutError, OSError."""

    keep_for = timedelta(days=7)

    def __init__(self, name: str, form: ChannelForm, url: str, sender: Sender) -> None:
        self.name, self._form, self._url, self._sender = name, form, url, sender

    async def send(self, alert: Alert) -> None:
        """Raises: ChannelError."""
        order = {
            "url": self._url,
            "title": alert.title[:MOST_TITLE],
            "body": body(alert, _MOST.get(self._form, MOST_BODY)),
            "kind": _KINDS.get(alert.health, "info"),
        }
        try:
            answer = json.loads(await self._sender(json.dumps(order).encode()))
        except TimeoutError as error:
            raise ChannelError(f"{self.name} did not answer in time.", AGAIN) from error
        except (OSError, ValueError) as error:
            raise ChannelError(f"The helper that sends to {self.name} failed ({type(error).__name__}).") from error
        if not answer["sent"]:
            raise _refusal(self.name, answer)


def body(alert: Alert, most: int) -> str:
    """What happened, and the facts a line each, in so many characters."""
    lines = [alert.body, *(f"{label}: {text}" for label, text in alert.facts)]
    text = "\n".join(lines)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _refusal(name: str, answer: dict[str, Any]) -> ChannelError:
    status, error = answer["status"], answer["error"]
    if not answer["known"]:
        return ChannelError(f"The address of {name} is none that can be sent to.", _CHECK)
    if status == 429:
        wait = told_to_wait(answer["retry_after"])
        return ChannelError(f"{name} says: too many messages.", "claudetray waits as long as it was told.", wait)
    if status is not None and status >= 500:
        return ChannelError(f"{name} is in trouble (status {status}).", AGAIN)
    if status is not None and status >= 300:
        return ChannelError(f"{name} refuses the message (status {status}).", _CHECK)
    if "Timeout" in error:
        return ChannelError(f"{name} did not answer in time.", AGAIN)
    if error:
        return ChannelError(f"{name} cannot be reached ({error}).", AGAIN)
    return ChannelError(f"{name} did not take the message.", f"{_CHECK} {AGAIN}")
