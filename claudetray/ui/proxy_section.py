"""The proxy's rows in the tray's menu: the switch, its address, the calls of today and the last one."""

from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from claudetray.core.serving import ProxyState, ProxyStatus
from claudetray.ui import calls_summary


class ProxySection(QObject):
    """Signals: `switch_asked` (bool), `copy_asked` (the address), `calls_asked`."""

    switch_asked = Signal(bool)
    copy_asked = Signal(str)
    calls_asked = Signal()

    def __init__(self, menu: QMenu, before: QAction, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status: ProxyStatus | None = None
        self._switch = QAction(self.tr("P&roxy"), self)
        self._switch.setCheckable(True)
        self._switch.triggered.connect(self.switch_asked)
        self._copy = QAction(self)
        self._copy.triggered.connect(self._on_copy_triggered)
        self._trouble, self._today, self._last = QAction(self), QAction(self), QAction(self)
        for row in (self._trouble, self._today, self._last):
            row.triggered.connect(self.calls_asked)
        rows = [self._switch, self._trouble, self._copy, self._today, self._last]
        menu.insertActions(before, rows)
        menu.insertSeparator(self._switch)
        menu.aboutToShow.connect(self._fill)

    def show_proxy(self, status: ProxyStatus) -> None:
        self._status = status
        self._fill()

    def _fill(self) -> None:
        status = self._status
        if status is None:
            return
        now = datetime.now(UTC)
        on = status.state is not ProxyState.OFF
        states = {
            ProxyState.STARTING: self.tr("P&roxy (starting…)"),
            ProxyState.WAITING: self.tr("P&roxy (down)"),
        }
        self._switch.setText(states.get(status.state, self.tr("P&roxy")))
        self._switch.setChecked(on)
        _show(self._trouble, calls_summary.trouble_line(status))
        address = status.serving.url if status.serving else ""
        self._copy.setText(self.tr("&Copy address {0}").format(address))
        self._copy.setVisible(bool(address))
        recorded = status.today.calls > 0 or status.last is not None
        _show(self._today, calls_summary.today_line(status.today) if on or recorded else "")
        _show(self._last, calls_summary.last_line(status.last, now) if status.last else "")

    def _on_copy_triggered(self) -> None:
        if self._status is not None and self._status.serving is not None:
            self.copy_asked.emit(self._status.serving.url)


def _show(row: QAction, text: str) -> None:
    row.setText(text.replace("&", "&&"))
    row.setVisible(bool(text))
