"""The front's half for the first start: joins the wizard with the services, and keeps what was filled in."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from claudetray.core import settings
from claudetray.core.errors import ClaudetrayError
from claudetray.core.status import Status
from claudetray.services.parts import Parts
from claudetray.services.tasks import Tasks
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.welcome import Welcome, WelcomeDraft


class WelcomeFront(QObject):
    """One wizard; it outlives its closing, since a test may be under way. `told`: after a balance was told by hand."""

    def __init__(
        self,
        parts: Parts,
        tasks: Tasks,
        symbol: Path,
        shown: SettingsShown,
        told: Callable[[], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._parts, self._tasks, self._told = parts, tasks, told
        self.wizard = Welcome(symbol, shown)
        self.wizard.save_asked.connect(lambda draft: tasks.start(self._save(draft)))

    def show_status(self, status: Status) -> None:
        """The session may have come meanwhile."""
        self.wizard.balance.show_session(status)

    async def _save(self, draft: WelcomeDraft) -> None:
        """What may be refused comes first; *Finish* can be pressed again."""
        parts = self._parts
        try:
            snippet = parts.connection.understood(draft.snippet) if draft.snippet else None
            if draft.autostart is not None and draft.autostart != parts.autostart.on():
                parts.autostart.switch(draft.autostart)
            kept = {} if draft.native is None else {settings.NATIVE.key: settings.NATIVE.text(draft.native)}
            if draft.webhook:
                kept[settings.WEBHOOK.key] = draft.webhook
            if kept:
                await parts.preferences.keep_all(kept)
            if draft.thresholds is not None:
                await parts.preferences.keep_thresholds(draft.thresholds)
            if snippet is not None:
                await parts.connection.keep(snippet, draft.organization)
            if draft.balance is not None:
                await parts.kept.by_hand(parts.clock).set(draft.balance)
                self._told()
        except ClaudetrayError as error:
            self.wizard.show_refusal(error)
        else:
            self.wizard.show_saved()
        finally:
            self.wizard.allow_pressing()
