"""A notice inside a window: what is wrong in words, and the button that cures it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from claudetray.ui import theme


class Notice(QFrame):
    """Hidden until it has something to say. Signals: `cure_asked` with the name of the cure."""

    cure_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cure = ""
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton()
        self._button.clicked.connect(lambda: self.cure_asked.emit(self._cure))
        row = QHBoxLayout(self)
        row.addWidget(self._text, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def say(self, text: str, button: str = "", cure: str = "") -> None:
        """Show a text, with a button where there is a cure; an empty text hides the notice."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.current().notice)
        self.setPalette(palette)
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self._cure = cure
        self.setVisible(bool(text))
