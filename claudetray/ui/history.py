"""The history of looks as a table: when, what came of it, why we looked."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QTableView, QWidget

from claudetray.core import words
from claudetray.core.look import Look, Trigger
from claudetray.ui import table_looks

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
NUMBERS = (1, 3)  # the columns that are aligned to the right
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class HistoryModel(QAbstractTableModel):
    """The last looks, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks: tuple[Look, ...] = ()
        self._titles = (self.tr("When"), self.tr("Balance"), self.tr("What happened"), self.tr("Took"), self.tr("Why"))
        self._triggers = {
            Trigger.SCHEDULE: self.tr("planned"),
            Trigger.ASKED: self.tr("asked for"),
            Trigger.STARTED: self.tr("start"),
            Trigger.RESUMED: self.tr("woke up"),
            Trigger.ONLINE: self.tr("network back"),
            Trigger.CHANGED: self.tr("new session"),
            Trigger.BY_HAND: self.tr("typed"),
            Trigger.REFUSED: self.tr("call refused"),
        }

    def show_looks(self, looks: Sequence[Look]) -> None:
        if tuple(looks) != self._looks:
            self.beginResetModel()
            self._looks = tuple(looks)
            self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._looks)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMBERS:
            return RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        look = self._looks[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(look, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return look.failure.message if look.failure else words.moment(look.started_at)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in NUMBERS:
            return RIGHT
        return None

    def _text(self, look: Look, column: int) -> str:
        seconds = f"{look.took.total_seconds():.1f} s"
        what = look.failure.title if look.failure else self.tr("Reading")
        balance = words.money(look.left)
        return (words.clock(look.started_at, datetime.now(UTC)), balance, what, seconds, self._triggers[look.trigger])[
            column
        ]


class HistoryTable(QTableView):
    """Shows the history; decides nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = HistoryModel(self)
        self.setModel(self._model)
        self.setAccessibleName(self.tr("History of the last fetches"))
        table_looks.read_only(self)
        table_looks.plain(self, {0: 18, 1: 13, 3: 9, 4: 14}, stretched=2, lines=1.6)

    def show_looks(self, looks: Sequence[Look]) -> None:
        self._model.show_looks(looks)
