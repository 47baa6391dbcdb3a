"""The recent calls: what the proxy is doing, and the last calls as a table."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Qt, Signal
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
from claudetray.ui.rows_model import RowsModel

MOST_CALLS = 100
TIME, MODEL, IN, OUT, COST, TOOK, STATE, TAGS = range(8)


class CallsModel(RowsModel[UsageRecord]):
    """The last calls, newest first; never more than `MOST_CALLS`."""

    def __init__(self, parent: QObject | None = None) -> None:
        titles = (
            self.tr("Time"),
            self.tr("Model"),
            self.tr("In"),
            self.tr("Out"),
            self.tr("Cost"),
            self.tr("Took"),
            self.tr("State"),
            self.tr("Tags"),
        )
        super().__init__(titles, (IN, OUT, COST, TOOK), parent)
        self._hints = {
            IN: self.tr("Tokens that went in, from the cache or not"),
            OUT: self.tr("Tokens that came out"),
        }

    def show_calls(self, records: Sequence[UsageRecord]) -> None:
        self.show_rows(records[:MOST_CALLS])

    def hint(self, row: UsageRecord) -> str:
        return calls_summary.details(row)

    def title_hint(self, column: int) -> str | None:
        return self._hints.get(column)

    def text(self, row: UsageRecord, column: int) -> str:
        return (
            words.clock(row.started_at, datetime.now(UTC)),
            calls_summary.model(row),
            words.count(calls_summary.into(row.tokens)),
            words.count(row.tokens.output),
            calls_summary.cost(row),
            words.took(row.duration),
            calls_summary.state(row),
            ", ".join(row.tags),
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
