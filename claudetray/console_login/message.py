"""A word on why a sign-in cannot go on, and what to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from claudetray.console_login.labels import heading


class Message(QWidget):
    """Signals: `another_asked`: sign in as somebody else; `closed`."""

    another_asked = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QPushButton(self.tr("&Close"))
        close.clicked.connect(self.closed)
        self._another = QPushButton(self.tr("Sign in with &another account"))
        self._another.setDefault(True)
        self._another.setAutoDefault(True)
        self._another.clicked.connect(self.another_asked)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self._another)
        em = self.fontMetrics().height()
        page = QVBoxLayout(self)
        page.setContentsMargins(em * 2, em, em * 2, em)
        page.setSpacing(em)
        page.addWidget(heading(self.tr("Signed in, but not to what is needed")))
        page.addWidget(self._text, 1)
        page.addLayout(buttons)

    def show_text(self, text: str) -> None:
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._another.setFocus()
