"""The ledger as a table: each balance, who told it, and what moved it; measured and unmeasured spending apart."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTableView, QVBoxLayout, QWidget

from claudetray.core import runway_words, words
from claudetray.core.ledger import EntryKind, LedgerEntry
from claudetray.core.reading import BY_HAND
from claudetray.ui import table_looks

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
NUMBERS = (1, 2, 3, 4, 5)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MOST = 200


class LedgerModel(QAbstractTableModel):
    """The last entries, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[LedgerEntry, ...] = ()
        self._titles = (
            self.tr("When"),
            self.tr("Balance"),
            self.tr("Spent"),
            self.tr("Measured"),
            self.tr("Unmeasured"),
            self.tr("Added"),
            self.tr("What it is"),
        )
        self._kinds = {
            EntryKind.OBSERVED: self.tr("fetched"),
            EntryKind.TOP_UP: self.tr("top-up"),
            EntryKind.CORRECTION: self.tr("corrected"),
        }

    def show_entries(self, entries: Sequence[LedgerEntry]) -> None:
        """Oldest first, as the outlook has them."""
        newest = tuple(reversed(entries))[:MOST]
        if newest != self._entries:
            self.beginResetModel()
            self._entries = newest
            self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMBERS:
            return RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(entry, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.moment(entry.at)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in NUMBERS:
            return RIGHT
        return None

    def _text(self, entry: LedgerEntry, column: int) -> str:
        """A dash in a column of money where nothing moved, so that what did is seen."""
        what = self._kinds[entry.kind]
        if entry.kind is EntryKind.OBSERVED and entry.source == BY_HAND:
            what = self.tr("typed")
        if entry.expired:
            what = self.tr("{0}, {1} lapsed").format(what, runway_words.dollars(entry.expired))
        if entry.corrected:
            what = self.tr("{0}, {1} corrected").format(what, runway_words.dollars(entry.corrected))
        money = (entry.spent, entry.measured, entry.unmeasured if entry.measured else Decimal(0), entry.added)
        texts = [runway_words.dollars(amount) if amount else words.DASH for amount in money]
        return (words.clock(entry.at, datetime.now(UTC)), words.money(entry.balance), *texts, what)[column]


class LedgerPage(QWidget):
    """Signals: `tell_asked` when somebody wants to tell a balance."""

    tell_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = LedgerTable()
        tell = QPushButton(self.tr("Balance by &hand…"))
        tell.clicked.connect(self.tell_asked)
        buttons = QHBoxLayout()
        buttons.addWidget(tell)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._table, 1)
        column.addLayout(buttons)

    def show_entries(self, entries: Sequence[LedgerEntry]) -> None:
        self._table.show_entries(entries)


class LedgerTable(QTableView):
    """Shows the ledger; decides nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = LedgerModel(self)
        self.setModel(self._model)
        self.setAccessibleName(self.tr("Ledger: the history of the balance"))
        table_looks.read_only(self)
        table_looks.plain(self, {0: 18, 1: 13, 2: 11, 3: 12, 4: 14, 5: 11}, stretched=6, lines=1.6)

    def show_entries(self, entries: Sequence[LedgerEntry]) -> None:
        self._model.show_entries(entries)
