"""A table of things that a window of their own edits: *Add…*, *Edit…*, *Delete*. What a row shows, others say."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from claudetray.ui import table_looks


class EditedList(QWidget):
    """Signals: `add_asked`, `edit_asked` and `delete_asked` with the row."""

    add_asked = Signal()
    edit_asked = Signal(int)
    delete_asked = Signal(int)

    def __init__(
        self, name: str, titles: Sequence[str], widths: dict[int, int], stretched: int, parent: QWidget | None = None
    ) -> None:
        """Units: `widths` of columns are in digits."""
        super().__init__(parent)
        self.table = QTableWidget(0, len(titles))
        self.table.setHorizontalHeaderLabels(list(titles))
        self.table.setAccessibleName(name)
        table_looks.read_only(self.table, striped=False)
        table_looks.plain(self.table, widths, stretched=stretched)
        self.table.cellDoubleClicked.connect(self._on_edit_clicked)
        self.add, self.edit = QPushButton(self.tr("&Add…")), QPushButton(self.tr("Ed&it…"))
        self.delete = QPushButton(self.tr("&Delete"))
        self.add.clicked.connect(self.add_asked)
        self.edit.clicked.connect(self._on_edit_clicked)
        self.delete.clicked.connect(self._on_delete_clicked)
        shortcuts = (
            (QKeySequence(QKeySequence.StandardKey.Delete), self._on_delete_clicked),
            (QKeySequence(Qt.Key.Key_Return), self._on_edit_clicked),  # else it would save the whole window
            (QKeySequence(Qt.Key.Key_Enter), self._on_edit_clicked),
        )
        for key, wanted in shortcuts:
            QShortcut(key, self.table, wanted, context=Qt.ShortcutContext.WidgetShortcut)
        self.buttons = QHBoxLayout()
        for button in (self.add, self.edit, self.delete):
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addLayout(self.buttons)

    def fill(self, rows: Sequence[Sequence[str]], current: int = 0) -> None:
        self.table.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        if rows:
            self.table.setCurrentCell(min(current, len(rows) - 1), 0)
        self.edit.setEnabled(bool(rows))
        self.delete.setEnabled(bool(rows))

    def item(self, row: int, column: int) -> QTableWidgetItem:
        """A cell of a row that was filled."""
        found = self.table.item(row, column)
        assert found is not None
        return found

    def only_edited(self) -> None:
        """For a list that nothing is added to or deleted from."""
        self.add.hide()
        self.delete.hide()

    @property
    def row(self) -> int:
        """The current one; -1 where there is none."""
        return self.table.currentRow()

    def _on_edit_clicked(self) -> None:
        if self.row >= 0:
            self.edit_asked.emit(self.row)

    def _on_delete_clicked(self) -> None:
        if self.row >= 0 and not self.delete.isHidden():
            self.delete_asked.emit(self.row)
