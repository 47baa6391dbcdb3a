"""The front's half for the proxy: joins its rows, the calls, and the pages of tags and prices with the services."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from claudetray.core.errors import SettingRefused
from claudetray.core.serving import ProxyStatus
from claudetray.core.settings import BODIES, KEEP_DAYS, KEEP_RECORDS, PORT, PROXY, PROXY_KEY, READ_PROMPTS, UPSTREAM
from claudetray.core.tag import Tag, TagRule
from claudetray.services.kept import Kept
from claudetray.services.proxy_keeper import ProxyKeeper
from claudetray.services.tasks import Tasks
from claudetray.ui.tray import Tray

if TYPE_CHECKING:
    from claudetray.ui.settings.dialog import SettingsDialog
    from claudetray.ui.settings.draft import ProxyDraft, SettingsDraft
    from claudetray.ui.status_window import StatusWindow

CALLS = 100  # that are listed, and that rules are tried on


WATCH_MS = 3_000


class ProxyFront(QObject):
    """Signals: `proxy_changed` (ProxyStatus), `prices_changed` after prices of the person's own were kept."""

    proxy_changed = Signal(object)
    prices_changed = Signal()

    def __init__(self, tray: Tray, kept: Kept, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tray, self._kept, self._tasks = tray, kept, tasks
        self.status: ProxyStatus | None = None
        self._keeper: ProxyKeeper | None = None
        self._window: StatusWindow | None = None
        self._dialog: SettingsDialog | None = None
        self.proxy_changed.connect(self._on_proxy_changed)
        tray.copy_asked.connect(_copy)
        tray.menu_opened.connect(self._refresh)
        self._watch = QTimer(self)  # only while the window is open
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._on_watch)

    def join(self, keeper: ProxyKeeper) -> None:
        """Show what becomes of the proxy, and switch it when that is asked for."""
        self._keeper = keeper
        keeper.changed.listen(self.proxy_changed.emit)
        self._tray.proxy_asked.connect(lambda on: self._tasks.start(keeper.switch(on)))

    def join_window(self, window: "StatusWindow") -> None:
        self._window = window
        window.copy_asked.connect(_copy)

    def join_dialog(self, dialog: "SettingsDialog") -> None:
        self._dialog = dialog
        dialog.tags.rules_changed.connect(self._on_rules_changed)
        dialog.tags.try_asked.connect(lambda tag: self._tasks.start(self._try(tag)))

    def fill_window(self) -> None:
        """The window opens: what it shows of the proxy and of the calls is looked at anew."""
        if self._window is not None and self.status is not None:
            self._window.show_proxy(self.status)
        self._refresh()
        self._tasks.start(self._show_calls())
        self._watch.start()

    async def keep(self, draft: "SettingsDraft") -> None:
        """Tags and prices as they were edited. Raises: SettingRefused, StoreError."""
        for gone in draft.tags_gone:
            await self._kept.tags.delete(gone)
        for tag in draft.tags:
            await (self._kept.tags.add(tag) if tag.id is None else self._kept.tags.change(tag))
        for gone in draft.prices_gone:
            await self._kept.prices.remove(gone)
        for price in draft.prices:
            await self._kept.prices.keep(price)
        if draft.prices or draft.prices_gone:
            self.prices_changed.emit()

    def _on_watch(self) -> None:
        if self._window is not None and self._window.isVisible():
            self._refresh()
        else:
            self._watch.stop()

    def _refresh(self) -> None:
        if self._keeper is not None:
            self._tasks.start(self._keeper.refresh())

    def _on_proxy_changed(self, status: ProxyStatus) -> None:
        last, self.status = self.status.last if self.status else None, status
        self._tray.show_proxy(status)
        if self._window is not None and self._window.isVisible():
            self._window.show_proxy(status)
            if status.last != last:
                self._tasks.start(self._show_calls())
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.proxy.show_proxy(status)

    async def _show_calls(self) -> None:
        records = await self._kept.usage.latest(CALLS)
        if self._window is not None:
            self._window.show_calls(records)

    def _on_rules_changed(self, rules: Sequence[TagRule]) -> None:
        if self._dialog is not None:
            self._dialog.tags.show_verdicts([_problem(rule) if rule.pattern else "" for rule in rules])

    async def _try(self, tag: Tag) -> None:
        from claudetray.services.tagging import Tagger, seen

        records = await self._kept.usage.latest(CALLS)
        tagger = Tagger([tag])
        if self._dialog is not None:
            self._dialog.tags.show_tried(sum(bool(tagger.tags(seen(record))) for record in records), len(records))


def texts(draft: "ProxyDraft") -> dict[str, str]:
    """The settings in it, as they are kept."""
    kept = {
        PROXY.key: PROXY.text(draft.on),
        PORT.key: PORT.text(draft.port),
        UPSTREAM.key: draft.upstream,
        BODIES.key: BODIES.text(draft.keep_bodies),
        READ_PROMPTS.key: READ_PROMPTS.text(draft.read_prompts),
        KEEP_DAYS.key: KEEP_DAYS.text(draft.keep_days),
        KEEP_RECORDS.key: KEEP_RECORDS.text(draft.keep_records),
    }
    return kept if draft.key is None else {**kept, PROXY_KEY.key: draft.key}


def _problem(rule: TagRule) -> str:
    from claudetray.services.tagging import compiled  # RE2 is loaded when somebody edits a rule

    try:
        compiled(rule)
    except SettingRefused as error:
        return error.message
    return ""


def _copy(address: str) -> None:
    QGuiApplication.clipboard().setText(address)
