from datetime import date
from decimal import Decimal

from claudetray.core.budget import Budget, Period, Scope
from claudetray.ui.settings.budget_dialog import BudgetDialog
from claudetray.ui.settings.dialog import SettingsDialog
from tests.ui.settings.filled import press, saved, top, words


def test_budgets_are_added_changed_and_deleted(dialog: SettingsDialog) -> None:
    dialog.show_page("budgets")
    page = dialog.budgets
    press(page, "Edit…")
    editor = top(dialog)
    assert isinstance(editor, BudgetDialog)
    editor._amount.setText("25")
    press(editor, "OK")
    press(page, "Add…")
    editor = top(dialog)
    editor._name.setText("web")
    editor._period.setCurrentIndex(editor._period.findData(Period.DAY))
    editor._scope.setCurrentIndex(editor._scope.findData(Scope.TAG))
    editor._scope_name.setText("web")
    editor._levels.setText("100")
    press(editor, "OK")
    page._list.table.setCurrentCell(1, 0)
    press(page, "Delete")
    draft = saved(dialog)
    assert draft.budgets_gone == (2,)
    assert draft.budgets == (
        Budget(id=1, name="coding", amount=Decimal(25), hard_stop=True),
        Budget(name="web", amount=Decimal(10), period=Period.DAY, scope=Scope.TAG, scope_name="web", levels=(100,)),
    )


def test_a_budget_that_cannot_be_stays_open_with_a_sentence(dialog: SettingsDialog) -> None:
    dialog.show_page("budgets")
    press(dialog.budgets, "Add…")
    editor = top(dialog)
    for name, amount, word in (("", "5", "name"), ("TRIP", "5", "another budget"), ("x", "much", "a number")):
        editor._name.setText(name)
        editor._amount.setText(amount)
        press(editor, "OK")
        assert editor.isVisible()
        assert word in words(editor)


def test_days_are_asked_for_only_where_the_period_has_them(dialog: SettingsDialog) -> None:
    dialog.show_page("budgets")
    dialog.budgets._list.table.setCurrentCell(1, 0)
    press(dialog.budgets, "Edit…")
    editor = top(dialog)
    assert editor._begins.isVisible()
    assert editor._begins.date().toPython() == date(2026, 12, 1)
    editor._period.setCurrentIndex(editor._period.findData(Period.WEEK))
    assert not editor._begins.isVisible()
    press(editor, "OK")
    (week,) = saved(dialog).budgets
    assert (week.period, week.begins, week.id) == (Period.WEEK, None, 2)
