"""Where the page shown comes from: its host, and whether the way to it is encrypted. Read only."""

from PySide6.QtCore import QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEnginePage
from PySide6.QtWidgets import QLineEdit, QWidget


class AddressBar(QLineEdit):
    """The host and a lock; never the rest of the address, which may hold a sign-in token."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAccessibleName(self.tr("Address of the page"))
        self._lock = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)

    def follow(self, page: QWebEnginePage) -> None:
        """Show where that page is, from now on."""
        # A page may change its address in place, without loading anything.
        page.urlChanged.connect(lambda url: self.show_address(url, arrived=not page.isLoading()))
        page.loadingChanged.connect(self._on_loading_changed)

    def show_address(self, url: QUrl, arrived: bool = False) -> None:
        """The lock comes only once the page has `arrived`: before that nothing is known of its certificate."""
        host = url.host()
        port = url.port()
        self.setText(f"{host}:{port}" if port > 0 else host)
        self.setCursorPosition(0)
        secure = url.scheme() == "https"
        self._lock.setIcon(_lock(self, closed=secure))
        self._lock.setVisible(bool(host) and arrived)
        word = self.tr("Encrypted, with a valid certificate") if secure else self.tr("Not encrypted: on this machine")
        word = word if host and arrived else ""
        self._lock.setToolTip(word)
        self.setToolTip(word)
        self.setAccessibleDescription(word)

    def _on_loading_changed(self, info: QWebEngineLoadingInfo) -> None:
        """A refusal comes over an encrypted way as well as a page does."""
        refused = info.errorDomain() == QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain
        failed = info.status() == QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus
        if info.status() == QWebEngineLoadingInfo.LoadStatus.LoadSucceededStatus or (failed and refused):
            self.show_address(info.url(), arrived=True)


def _lock(widget: QWidget, closed: bool) -> QIcon:
    """A padlock in the color of the text; an open one where nothing is encrypted."""
    side = widget.fontMetrics().height()
    ratio = widget.devicePixelRatioF()
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    color = widget.palette().color(QPalette.ColorRole.Text)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, side / 9))
        painter.drawArc(QRectF(side * 0.3, side * 0.12, side * 0.4, side * 0.6), 0, 16 * (180 if closed else 140))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(side * 0.2, side * 0.45, side * 0.6, side * 0.45), side * 0.08, side * 0.08)
    return QIcon(pixmap)
