"""A hidden visit: the page is opened with the kept cookies, unseen, and asked from inside."""

from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtWebEngineCore import QWebEngineNewWindowRequest, QWebEngineProfile

from claudetray.console_login.line import Line
from claudetray.console_login.page import Page
from claudetray.console_login.settling import Settling
from claudetray.core.browser import Event, Opening


class Hidden(QObject):
    """Opens one page, tells each time that it has come to rest, and answers `fetch`. No window, no pop-up."""

    def __init__(self, opening: Opening, profile: QWebEngineProfile, line: Line) -> None:
        super().__init__()
        self._opening, self._line = opening, line
        self._page = Page(profile, opening.origin)
        self._page.setAudioMuted(True)
        self._page.popup_asked.connect(self._on_popup_asked)
        self._settling = Settling(self._page)
        self._settling.settled.connect(self._on_settled)
        self._crashed = False
        self._page.renderProcessTerminated.connect(self._on_renderer_terminated)

    def start(self) -> None:
        self._page.load(QUrl(self._opening.address))

    def command(self, command: dict[str, Any]) -> None:
        """Of all commands, only `fetch` means anything without a window."""
        match command:
            case {"do": "fetch", "id": int(number), "paths": list(paths)}:
                self._page.answer(self._line, number, paths)

    def leave(self) -> None:
        self._page.deleteLater()

    def _on_settled(self, loaded: bool) -> None:
        if not loaded and not self._page.at_home():
            self._line.say(Event.FAILED, why="The Console cannot be reached from the web page.", unreachable=True)
            return
        self._page.tell_settled(self._line)

    def _on_popup_asked(self, request: QWebEngineNewWindowRequest) -> None:
        """Nobody is there to look at one."""

    def _on_renderer_terminated(self) -> None:
        self._line.say(Event.FAILED, why="The web page crashed.")
