"""The front's half for the runway: joins budgets, alerts, rules and channels with the services."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from claudetray.core.errors import ClaudetrayError
from claudetray.core.health import Limits
from claudetray.core.ledger import MEASURED_IN
from claudetray.core.settings import (
    BUSY,
    CRITICAL_BELOW,
    CRITICAL_BREAKS_THROUGH,
    CRITICAL_DAYS,
    QUIET_FROM,
    QUIET_TO,
    WARNING_BELOW,
    WARNING_DAYS,
)
from claudetray.services.parts import Parts
from claudetray.services.tasks import Tasks

if TYPE_CHECKING:
    from claudetray.ui.balance_dialog import Told
    from claudetray.ui.settings.dialog import SettingsDialog
    from claudetray.ui.settings.draft import ChannelDraft, QuietDraft, SettingsDraft
    from claudetray.ui.status_window import StatusWindow

ALERTS = 100  # that are listed


class RunwayFront(QObject):
    """Signals: `trouble` (title, sentence) when something could not be done; `settings_asked` (the page);
    `told` after somebody told a balance.
    """

    trouble = Signal(str, str)
    settings_asked = Signal(str)
    told = Signal()

    def __init__(self, parts: Parts, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts, self._tasks = parts, tasks
        self._window: StatusWindow | None = None
        self._dialog: SettingsDialog | None = None

    def join_window(self, window: "StatusWindow") -> None:
        self._window = window
        window.budgets_asked.connect(lambda: self.settings_asked.emit("budgets"))
        window.lift_asked.connect(lambda id, lifted: self._tasks.start(self._lift(id, lifted)))
        window.tell_asked.connect(lambda: self._tasks.start(self._open_telling()))
        window.seen_asked.connect(lambda: self._tasks.start(self._acknowledge()))

    def join_dialog(self, dialog: "SettingsDialog") -> None:
        self._dialog = dialog
        dialog.alerts.channels.test_asked.connect(lambda draft: self._tasks.start(self._test(draft)))

    def fill_window(self) -> None:
        """Alerts and recommendations are looked at anew."""
        self._tasks.start(self._fill())

    async def keep(self, draft: "SettingsDraft") -> None:
        """Budgets, rules and channels as they were edited. Raises: SettingRefused, VaultError, StoreError."""
        kept, channels = self._parts.kept, self._parts.channels
        # What may be refused is first, so that it can be saved again; what is removed is last.
        for channel in draft.channels:
            if channel.values is not None:
                await channels.keep(channel.name, channel.form, channel.values)
            await channels.switch(channel.name, channel.enabled)
        await kept.budgets.keep_all(draft.budgets, draft.budgets_gone)
        if draft.rules:
            await self._parts.preferences.keep_rules(draft.rules)
        again = {channel.name for channel in draft.channels}
        there = {channel.name for channel in await channels.all()}
        for name in draft.channels_gone:
            if name in there and name not in again:
                await channels.remove(name)

    async def _fill(self) -> None:
        from claudetray.services.advisor import advice  # nobody who opens no window pays for it

        told = await self._parts.alerts.latest(ALERTS)
        found = await advice(self._parts.kept, await self._parts.board.status(), self._parts.clock)
        if self._window is not None:
            self._window.show_alerts(told)
            self._window.show_advice(found)

    async def _lift(self, id: int, lifted: bool) -> None:
        status = await self._parts.board.status()
        until = next((state.until for state in status.outlook.budgets if state.budget.id == id), None)
        try:
            await self._parts.kept.budgets.lift(id, until if lifted else None)
        except ClaudetrayError as error:
            self.trouble.emit(error.title, error.message)
        if self._window is not None:
            self._window.show_status(await self._parts.board.status())

    async def _open_telling(self) -> None:
        from claudetray.ui.balance_dialog import BalanceDialog

        left = (await self._parts.board.status()).left
        dialog = BalanceDialog(left.currency if left else MEASURED_IN, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.told.connect(lambda told: self._tasks.start(self._tell(told)))
        dialog.open()

    async def _tell(self, told: "Told") -> None:
        by_hand = self._parts.kept.by_hand(self._parts.clock)
        try:
            match told.telling:
                case "left":
                    await by_hand.set(told.money, expires_at=told.expires_at)
                case "bought":
                    await by_hand.top_up(told.money, told.expires_at)
                case "corrected":
                    await by_hand.correct(told.money)
        except ClaudetrayError as error:
            self.trouble.emit(error.title, error.message)
        self.told.emit()

    async def _acknowledge(self) -> None:
        await self._parts.alerts.acknowledge(None, self._parts.clock())
        await self._fill()

    async def _test(self, draft: "ChannelDraft") -> None:
        assert self._dialog is not None
        box = self._dialog.alerts.channels
        try:
            channel = draft.name
            tried = None if draft.values is None else self._parts.channels.tried(channel, draft.form, draft.values)
            await self._parts.outbox.test(channel if tried is None else tried)
        except ClaudetrayError as error:
            box.show_test_result(error.message, good=False)
        else:
            box.show_test_result(self.tr("It got through."), good=True)


def limit_texts(limits: Limits) -> dict[str, str]:
    """The numbers of health, as they are kept."""
    return {
        CRITICAL_BELOW.key: CRITICAL_BELOW.text(limits.critical_below),
        WARNING_BELOW.key: WARNING_BELOW.text(limits.warning_below),
        CRITICAL_DAYS.key: CRITICAL_DAYS.text(limits.critical_days),
        WARNING_DAYS.key: WARNING_DAYS.text(limits.warning_days),
        BUSY.key: BUSY.text(limits.busy),
    }


def quiet_texts(draft: "QuietDraft") -> dict[str, str]:
    """The settings in it, as they are kept."""
    return {
        QUIET_FROM.key: draft.begins,
        QUIET_TO.key: draft.ends,
        CRITICAL_BREAKS_THROUGH.key: CRITICAL_BREAKS_THROUGH.text(draft.critical_breaks_through),
    }
