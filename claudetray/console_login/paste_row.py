"""The row that takes a sign-in link or code from an e-mail: the link opened in another browser, and not here."""

import re

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from claudetray.console_login.labels import Word

HOSTS = ("claude.com", "claude.ai", "anthropic.com")  # and whatever ends in a dot and one of them
_CODE = re.compile(r"[0-9A-Za-z-]{4,64}")


class PasteRow(QWidget):
    """Signals: `link_pasted` with an address that may be opened; `code_pasted` with a code to be typed in."""

    link_pasted = Signal(str)
    code_pasted = Signal(str)

    def __init__(self, origin: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._origin = origin
        label = QLabel(self.tr("Link or c&ode from the e-mail:"))
        self._field = QLineEdit()
        self._field.setClearButtonEnabled(True)
        self._field.setEchoMode(QLineEdit.EchoMode.Normal)
        label.setBuddy(self._field)
        go = QPushButton(self.tr("&Use it"))
        go.clicked.connect(self._use)
        self._field.returnPressed.connect(self._use)
        self._word = Word()
        row = QGridLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label, 0, 0)
        row.addWidget(self._field, 0, 1)
        row.addWidget(go, 0, 2)
        row.addWidget(self._word, 1, 1, 1, 2)
        row.setColumnStretch(1, 1)

    def focus(self) -> None:
        self._field.setFocus()

    def say(self, text: str) -> None:
        """Why it could not be used; empty when it was."""
        self._word.say(text)
        if not text:
            self._field.clear()

    def _use(self) -> None:
        text = self._field.text().strip().strip("<>")
        if _CODE.fullmatch(text):
            self.code_pasted.emit(text)
        elif leads_home(text, self._origin):
            self.say("")
            self.link_pasted.emit(text)
        elif text.lower().startswith(("http:", "https:")):
            self.say(self.tr("This link does not lead to the Console, so it is not opened here."))
        elif text:
            self.say(self.tr("This is neither a sign-in link nor a code: copy the whole link, or only the code."))


def leads_home(address: str, origin: str) -> bool:
    """Is it a link that a sign-in e-mail of the Console's would hold? Read as the engine will read it."""
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in address):
        return False
    url, home = QUrl(address, QUrl.ParsingMode.StrictMode), QUrl(origin)
    if not url.isValid() or url.userInfo():
        return False
    if (url.scheme(), url.host(), url.port()) == (home.scheme(), home.host(), home.port()):
        return True
    known = any(url.host() == host or url.host().endswith(f".{host}") for host in HOSTS)
    return url.scheme() == "https" and url.port() == -1 and known
