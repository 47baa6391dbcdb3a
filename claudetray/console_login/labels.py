"""The labels that the helper's windows share."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


class Word(QLabel):
    """Hidden until it has a word to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def say(self, text: str) -> None:
        """An empty text hides it again."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


def heading(text: str) -> QLabel:
    """The title of a page."""
    label = QLabel(text)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    font.setBold(True)
    label.setFont(font)
    return label
