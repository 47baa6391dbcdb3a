"""Which letters a menu or a window takes: none may lead to two places."""

from collections.abc import Iterable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QTabWidget, QWidget


def letters(texts: Iterable[str]) -> list[str]:
    """The letter of each text that has one."""
    found = (QKeySequence.mnemonic(text.replace("&&", "")).toString() for text in texts)
    return [letter for letter in found if letter]


def window_letters(window: QWidget) -> list[str]:
    """Those that lead somewhere as the window is now."""
    texts = [button.text() for button in window.findChildren(QAbstractButton) if button.isVisible()]
    texts += [label.text() for label in window.findChildren(QLabel) if label.isVisible() and label.buddy()]
    for tabs in window.findChildren(QTabWidget):
        texts += [tabs.tabText(number) for number in range(tabs.count())]
    return letters(texts)
