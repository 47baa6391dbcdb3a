"""The alerts that were raised: what was said, and where it got to."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from claudetray.core import words
from claudetray.core.alert import Alert, Delivery, DeliveryState
from claudetray.ui import table_looks

WHEN, WHAT, WHERE = 0, 1, 2
Told = tuple[Alert, tuple[Delivery, ...]]


class AlertsList(QWidget):
    """Signals: `seen_asked` when all are to be acknowledged."""

    seen_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Told, ...] = ()
        self._table = QTableWidget(0, 3)
        self._table.setHorizontalHeaderLabels([self.tr("When"), self.tr("What was said"), self.tr("Where it got to")])
        self._table.setAccessibleName(self.tr("Alerts"))
        table_looks.read_only(self._table)
        table_looks.plain(self._table, {WHEN: 18, WHERE: 34}, stretched=WHAT, lines=1.6)
        self._seen = QPushButton(self.tr("Ack&nowledge all"))
        self._seen.clicked.connect(self.seen_asked)
        self._seen.setEnabled(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self._seen)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._table, 1)
        column.addLayout(buttons)

    def show_alerts(self, told: Sequence[Told]) -> None:
        """Newest first."""
        if tuple(told) == self._shown:
            return
        self._shown = tuple(told)
        now = datetime.now(UTC)
        self._table.setRowCount(len(told))
        for row, (alert, deliveries) in enumerate(told):
            when = QTableWidgetItem(words.clock(alert.raised_at, now))
            what = QTableWidgetItem(alert.title)
            where = QTableWidgetItem(", ".join(map(self._where, deliveries)) or self.tr("nowhere: no channel is on"))
            facts = "\n".join(f"{label}: {text}" for label, text in alert.facts)
            what.setToolTip(f"{alert.body}\n{facts}".strip())
            where.setToolTip("\n".join(f"{one.channel}: {one.trouble}" for one in deliveries if one.trouble))
            if alert.acknowledged_at is not None:
                for item in (when, what, where):
                    item.setForeground(self.palette().placeholderText())
            for column, item in ((WHEN, when), (WHAT, what), (WHERE, where)):
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self._table.setItem(row, column, item)
        self._seen.setEnabled(any(alert.acknowledged_at is None for alert, _ in told))

    def _where(self, delivery: Delivery) -> str:
        states = {
            DeliveryState.DONE: self.tr("{0} ✓"),
            DeliveryState.PENDING: self.tr("{0} waits"),
            DeliveryState.GIVEN_UP: self.tr("{0} given up"),
        }
        return states[delivery.state].format(delivery.channel)
