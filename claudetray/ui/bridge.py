"""Services speak plain Python; widgets speak signals. This is the only door."""

from PySide6.QtCore import QObject, Signal

from claudetray.services.monitor import Monitor


class Bridge(QObject):
    """Signals: `status_changed` with everything known now; `store_failed` with the error."""

    status_changed = Signal(object)  # Status
    store_failed = Signal(object)  # StoreError

    def __init__(self, monitor: Monitor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        monitor.status_changed.listen(self.status_changed.emit)
        monitor.store_failed.listen(self.store_failed.emit)
