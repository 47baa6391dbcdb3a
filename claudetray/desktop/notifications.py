"""Native notifications through desktop-notifier: with buttons, on all three systems."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from claudetray.core.alert import Alert, AlertKind
from claudetray.core.errors import ChannelError
from claudetray.core.health import Health

DEADLINE_S = 5.0
log = logging.getLogger(__name__)


class DesktopNotifications:
    """Shows alerts; *Open*, *Snooze* and *Sign in* only where somebody listens (`on_open`, …).

    `shown_nowhere`: everything but the last step, for a self-test.
    """

    def __init__(
        self,
        icon: Path,
        name: str = "claudetray",
        on_open: Callable[[], object] | None = None,
        on_snooze: Callable[[], object] | None = None,
        on_sign_in: Callable[[], object] | None = None,
        shown_nowhere: bool = False,
    ) -> None:
        self._name, self._shown_nowhere = name, shown_nowhere
        self._icon, self._on_open, self._on_snooze = icon, on_open, on_snooze
        self._on_sign_in = on_sign_in
        self._notifier: Any = None
        logging.getLogger("desktop_notifier").setLevel(logging.ERROR)  # it warns of what we raise

    def _made(self) -> Any:
        """A DesktopNotifier."""
        from desktop_notifier import DesktopNotifier, Icon, main

        chosen = main.get_backend_class
        if self._shown_nowhere:
            from desktop_notifier.backends.dummy import DummyNotificationCenter

            main.get_backend_class = lambda: DummyNotificationCenter  # the system's registers us when it is made
        try:
            return DesktopNotifier(app_name=self._name, app_icon=Icon(path=self._icon))
        finally:
            main.get_backend_class = chosen

    async def notify(self, alert: Alert, title: str, body: str) -> None:
        """Raises: ChannelError when there is no notification service, or it does not take it."""
        from desktop_notifier import Button, Urgency  # 40 ms to import: only once needed

        if self._notifier is None:
            self._notifier = self._made()
        # A macOS program outside a bundle gets one that shows nothing.
        if not self._shown_nowhere and "Dummy" in type(self._notifier._backend).__name__:
            raise ChannelError("This system shows notifications of installed applications only.")
        dispatched: list[bool] = []
        named = [("Open", self._on_open), ("Snooze", self._on_snooze)]
        if alert.kind is AlertKind.SESSION_EXPIRED:  # there is one cure
            named = [("Sign in", self._on_sign_in)]
        buttons = [Button(title=title, on_pressed=pressed) for title, pressed in named if pressed]
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
