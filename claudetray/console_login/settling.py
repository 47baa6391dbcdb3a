"""When a page has come to rest: loaded, and not on its way to another one."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWebEngineCore import QWebEnginePage

REST_MS = 400


class Settling(QObject):
    """Signals: `settled` (did the page load?), each time that a page has come to rest."""

    settled = Signal(bool)

    def __init__(self, page: QWebEnginePage, rest_ms: int = REST_MS) -> None:
        super().__init__(page)
        self._loaded = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(rest_ms)
        self._rest.timeout.connect(lambda: self.settled.emit(self._loaded))
        page.loadStarted.connect(self._rest.stop)
        page.loadFinished.connect(self._on_load_finished)
        page.urlChanged.connect(lambda _: self._rest.start() if not page.isLoading() else None)

    def _on_load_finished(self, loaded: bool) -> None:
        self._loaded = loaded
        self._rest.start()
