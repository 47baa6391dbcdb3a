"""A line beside a field that says what is right or wrong with it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

from claudetray.ui import theme


class WordLabel(QLabel):
    """Empty until it has a word to say."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.say("")

    def say(self, text: str, good: bool = True) -> None:
        """A good word or a bad one; the sign in front says which, not the color alone."""
        colors = theme.current()
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colors.good if good else colors.trouble)
        self.setPalette(palette)
        sign = "✓ " if good else "✗ "
        self.setText(sign + text if text else "")
        self.setAccessibleName(f"{self._name}: {text}" if text else self._name)
