"""The recent calls: what the proxy is doing, and the last calls as a table."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from claudetray.core import words
from claudetray.core.serving import ProxyState, ProxyStatus
from claudetray.core.usage import UsageRecord
from claudetray.ui import calls_summary, table_looks

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
MOST_CALLS = 100
TIME, MODEL, IN, OUT, COST, TOOK, STATE, TAGS = range(8)
NUMBERS = (IN, OUT, COST, TOOK)  # the columns that are aligned to the right
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CallsModel(QAbstractTableModel):
    """The last calls, newest first; never more than `MOST_CALLS`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: tuple[UsageRecord, ...] = ()
        self._titles = (
            self.tr("Time"),
            self.tr("Model"),
            self.tr("In"),
            self.tr("Out"),
            self.tr("Cost"),
            self.tr("Took"),
            self.tr("State"),
            self.tr("Tags"),
        )
        self._hints = {
            IN: self.tr("Tokens that went in, from the cache or not"),
            OUT: self.tr("Tokens that came out"),
        }

    def show_calls(self, records: Sequence[UsageRecord]) -> None:
        shown = tuple(records[:MOST_CALLS])
        if shown != self._records:
            self.beginResetModel()
            self._records = shown
            self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self._hints.get(section)
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMBERS:
            return RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        record = self._records[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(record, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return calls_summary.details(record)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in NUMBERS:
            return RIGHT
        return None

    def _text(self, record: UsageRecord, column: int) -> str:
        took = words.took(record.duration)
        return (
            words.clock(record.started_at, datetime.now(UTC)),
            calls_summary.model(record),
            words.count(calls_summary.into(record.tokens)),
            words.count(record.tokens.output),
            calls_summary.cost(record),
            took,
            calls_summary.state(record),
            ", ".join(record.tags),
        )[column]


class CallsTable(QTableView):
    """Shows the calls; decides nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = CallsModel(self)
        self.setModel(self._model)
        self.setAccessibleName(self.tr("Recent calls"))
        table_looks.read_only(self)
        widths = {TIME: 14, IN: 9, OUT: 7, COST: 10, TOOK: 7, STATE: 10, TAGS: 11}
        table_looks.plain(self, widths, stretched=MODEL, lines=1.6)

    def show_calls(self, records: Sequence[UsageRecord]) -> None:
        self._model.show_calls(records)


class CallsPage(QWidget):
    """The calls, or a sentence where there are none. Signals: `copy_asked` with the address."""

    copy_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status: ProxyStatus | None = None
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._copy = QPushButton(self.tr("Copy &address"))
        self._copy.clicked.connect(self._on_copy_clicked)
        self._table = CallsTable()
        self._empty = QLabel()
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.addWidget(self._state, 1)
        head.addWidget(self._copy)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._table)
        page = QVBoxLayout(self)
        page.addLayout(head)
        page.addLayout(self._stack, 1)
        self._show_state()

    def show_calls(self, records: Sequence[UsageRecord]) -> None:
        self._table.show_calls(records)
        self._stack.setCurrentWidget(self._table if records else self._empty)

    def show_proxy(self, status: ProxyStatus) -> None:
        self._status = status
        self._show_state()

    def _show_state(self) -> None:
        status = self._status
        serving = status.serving if status else None
        text = calls_summary.state_line(status) if status else ""
        if status is not None and (status.state is not ProxyState.OFF or status.today.calls):
            text += f" {calls_summary.today_line(status.today)}."
        self._state.setText(text)
        self._state.setAccessibleName(text)
        self._copy.setVisible(serving is not None)
        if serving is None:
            self._empty.setText(self.tr("No calls yet. Switch the proxy on in the menu of the tray or in Settings."))
        else:
            how = self.tr("No calls yet. Set ANTHROPIC_BASE_URL={0}, and every call is listed here.")
            self._empty.setText(how.format(serving.url))

    def _on_copy_clicked(self) -> None:
        if self._status is not None and self._status.serving is not None:
            self.copy_asked.emit(self._status.serving.url)
