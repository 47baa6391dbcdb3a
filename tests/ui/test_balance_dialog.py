from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from claudetray.ui.balance_dialog import BalanceDialog, Telling, Told
from claudetray.ui.settings.word_label import WordLabel
from tests.builders import dollars
from tests.ui.overview import press


@pytest.fixture
def dialog(qtbot: QtBot) -> BalanceDialog:
    dialog = BalanceDialog("USD")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def tell(dialog: BalanceDialog, telling: Telling, amount: str) -> list[Told]:
    told: list[Told] = []
    dialog.told.connect(told.append)
    box = dialog.findChild(QComboBox)
    box.setCurrentIndex(box.findData(telling))
    next(f for f in dialog.findChildren(QLineEdit) if f.placeholderText() == "42.50").setText(amount)
    press(dialog, "OK")
    return told


@pytest.mark.parametrize("telling", Telling)
def test_a_balance_is_told_in_three_ways(dialog: BalanceDialog, telling: Telling) -> None:
    assert tell(dialog, telling, " $12.50 ") == [Told(telling=telling, money=dollars("12.50"))]
    assert not dialog.isVisible()


def test_credit_that_lapses_does_so_at_the_end_of_its_day(qtbot: QtBot, dialog: BalanceDialog) -> None:
    dialog._lapses.setChecked(True)
    dialog._day.setDate(dialog._day.date().addDays(0))
    (told,) = tell(dialog, Telling.BOUGHT, "20")
    assert told.expires_at is not None
    day = dialog._day.date()
    assert told.expires_at == datetime(day.year(), day.month(), day.day(), 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(("telling", "amount"), [(Telling.LEFT, "much"), (Telling.LEFT, ""), (Telling.BOUGHT, "0")])
def test_what_cannot_be_told_is_said_and_nothing_typed_is_lost(
    dialog: BalanceDialog, telling: Telling, amount: str
) -> None:
    assert tell(dialog, telling, amount) == []
    assert dialog.isVisible()
    assert dialog.findChild(WordLabel).text().startswith("✗")


def test_escape_changes_nothing(qtbot: QtBot, dialog: BalanceDialog) -> None:
    told: list[object] = []
    dialog.told.connect(told.append)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert (told, dialog.isVisible()) == ([], False)
