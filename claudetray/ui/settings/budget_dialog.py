"""The window of one budget."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from claudetray.core.budget import LEVELS, Budget, Period, Scope, amount, checked, levels
from claudetray.core.errors import SettingRefused
from claudetray.core.json_values import plain
from claudetray.ui.settings.word_label import WordLabel


class BudgetDialog(QDialog):
    """Signals: `budget_given`, with a checked Budget."""

    budget_given = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Budget"))
        self._budget = Budget(name="", amount=Decimal(10))
        self._taken: set[str] = set()
        self._name, self._amount, self._levels = QLineEdit(), QLineEdit(), QLineEdit()
        self._period, self._scope, self._scope_name = QComboBox(), QComboBox(), QLineEdit()
        self._begins, self._ends = QDateEdit(), QDateEdit()
        for day in (self._begins, self._ends):
            day.setCalendarPopup(True)
            day.setDisplayFormat("yyyy-MM-dd")
        periods = {
            Period.DAY: self.tr("a day"),
            Period.WEEK: self.tr("a week"),
            Period.MONTH: self.tr("a month"),
            Period.FIXED: self.tr("from one day to another"),
        }
        for period, title in periods.items():
            self._period.addItem(title, period)
        scopes = {
            Scope.ALL: self.tr("all calls"),
            Scope.TAG: self.tr("the tag"),
            Scope.MODEL: self.tr("the model"),
            Scope.CLIENT: self.tr("the client"),
        }
        for scope, title in scopes.items():
            self._scope.addItem(title, scope)
        self._hard_stop = QCheckBox(self.tr("&Hard stop: the proxy refuses further calls when it is used up"))
        self._word = WordLabel(self.tr("Problem with the budget"))
        form = self._form = QFormLayout()
        form.addRow(self.tr("&Name:"), self._name)
        form.addRow(self.tr("&Dollars:"), self._amount)
        form.addRow(self.tr("&Per:"), self._period)
        form.addRow(self.tr("&First day:"), self._begins)
        form.addRow(self.tr("&Last day:"), self._ends)
        form.addRow(self.tr("F&or:"), self._scope)
        form.addRow(self.tr("Na&med:"), self._scope_name)
        form.addRow(self.tr("&Alerts at (%):"), self._levels)
        form.addRow("", self._hard_stop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self._word)
        column.addWidget(buttons)
        self._period.currentIndexChanged.connect(self._show_rows)
        self._scope.currentIndexChanged.connect(self._show_rows)
        self.setMinimumWidth(self.fontMetrics().height() * 28)

    def show_budget(self, budget: Budget, others: Sequence[Budget]) -> None:
        """Fill the fields; the names of the others are taken."""
        self._budget, self._taken = budget, {other.name.lower() for other in others}
        self._name.setText(budget.name)
        self._amount.setText(plain(budget.amount))
        self._levels.setText(", ".join(map(str, budget.levels)))
        self._levels.setPlaceholderText(", ".join(map(str, LEVELS)))
        self._period.setCurrentIndex(self._period.findData(budget.period))
        self._scope.setCurrentIndex(self._scope.findData(budget.scope))
        self._scope_name.setText(budget.scope_name)
        self._hard_stop.setChecked(budget.hard_stop)
        today = QDate.currentDate()
        self._begins.setDate(_shown(budget.begins) or today)
        self._ends.setDate(_shown(budget.ends) or today.addMonths(1))
        self._word.say("")
        self._show_rows()
        self._name.setFocus()

    def _show_rows(self) -> None:
        fixed = self._period.currentData() == Period.FIXED
        self._form.setRowVisible(self._begins, fixed)
        self._form.setRowVisible(self._ends, fixed)
        self._form.setRowVisible(self._scope_name, self._scope.currentData() != Scope.ALL)

    def _on_accepted(self) -> None:
        try:
            given = self._given()
        except SettingRefused as error:
            self._word.say(error.message, good=False)
            return
        self.budget_given.emit(given)
        self.accept()

    def _given(self) -> Budget:
        """Raises: SettingRefused."""
        if self._name.text().strip().lower() in self._taken:
            raise SettingRefused(self.tr("There is another budget of this name."))
        fixed = self._period.currentData() == Period.FIXED
        scope = Scope(self._scope.currentData())
        return checked(
            Budget(
                id=self._budget.id,
                name=self._name.text(),
                amount=amount(self._amount.text()),
                period=Period(self._period.currentData()),
                scope=scope,
                scope_name="" if scope is Scope.ALL else self._scope_name.text(),
                levels=levels(self._levels.text()),
                hard_stop=self._hard_stop.isChecked(),
                begins=_day(self._begins) if fixed else None,
                ends=_day(self._ends) if fixed else None,
                lifted_until=self._budget.lifted_until,
            )
        )


def _shown(day: date | None) -> QDate | None:
    return QDate(day.year, day.month, day.day) if day else None


def _day(field: QDateEdit) -> date:
    chosen = field.date()
    return date(chosen.year(), chosen.month(), chosen.day())
