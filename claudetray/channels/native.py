"""Native notifications: through whichever notifier of this desktop works, in order."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from claudetray.core.alert import Alert
from claudetray.core.errors import ChannelError

MOST_TITLE, MOST_BODY = 60, 200  # what every platform shows whole (Windows cuts at 63 and 255 units)


class Notifier(Protocol):
    """One way to show a notification."""

    async def notify(self, alert: Alert, title: str, body: str) -> None:
        """Raises: ChannelError when it cannot be shown this way."""


class Native:
    """The first notifier that works gets the alert."""

    name = "native"
    keep_for = timedelta(days=1)  # older news is in the window anyway

    def __init__(self, notifiers: Sequence[Notifier]) -> None:
        self._notifiers = tuple(notifiers)

    async def send(self, alert: Alert) -> None:
        """Raises: ChannelError, the first notifier's."""
        first: ChannelError | None = None
        for notifier in self._notifiers:
            try:
                await notifier.notify(alert, cut(alert.title, MOST_TITLE), cut(alert.body, MOST_BODY))
            except ChannelError as error:
                first = first or error
            else:
                return
        raise first or ChannelError("This system has no way to show notifications.")


def cut(text: str, most: int) -> str:
    """The text, ended by an ellipsis where it would not fit."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
