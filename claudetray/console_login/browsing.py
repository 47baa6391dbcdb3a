"""The page and its frame: back, reload, where it comes from, a place for a link or code, and the other ways in."""

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QStyle, QToolButton, QVBoxLayout, QWidget

from claudetray.console_login import typing_in
from claudetray.console_login.address_bar import AddressBar
from claudetray.console_login.labels import Word
from claudetray.console_login.page import WORLD, Page
from claudetray.console_login.paste_row import PasteRow, leads_home
from claudetray.core.browser import Opening

CHECKING = (403, 429, 503)  # what Cloudflare answers with while it checks
ABORTED = -3  # Chromium's: another navigation took its place
EDITING = (
    QWebEnginePage.WebAction.Undo,
    QWebEnginePage.WebAction.Cut,
    QWebEnginePage.WebAction.Copy,
    QWebEnginePage.WebAction.Paste,
    QWebEnginePage.WebAction.SelectAll,
)


class Browsing(QWidget):
    """Signals: `snippet_asked`."""

    snippet_asked = Signal()

    def __init__(self, opening: Opening, profile: QWebEngineProfile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opening = opening
        self._view = QWebEngineView()
        self._view.setAcceptDrops(False)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._view.customContextMenuRequested.connect(self._show_menu)
        self.page = Page(profile, opening.origin, self)
        self._view.setPage(self.page)
        self._address = AddressBar()
        self._back = self._button(QStyle.StandardPixmap.SP_ArrowBack, self.tr("Back"), "Alt+Left")
        self._back.clicked.connect(lambda: self.page.triggerAction(QWebEnginePage.WebAction.Back))
        self._reload = self._button(QStyle.StandardPixmap.SP_BrowserReload, self.tr("Reload"), "F5")
        self._reload.clicked.connect(lambda: self.page.triggerAction(QWebEnginePage.WebAction.Reload))
        self._paste = QPushButton(self.tr("Paste a sign-in &link or code"))
        self._paste.setCheckable(True)
        self._row = PasteRow(opening.origin)
        self._row.hide()
        self._paste.toggled.connect(self._on_paste_toggled)
        self._row.link_pasted.connect(self._on_link_pasted)
        self._row.code_pasted.connect(self._type)
        self._note, self._word = Word(), Word()
        self.page.trouble.connect(self._word.say)
        self._address.follow(self.page)
        self.page.urlChanged.connect(lambda _: self._back.setEnabled(self.page.history().canGoBack()))
        self.page.loadStarted.connect(lambda: self._word.say(""))
        self.page.loadingChanged.connect(self._on_loading_changed)
        self.page.renderProcessTerminated.connect(
            lambda *_: self._word.say(self.tr("The page crashed. Reload it to go on."))
        )
        bar = QHBoxLayout()
        bar.setSpacing(self.fontMetrics().height() // 2)
        for widget in (self._back, self._reload):
            bar.addWidget(widget)
        bar.addWidget(self._address, 1)
        bar.addWidget(self._paste)
        em = self.fontMetrics().height()
        frame = QVBoxLayout()
        frame.setContentsMargins(em // 2, em // 2, em // 2, em // 2)
        frame.setSpacing(em // 2)
        frame.addLayout(bar)
        frame.addWidget(self._row)
        frame.addWidget(self._note)
        frame.addWidget(self._word)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(frame)
        column.addWidget(self._view, 1)
        column.addLayout(self._other_ways(em // 2))

    def open(self, url: QUrl) -> None:
        self.page.load(url)
        self._view.setFocus()

    def note(self, text: str) -> None:
        """What is going on; empty when nothing is."""
        self._note.say(text)

    def leave(self) -> None:
        """The page goes before its profile."""
        self._view.setPage(None)  # type: ignore[arg-type]
        self.page.deleteLater()

    def _other_ways(self, margin: int) -> QHBoxLayout:
        text = QLabel(
            self.tr("Google's sign-in refuses windows like this one: use the e‑mail link or code, or paste a snippet.")
        )
        text.setWordWrap(True)
        snippet = QPushButton(self.tr("Paste a &snippet instead"))
        snippet.clicked.connect(self.snippet_asked)
        row = QHBoxLayout()
        row.setContentsMargins(margin, margin, margin, margin)
        row.addWidget(text, 1)
        row.addWidget(snippet)
        return row

    def _button(self, symbol: QStyle.StandardPixmap, name: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self.style().standardIcon(symbol))
        button.setAutoRaise(True)
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({key})")
        button.setShortcut(key)
        return button

    def _on_paste_toggled(self, shown: bool) -> None:
        self._row.setVisible(shown)
        if shown:
            self._row.focus()

    def _on_link_pasted(self, address: str) -> None:
        self._paste.setChecked(False)
        self.open(QUrl(address))

    def _type(self, code: str) -> None:
        if leads_home(self.page.url().toString(), self._opening.origin):
            self.page.runJavaScript(typing_in.script(code), WORLD, self._on_typed)
        else:
            self._row.say(self.tr("The page shown is not the Console's, so the code is not typed into it."))

    def _on_typed(self, typed: object) -> None:
        if typed is True:
            self._row.say("")
            self._paste.setChecked(False)
            self._view.setFocus()
        else:
            self._row.say(self.tr("There is no field for a code on this page: ask for the e-mail here first."))

    def _on_loading_changed(self, info: QWebEngineLoadingInfo) -> None:
        if info.status() != QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus or info.errorCode() == ABORTED:
            return
        if info.errorDomain() == QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain:
            if info.errorCode() in CHECKING:
                self._word.say(
                    self.tr("The site is checking this browser. If it does not let it pass, paste a snippet.")
                )
        else:
            host = info.url().host()
            self._word.say(self.tr("{0} cannot be reached ({1}). Check the network, then reload.").format(
                host, info.errorString() or info.errorCode()))  # fmt: skip

    def _show_menu(self, where: QPoint) -> None:
        """Editing alone: no page source, no saving."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in EDITING:
            menu.addAction(self.page.action(action))
        menu.popup(self._view.mapToGlobal(where))
