"""The page of the budgets: a list, and a window for each of them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from claudetray.core import runway_words
from claudetray.core.budget import MOST_BUDGETS, Budget, Period, Scope
from claudetray.ui.settings.budget_dialog import BudgetDialog
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.edited_list import EditedList


class BudgetsPage(QWidget):
    """Nothing is kept before the settings are saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: tuple[Budget, ...] = ()
        self._budgets: list[Budget] = []
        titles = [self.tr("Budget"), self.tr("Amount"), self.tr("For"), self.tr("Hard stop")]
        self._list = EditedList(self.tr("Budgets"), titles, {0: 20, 1: 22, 3: 12}, stretched=2)
        self._list.add_asked.connect(self._on_add_asked)
        self._list.edit_asked.connect(lambda row: self._open(self._budgets[row], row))
        self._list.delete_asked.connect(self._on_delete_asked)
        label = QLabel(
            self.tr(
                "A budget says so at each of its levels, once a period. With a hard stop, the proxy refuses further "
                "calls of it until the period ends."
            )
        )
        label.setWordWrap(True)
        page = QVBoxLayout(self)
        page.addWidget(label)
        page.addWidget(self._list, 1)

    def show_settings(self, shown: SettingsShown) -> None:
        self._kept = shown.budgets
        self._fill(shown.budgets)

    def problem(self) -> str | None:
        """Nothing can be wrong here: the window of a budget gives none that is."""
        return None

    @property
    def changed(self) -> tuple[Budget, ...]:
        """Those that are new or not as they were kept."""
        return tuple(budget for budget in self._budgets if budget not in self._kept)

    @property
    def gone(self) -> tuple[int, ...]:
        """The numbers of those that were deleted."""
        left = {budget.id for budget in self._budgets}
        return tuple(budget.id for budget in self._kept if budget.id not in left)

    def focus(self) -> None:
        self._list.table.setFocus()

    def _fill(self, budgets: Sequence[Budget], current: int = 0) -> None:
        self._budgets = list(budgets)
        self._list.fill([self._texts(budget) for budget in budgets], current)
        self._list.add.setEnabled(len(budgets) < MOST_BUDGETS)

    def _texts(self, budget: Budget) -> tuple[str, str, str, str]:
        periods = {
            Period.DAY: self.tr("a day"),
            Period.WEEK: self.tr("a week"),
            Period.MONTH: self.tr("a month"),
            Period.FIXED: self.tr("{0} to {1}").format(budget.begins, budget.ends),
        }
        scope = self.tr("all calls") if budget.scope is Scope.ALL else f"{budget.scope} {budget.scope_name}"
        amount = f"{runway_words.dollars(budget.amount)} {periods[budget.period]}"
        return budget.name, amount, scope, self.tr("yes") if budget.hard_stop else self.tr("no")

    def _open(self, budget: Budget, row: int | None) -> None:
        editor = BudgetDialog(self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.budget_given.connect(lambda given: self._take(given, row))
        editor.show_budget(budget, [other for number, other in enumerate(self._budgets) if number != row])
        editor.open()

    def _take(self, budget: Budget, row: int | None) -> None:
        budgets = list(self._budgets)
        if row is None:
            budgets.append(budget)
        else:
            budgets[row] = replace(budget, id=budgets[row].id)
        self._fill(budgets, len(budgets) - 1 if row is None else row)

    def _on_add_asked(self) -> None:
        self._open(Budget(name="", amount=Decimal(10)), None)

    def _on_delete_asked(self, row: int) -> None:
        self._fill([budget for number, budget in enumerate(self._budgets) if number != row], row)
