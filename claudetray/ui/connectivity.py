"""Is the network back? A hint of the operating system, and never a gate: VPNs lie."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation


class Connectivity(QObject):
    """Signals: `went_online` when the system says so after it said otherwise. Silent where the system says nothing."""

    went_online = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._online = True
        if QNetworkInformation.loadDefaultBackend():
            information = QNetworkInformation.instance()
            self._online = self._is_online(information.reachability())
            information.reachabilityChanged.connect(self._on_reachability_changed)

    def _on_reachability_changed(self, reachability: QNetworkInformation.Reachability) -> None:
        before, self._online = self._online, self._is_online(reachability)
        if self._online and not before:
            self.went_online.emit()

    @staticmethod
    def _is_online(reachability: QNetworkInformation.Reachability) -> bool:
        return reachability in (QNetworkInformation.Reachability.Online, QNetworkInformation.Reachability.Unknown)
