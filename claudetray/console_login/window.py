"""The sign-in window: the Console's own sign-in page, and around it what a person needs to trust it and to get on."""

from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWebEngineCore import QWebEngineNewWindowRequest, QWebEngineProfile
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from claudetray.console_login.browsing import Browsing
from claudetray.console_login.chooser import Chooser
from claudetray.console_login.jar import Jar
from claudetray.console_login.line import Line
from claudetray.console_login.message import Message
from claudetray.console_login.popup import Popup
from claudetray.console_login.settling import Settling
from claudetray.console_login.statement import Statement
from claudetray.core.browser import Choice, Event, Opening

MOST_POPUPS = 4


class SignInWindow(QWidget):
    """Tells what happens, and does what it is told; when somebody is signed in, it does not know."""

    def __init__(self, opening: Opening, profile: QWebEngineProfile, line: Line, jar: Jar) -> None:
        super().__init__()
        self._opening, self._profile, self._line, self._jar = opening, profile, line, jar
        self._popups: list[Popup] = []
        self.setWindowTitle(self.tr("Sign in to the Console – claudetray"))
        self._browsing = Browsing(opening, profile)
        self._browsing.snippet_asked.connect(lambda: line.say(Event.SNIPPET_ASKED))
        self._browsing.page.popup_asked.connect(self._on_popup_asked)
        self._statement = Statement(opening.origin)
        self._statement.agreed.connect(self._on_agreed)
        self._statement.snippet_asked.connect(lambda: line.say(Event.SNIPPET_ASKED))
        self._statement.closed.connect(self.close)
        self._chooser = Chooser()
        self._chooser.closed.connect(self.close)
        self._chooser.chosen.connect(lambda uuid: line.say(Event.CHOSEN, uuid=uuid))
        self._message = Message()
        self._message.another_asked.connect(self._on_another_asked)
        self._message.closed.connect(self.close)
        self._stack = QStackedWidget()
        for part in (self._statement, self._browsing, self._chooser, self._message):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._settling = Settling(self._browsing.page)
        self._settling.settled.connect(self._on_settled)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self, self.close)
        em = self.fontMetrics().height()
        self.resize(em * 38, em * 46)

    def start(self) -> None:
        if self._opening.introduce:
            self._statement.focus()
        else:
            self._open()
        self.show()
        self._raise()

    def command(self, command: dict[str, Any]) -> None:
        match command:
            case {"do": "fetch", "id": int(number), "paths": list(paths)}:
                self._browsing.page.answer(self._line, number, paths)
            case {"do": "choose", "choices": list(choices), "picked": str(picked)}:
                self._chooser.show_choices([Choice(**choice) for choice in choices], picked)
                self._stack.setCurrentWidget(self._chooser)
                self._raise()
            case {"do": "note", "text": str(text)}:
                self._browsing.note(text)
            case {"do": "say", "text": str(text)}:
                self._message.show_text(text)
                self._stack.setCurrentWidget(self._message)
                self._raise()
            case {"do": "raise"}:
                self._raise()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._line.say(Event.CLOSED)
        super().closeEvent(event)

    def leave(self) -> None:
        """Pages go before their profile."""
        self.hide()
        for popup in self._popups:
            popup.leave()
        self._browsing.leave()

    def _open(self) -> None:
        self._stack.setCurrentWidget(self._browsing)
        self._browsing.open(QUrl(self._opening.address))

    def _on_agreed(self) -> None:
        self._line.say(Event.AGREED)
        self._open()

    def _on_another_asked(self) -> None:
        self._jar.empty()
        self._browsing.note("")
        self._line.say(Event.EMPTIED)
        self._open()

    def _on_settled(self, _: bool) -> None:
        if self._browsing.page.at_home():
            self._browsing.page.tell_settled(self._line)

    def _on_popup_asked(self, request: QWebEngineNewWindowRequest) -> None:
        if len(self._popups) >= MOST_POPUPS:
            return
        popup = Popup(request, self._profile, self._opening.origin, self)
        popup.page.popup_asked.connect(self._on_popup_asked)
        popup.finished.connect(lambda _: self._on_popup_finished(popup))
        self._popups.append(popup)
        popup.show()

    def _on_popup_finished(self, popup: Popup) -> None:
        """Closed, its page must not run on."""
        if popup in self._popups:
            self._popups.remove(popup)
            popup.leave()

    def _raise(self) -> None:
        if self.isMinimized():
            self.showNormal()
        self.raise_()
        self.activateWindow()
