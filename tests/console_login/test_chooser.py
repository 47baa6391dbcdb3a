from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from claudetray.console_login.chooser import Chooser
from claudetray.core.browser import Choice

CHOICES = (
    Choice(uuid="o-1", name="Example", balance="$60.36"),
    Choice(uuid="o-2", name="", balance="—"),
    Choice(uuid="o-3", name="<b>Client</b>", balance="€1,250.00"),
)


def test_each_organization_stands_with_its_balance_and_the_picked_one_is_taken(qtbot: QtBot) -> None:
    chooser = Chooser()
    qtbot.addWidget(chooser)
    chooser.show_choices(CHOICES, "o-3")
    shown = chooser.findChild(QTreeWidget)
    assert shown is not None
    rows = [shown.topLevelItem(n) for n in range(shown.topLevelItemCount())]
    assert [(row.text(0), row.text(1)) for row in rows if row] == [
        ("Example", "$60.36"),
        ("o-2", "—"),
        ("<b>Client</b>", "€1,250.00"),
    ]
    with qtbot.waitSignal(chooser.chosen) as chosen:
        qtbot.mouseClick(chooser.findChildren(QPushButton)[-1], Qt.MouseButton.LeftButton)
    assert chosen.args == ["o-3"]


def test_nothing_is_chosen_where_nothing_is_picked(qtbot: QtBot) -> None:
    chooser = Chooser()
    qtbot.addWidget(chooser)
    chooser.show_choices((), "")
    button = chooser.findChildren(QPushButton)[-1]
    assert not button.isEnabled()
