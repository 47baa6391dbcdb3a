"""The history of looks as a table: when, what came of it, why we looked."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTableView, QWidget

from claudetray.core import words
from claudetray.core.look import Look, Trigger
from claudetray.ui import table_looks
from claudetray.ui.rows_model import RowsModel


class HistoryModel(RowsModel[Look]):
    """The last looks, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        titles = (self.tr("When"), self.tr("Balance"), self.tr("What happened"), self.tr("Took"), self.tr("Why"))
        super().__init__(titles, (1, 3), parent)
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

    def text(self, row: Look, column: int) -> str:
        what = row.failure.title if row.failure else self.tr("Reading")
        seconds = f"{row.took.total_seconds():.1f} s"
        when = words.clock(row.started_at, datetime.now(UTC))
        return (when, words.money(row.left), what, seconds, self._triggers[row.trigger])[column]

    def hint(self, row: Look) -> str:
        return row.failure.message if row.failure else words.moment(row.started_at)


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
        self._model.show_rows(looks)
