"""The ledger as a table: each balance, who told it, and what moved it; measured and unmeasured spending apart."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTableView, QVBoxLayout, QWidget

from claudetray.core import runway_words, words
from claudetray.core.ledger import EntryKind, LedgerEntry
from claudetray.core.reading import BY_HAND
from claudetray.ui import table_looks
from claudetray.ui.rows_model import RowsModel


class LedgerModel(RowsModel[LedgerEntry]):
    """The last entries, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        titles = (
            self.tr("When"),
            self.tr("Balance"),
            self.tr("Spent"),
            self.tr("Measured"),
            self.tr("Unmeasured"),
            self.tr("Added"),
            self.tr("What it is"),
        )
        super().__init__(titles, (1, 2, 3, 4, 5), parent)
        self._kinds = {
            EntryKind.OBSERVED: self.tr("fetched"),
            EntryKind.TOP_UP: self.tr("top-up"),
            EntryKind.CORRECTION: self.tr("corrected"),
        }

    def hint(self, row: LedgerEntry) -> str:
        return words.moment(row.at)

    def text(self, row: LedgerEntry, column: int) -> str:
        """A dash in a column of money where nothing moved, so that what did is seen."""
        what, currency = self._kinds[row.kind], row.balance.currency
        if row.kind is EntryKind.OBSERVED and row.source == BY_HAND:
            what = self.tr("typed")
        if row.expired:
            what = self.tr("{0}, {1} lapsed").format(what, runway_words.money(row.expired, currency))
        if row.corrected:
            what = self.tr("{0}, {1} corrected").format(what, runway_words.money(row.corrected, currency))
        money = (row.spent, row.measured, row.unmeasured if row.measured else Decimal(0), row.added)
        texts = [runway_words.money(amount, currency) if amount else words.DASH for amount in money]
        return (words.clock(row.at, datetime.now(UTC)), words.money(row.balance), *texts, what)[column]


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
        self._model.show_rows(entries)
