"""The window that says what this is: versions, the licenses of what is bundled, and a diagnosis to copy."""

import platform
import sqlite3
import sys
from collections.abc import Awaitable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import PySide6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from claudetray import __version__
from claudetray.core.errors import ClaudetrayError
from claudetray.services.diagnosis import as_text
from claudetray.services.licenses import Licensed
from claudetray.ui import theme
from claudetray.ui.settings.word_label import WordLabel

HOMEPAGE = "https://github.com/claudetray/claudetray"
SYMBOL = 64


class AboutDialog(QDialog):
    """Signals: `diagnosis_asked`, to be answered with `copy`; `update_asked`."""

    diagnosis_asked = Signal()
    update_asked = Signal()

    def __init__(self, symbol: Path, licensed: Sequence[Licensed], update: str, parent: QWidget | None = None) -> None:
        """`update` is a newer version, or empty."""
        super().__init__(parent)
        self._licensed = licensed
        self.setWindowTitle(self.tr("About claudetray"))
        self.setWindowIcon(QIcon(str(symbol)))
        tabs = QTabWidget()
        tabs.addTab(self._versions(), self.tr("&Versions"))
        tabs.addTab(self._licenses(), self.tr("&Licenses"))
        self._word = WordLabel(self.tr("What became of the diagnosis"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self._copy = QPushButton(self.tr("&Copy diagnosis"))
        self._copy.setToolTip(self.tr("Versions, settings and the last looks, without secrets: fit for a report."))
        self._copy.clicked.connect(self._on_copy_clicked)
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        if update:
            get = buttons.addButton(
                self.tr("&Get claudetray {0}…").format(update), QDialogButtonBox.ButtonRole.ActionRole
            )
            get.clicked.connect(self.update_asked)
        column = QVBoxLayout(self)
        column.addLayout(self._head(symbol))
        column.addWidget(tabs, 1)
        column.addWidget(self._word)
        column.addWidget(buttons)
        em = self.fontMetrics().height()
        self.resize(em * 38, em * 28)

    async def copy(self, findings: Awaitable[Mapping[str, Any]]) -> None:
        """Put that diagnosis on the clipboard, and say so."""
        try:
            QGuiApplication.clipboard().setText(as_text(await findings))
            self._word.say(self.tr("The diagnosis is on the clipboard. It has no secrets in it."))
        except ClaudetrayError as error:
            self._word.say(f"{error.title}: {error.message}", good=False)
        finally:
            self._copy.setEnabled(True)

    def _head(self, symbol: Path) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(QIcon(str(symbol)).pixmap(SYMBOL, SYMBOL))
        words = QLabel(
            f"<h2>claudetray {__version__}</h2>"
            + self.tr("How much AI credit is left, and when it will run out.")
            + f'<br><a href="{HOMEPAGE}" style="color: {theme.current().good.name()}">{HOMEPAGE.removeprefix("https://")}</a>'
        )
        words.setOpenExternalLinks(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        row = QHBoxLayout()
        row.addWidget(picture)
        row.addWidget(words, 1)
        return row

    def _versions(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        for title, version in (
            (self.tr("claudetray:"), __version__),
            (self.tr("Qt and PySide6:"), PySide6.__version__),
            (self.tr("Web engine:"), self._web_engine()),
            (self.tr("Python:"), platform.python_version()),
            (self.tr("SQLite:"), sqlite3.sqlite_version),
            (self.tr("System:"), f"{platform.system()} {platform.release()}, {platform.machine()}"),
            (self.tr("Program:"), sys.executable),
        ):
            shown = QLabel(version)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setWordWrap(True)
            shown.setAccessibleName(f"{title} {version}")
            form.addRow(title, shown)
        return page

    def _web_engine(self) -> str:
        """Asked without loading it."""
        there = find_spec("PySide6.QtWebEngineCore") is not None
        return PySide6.__version__ if there else self.tr("none: this is the lite build")

    def _licenses(self) -> QWidget:
        self._list, self._text = QListWidget(), QPlainTextEdit()
        self._list.setAccessibleName(self.tr("What claudetray is made with"))
        self._text.setAccessibleName(self.tr("License"))
        self._text.setReadOnly(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setSpacing(1)
        for one in self._licensed:
            self._list.addItem(f"{one.name} {one.version}\n    {one.license}")
        self._list.currentRowChanged.connect(self._show_license)
        page = QSplitter()
        page.addWidget(self._list)
        page.addWidget(self._text)
        page.setStretchFactor(1, 1)
        page.setSizes([self.fontMetrics().height() * 15, self.fontMetrics().height() * 23])
        page.setChildrenCollapsible(False)
        self._list.setCurrentRow(0)
        return page

    def _show_license(self, row: int) -> None:
        if row >= 0:
            one = self._licensed[row]
            self._text.setPlainText(
                one.text() or self.tr("{0}. Its text is not in this installation.").format(one.license)
            )

    def _on_copy_clicked(self) -> None:
        self._copy.setEnabled(False)
        self._word.say(self.tr("gathering…"))
        self.diagnosis_asked.emit()
