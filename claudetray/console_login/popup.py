"""A pop-up of the sign-in page: a real child window with its opener, as single sign-on needs it."""

from PySide6.QtWebEngineCore import QWebEngineNewWindowRequest, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from claudetray.console_login.address_bar import AddressBar
from claudetray.console_login.labels import Word
from claudetray.console_login.page import Page


class Popup(QDialog):
    """Closes itself when its page asks for it."""

    def __init__(
        self, request: QWebEngineNewWindowRequest, profile: QWebEngineProfile, origin: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Sign in – claudetray"))
        self._address = AddressBar()
        self._view = QWebEngineView()
        self.page = Page(profile, origin, self)
        self._view.setPage(self.page)
        self._view.setAcceptDrops(False)
        self._address.follow(self.page)
        self.page.windowCloseRequested.connect(self.close)
        self._word = Word()
        self.page.trouble.connect(self._word.say)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._address)
        column.addWidget(self._word)
        column.addWidget(self._view, 1)
        wanted = request.requestedGeometry().size()
        em = self.fontMetrics().height()
        self.resize(max(wanted.width(), em * 30), max(wanted.height(), em * 36))
        self._view.setFocus()
        request.openIn(self.page)

    def leave(self) -> None:
        """Pages go before their profile."""
        self._view.setPage(None)  # type: ignore[arg-type]
        self.page.deleteLater()
        self.deleteLater()
