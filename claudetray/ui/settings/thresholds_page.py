"""The page with the table of thresholds: edited in place, sorted, each problem said beside its row."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from claudetray.core.errors import SettingRefused
from claudetray.core.thresholds import SUGGESTED, Threshold, threshold
from claudetray.ui import table_looks, theme
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.word_label import WordLabel

BALANCE, MINUTES, PROBLEM = 0, 1, 2


class ThresholdsPage(QWidget):
    """Rows of a balance and minutes. A row without a balance is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self._table = QTableWidget(0, 3)
        self._table.setHorizontalHeaderLabels(
            [self.tr("At or below"), self.tr("Look every (minutes)"), self.tr("Problem")]
        )
        self._table.setAccessibleName(self.tr("Thresholds"))
        table_looks.typed_into(self._table)
        table_looks.plain(self._table, {BALANCE: 16, MINUTES: 24}, stretched=PROBLEM)
        self._table.itemChanged.connect(self._on_item_changed)
        label = QLabel(
            self.tr(
                "When the &balance falls to a threshold, claudetray says so once, and from then on looks as often as "
                "the threshold says: the closer to empty, the more often."
            )
        )
        label.setWordWrap(True)
        label.setBuddy(self._table)
        self._word = WordLabel(self.tr("Problem with the thresholds"))
        add, delete = QPushButton(self.tr("&Add")), QPushButton(self.tr("&Delete"))
        suggest = QPushButton(self.tr("Suggest so&me"))
        add.clicked.connect(self._on_add_clicked)
        delete.clicked.connect(self._on_delete_clicked)
        suggest.clicked.connect(self._on_suggest_clicked)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Delete),
            self._table,
            self._on_delete_clicked,
            context=Qt.ShortcutContext.WidgetShortcut,
        )
        buttons = QHBoxLayout()
        for button in (add, delete, suggest):
            buttons.addWidget(button)
        buttons.addStretch(1)
        page = QVBoxLayout(self)
        page.addWidget(label)
        page.addWidget(self._table, 1)
        page.addWidget(self._word)
        page.addLayout(buttons)

    def show_settings(self, shown: SettingsShown) -> None:
        self._fill([(f"{row.at:f}", str(row.minutes)) for row in shown.status.thresholds])

    def problem(self) -> str | None:
        """Why this page cannot be saved, if so; each problem stands beside its row."""
        return self._judged()[1]

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Those that are valid, lowest first."""
        return tuple(sorted(self._judged()[0]))

    def focus(self) -> None:
        self._table.setFocus()

    def _fill(self, rows: list[tuple[str, str]]) -> None:
        self._filling = True
        self._table.setRowCount(0)
        for balance, minutes in rows:
            self._add_row(balance, minutes)
        self._filling = False
        self._judge()

    def _add_row(self, balance: str, minutes: str) -> int:
        row = self._table.rowCount()
        self._table.insertRow(row)
        for column, text in ((BALANCE, balance), (MINUTES, minutes)):
            self._table.setItem(row, column, QTableWidgetItem(text))
        problem = QTableWidgetItem("")
        problem.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self._table.setItem(row, PROBLEM, problem)
        return row

    def _texts(self) -> list[tuple[str, str]]:
        return [(self._cell(row, BALANCE), self._cell(row, MINUTES)) for row in range(self._table.rowCount())]

    def _cell(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text().strip() if item is not None else ""

    def _judged(self) -> tuple[list[Threshold], str | None]:
        valid: list[Threshold] = []
        first: str | None = None
        for row, (balance, minutes) in enumerate(self._texts()):
            word = ""
            if balance:
                try:
                    made = threshold(balance, minutes)
                    if any(made.at == other.at for other in valid):
                        raise SettingRefused(self.tr("There is another threshold at this balance."))
                    valid.append(made)
                except SettingRefused as error:
                    word = error.message
            self._say(row, word)
            first = first or word or None
        return valid, first

    def _judge(self) -> None:
        _, problem = self._judged()
        self._word.say(problem or "", good=False)

    def _say(self, row: int, word: str) -> None:
        item = self._table.item(row, PROBLEM)
        if item is not None and item.text() != word:
            self._filling = True
            item.setText(word)
            item.setToolTip(word)
            item.setForeground(QColor(theme.current().trouble))
            self._filling = False

    def _on_item_changed(self) -> None:
        if self._filling:
            return
        valid, problem = self._judged()
        self._word.say(problem or "", good=False)
        if problem is None and len(valid) == self._table.rowCount():
            rows = [(f"{row.at:f}", str(row.minutes)) for row in sorted(valid)]
            if rows != self._texts():
                here = self._table.currentIndex()
                self._fill(rows)
                self._table.setCurrentIndex(self._table.model().index(here.row(), here.column(), QModelIndex()))

    def _on_add_clicked(self) -> None:
        self._filling = True
        row = self._add_row("", "30")
        self._filling = False
        self._table.setCurrentCell(row, BALANCE)
        item = self._table.item(row, BALANCE)
        if item is not None:
            self._table.editItem(item)

    def _on_delete_clicked(self) -> None:
        if self._table.currentRow() >= 0:
            self._table.removeRow(self._table.currentRow())
            self._judge()

    def _on_suggest_clicked(self) -> None:
        have = {balance for balance, _ in self._texts()}
        more = [tuple(row.split("=")) for row in SUGGESTED]
        self._fill([*(row for row in self._texts() if any(row)), *((b, m) for b, m in more if b not in have)])
        self._on_item_changed()
