from decimal import Decimal

from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from claudetray.core.recommendations import Advice, Recommendation
from claudetray.ui.status_window import StatusWindow
from tests.builders import NOW
from tests.ui.overview import DAY, a_state, bring, press, shown, texts


def test_budgets_show_how_much_is_spent_and_what_is_likely(window: StatusWindow, scheme: str) -> None:
    window.show_status(shown())
    bring(window, "Budgets")
    bar = window.findChild(QProgressBar)
    assert (bar.value(), bar.accessibleName()) == (85, "Budget coding: 85 % spent")
    assert "$8.50 of $10.00" in texts(window)
    assert "likely $11.20" in texts(window)


def test_a_stop_can_be_lifted_and_set_again(qtbot: QtBot, window: StatusWindow) -> None:
    window.show_status(shown(budgets=(a_state("10", hard_stop=True),)))
    bring(window, "Budgets")
    assert "further calls are refused" in texts(window)
    with qtbot.waitSignal(window.lift_asked) as lifted:
        press(window, "Lift the stop")
    assert lifted.args == [7, True]
    window.show_status(shown(budgets=(a_state("10", hard_stop=True, lifted_until=NOW + DAY),)))
    with qtbot.waitSignal(window.lift_asked) as again:
        press(window, "Stop calls again")
    assert again.args == [7, False]


def test_budgets_lead_to_their_settings_and_advice_stands_beside_them(qtbot: QtBot, window: StatusWindow) -> None:
    window.show_status(shown(budgets=()))
    window.show_advice([Recommendation(advice=Advice.NO_CACHE, title="No cache", body="It costs $5.", sum=Decimal(5))])
    bring(window, "Budgets")
    assert "No budgets yet" in texts(window)
    assert "No cache. It costs $5." in texts(window)
    with qtbot.waitSignal(window.budgets_asked):
        press(window, "Edit budgets…")


def test_what_has_the_focus_keeps_it_while_nothing_changes(window: StatusWindow) -> None:
    window.show_status(shown())
    bring(window, "Budgets")
    before = window.findChild(QProgressBar)
    window.show_status(shown())
    assert window.findChild(QProgressBar) is before
