"""Slack's incoming webhook: an alert as Block Kit, with a text for notifications.

Source: Slack's documentation, "Sending messages using incoming webhooks" and "Rate limits".
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx

from claudetray.channels.posting import posted, told_to_wait
from claudetray.core.alert import Alert
from claudetray.core.channel import SLACK
from claudetray.core.errors import ChannelError
from claudetray.core.health import Health
from claudetray.core.times import rfc3339

_EMOJI = {
    Health.HEALTHY: ":white_check_mark:",
    Health.CAUTION: ":large_blue_circle:",
    Health.WARNING: ":warning:",
    Health.CRITICAL: ":rotating_light:",
    Health.UNKNOWN: ":grey_question:",
}
_PASTE = "Create a new incoming webhook in Slack and paste its address in Settings."
# Slack's words in the body of a refusal, and what a person can do about each.
_REFUSALS = {
    "invalid_token": ("Slack does not accept this webhook any more.", _PASTE),
    "no_service": ("This webhook was removed or switched off in Slack.", _PASTE),
    "no_service_id": ("This webhook was removed or switched off in Slack.", _PASTE),
    "no_team": ("The Slack workspace of this webhook does not exist any more.", _PASTE),
    "no_active_hooks": ("This webhook is switched off in Slack.", _PASTE),
    "team_disabled": ("The Slack workspace of this webhook is switched off.", _PASTE),
    "channel_not_found": ("The Slack channel of this webhook was deleted.", _PASTE),
    "channel_is_archived": ("The Slack channel of this webhook is archived.", "Unarchive it, or choose another one."),
    "action_prohibited": ("An administrator of the Slack workspace forbids this webhook.", "Ask them to allow it."),
    "posting_to_general_channel_denied": ("Nobody may post to that Slack channel by webhook.", _PASTE),
    "user_not_found": ("The Slack user of this webhook does not exist any more.", _PASTE),
    "invalid_payload": ("Slack could not read the message.", "Please report this."),
    "too_many_attachments": ("Slack could not read the message.", "Please report this."),
}


class Slack:
    """Posts to the webhook that is kept. `webhook` answers with it, or with None where there is none."""

    keep_for = timedelta(days=7)

    def __init__(
        self, client: httpx.AsyncClient, webhook: Callable[[], Awaitable[str | None]], name: str = SLACK
    ) -> None:
        self.name, self._client, self._webhook = name, client, webhook

    async def send(self, alert: Alert) -> None:
        """Raises: ChannelError; only status 200 with the body "ok" is success."""
        url = await self._webhook()
        if not url:
            raise ChannelError("No Slack webhook is set.", "Paste one in Settings.")
        response = await posted(self._client, url, "Slack", message(alert))
        if response.status_code != httpx.codes.OK or response.text.strip() != "ok":
            raise _refusal(response)


def message(alert: Alert) -> dict[str, Any]:
    """The JSON of a message. The time is a date token, shown in each reader's own zone."""
    heading = f"{_EMOJI[alert.health]} *{escaped(alert.title)}*"
    stamp = int(alert.raised_at.timestamp())
    time = f"<!date^{stamp}^{{date_short_pretty}} at {{time}}|{rfc3339(alert.raised_at)}>"
    blocks: list[dict[str, Any]] = [_section(f"{heading}\n{escaped(alert.body)}")]
    if alert.facts:
        fields = [{"type": "mrkdwn", "text": f"*{escaped(label)}*\n{escaped(text)}"} for label, text in alert.facts]
        blocks.append({"type": "section", "fields": fields[:10]})
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": f"{time} · claudetray"}]})
    facts = ", ".join(f"{label}: {text}" for label, text in alert.facts)
    return {"text": escaped(f"{alert.title}. {alert.body}" + (f" ({facts})" if facts else "")), "blocks": blocks}


def escaped(text: str) -> str:
    """Text that Slack shows as it is. Source: Slack's documentation, "Escaping text"."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:2900]}}


def _refusal(response: httpx.Response) -> ChannelError:
    word = response.text.strip()[:60]
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        wait = told_to_wait(response.headers.get("retry-after"))
        return ChannelError("Slack says: too many messages.", "claudetray waits as long as it was told.", wait)
    if word in _REFUSALS:
        return ChannelError(*_REFUSALS[word])
    if response.status_code in (403, 404, 410):
        return ChannelError(f"Slack refuses this webhook (status {response.status_code}).", _PASTE)
    if response.status_code >= 500:
        return ChannelError(f"Slack is in trouble (status {response.status_code}).", "claudetray tries again.")
    return ChannelError(f"The webhook answered with status {response.status_code}, and not as Slack does.", _PASTE)
