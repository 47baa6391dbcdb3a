"""A table that is read: rows of values, newest first, each cell a text. What the texts are, each table says."""

from collections.abc import Collection, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TOP = QModelIndex()
T = TypeVar("T")


class RowsModel(QAbstractTableModel, Generic[T]):
    """`titles` head the columns; those in `numbers` are aligned to the right."""

    def __init__(self, titles: Sequence[str], numbers: Collection[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles, self._numbers = tuple(titles), frozenset(numbers)
        self._rows: tuple[T, ...] = ()

    def text(self, row: T, column: int) -> str:
        """What stands in a cell."""
        raise NotImplementedError

    def hint(self, row: T) -> str:
        """What is said of a row beyond its cells."""
        raise NotImplementedError

    def title_hint(self, column: int) -> str | None:
        """What is said of a column beyond its title."""
        return None

    def show_rows(self, rows: Sequence[T]) -> None:
        if tuple(rows) != self._rows:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self.title_hint(section)
        if role == Qt.ItemDataRole.TextAlignmentRole and section in self._numbers:
            return RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.hint(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in self._numbers:
            return RIGHT
        return None
