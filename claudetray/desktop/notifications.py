"""Native notifications through desktop-notifier: with buttons, on all three systems."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from claudetray.core.alert import Alert
from claudetray.core.errors import ChannelError
from claudetray.core.health import Health

DEADLINE_S = 5.0
log = logging.getLogger(__name__)


class DesktopNotifications:
    """Shows alerts; *Open* and *Snooze* only where somebody listens (`on_open`, `on_snooze`)."""

    def __init__(
        self,
        icon: Path,
        name: str = "claudetray",
        on_open: Callable[[], object] | None = None,
        on_snooze: Callable[[], object] | None = None,
    ) -> None:
        self._name = name
        self._icon, self._on_open, self._on_snooze = icon, on_open, on_snooze
        self._notifier: object | None = None
        logging.getLogger("desktop_notifier").setLevel(logging.ERROR)  # it warns of what we raise

    async def notify(self, alert: Alert, title: str, body: str) -> None:
        """Raises: ChannelError when there is no notification service, or it does not take it."""
        from desktop_notifier import Button, DesktopNotifier, Icon, Urgency  # 40 ms to import: only once needed

        if not isinstance(self._notifier, DesktopNotifier):
            self._notifier = DesktopNotifier(app_name=self._name, app_icon=Icon(path=self._icon))
        if "Dummy" in type(self._notifier._backend).__name__:  # a macOS program outside a bundle
            raise ChannelError("This system shows notifications of installed applications only.")
        dispatched: list[bool] = []
        buttons = []
        if self._on_open:
            buttons.append(Button(title="Open", on_pressed=self._on_open))
        if self._on_snooze:
            buttons.append(Button(title="Snooze", on_pressed=self._on_snooze))
        try:
            async with asyncio.timeout(DEADLINE_S):
                # It raises nothing when the service is missing; only a notification that went out calls back.
                await self._notifier.send(
                    title=title,
                    message=body,
                    urgency=Urgency.Critical if alert.health is Health.CRITICAL else Urgency.Normal,
                    buttons=buttons,
                    on_clicked=self._on_open,
                    on_dispatched=lambda: dispatched.append(True),
                )
        except TimeoutError as error:
            self._notifier = None
            raise ChannelError("The notification service does not answer.") from error
        if not dispatched:
            self._notifier = None  # its connection may be what is broken
            raise ChannelError("There is no notification service on this desktop.")
