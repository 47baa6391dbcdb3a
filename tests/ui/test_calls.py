from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from claudetray.core.analytics import Sums
from claudetray.core.serving import ProxyState, ProxyStatus, Serving
from claudetray.ui.calls import MOST_CALLS, CallsModel, CallsTable
from claudetray.ui.status_window import StatusWindow
from tests.builders import a_record, a_status
from tests.ui.mnemonics import window_letters

RUNNING = ProxyStatus(
    state=ProxyState.RUNNING, serving=Serving(url="http://127.0.0.1:8377", pid=1), today=Sums(calls=2, unpriced=2)
)


@pytest.fixture
def window(qtbot: QtBot) -> StatusWindow:
    window = StatusWindow()
    qtbot.addWidget(window)
    window.show_status(a_status(now=datetime.now(UTC)))
    window.show()
    window.bring_calls()
    return window


def texts(window: StatusWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_a_call_is_a_row(window: StatusWindow, scheme: str) -> None:
    now = datetime.now(UTC)
    window.show_calls((a_record(at=now, tags=("coding", "batch")), a_record(None, None, now)))
    model = window.findChild(CallsTable).model()
    shown = [[model.index(row, column).data() for column in range(model.columnCount())] for row in range(2)]
    assert shown[0][1:] == ["claude-opus-5", "1,234", "340", "$0.0123", "2.5 s", "complete", "coding, batch"]
    assert shown[1][1] == "—"
    assert shown[1][4] == "unpriced"
    assert "Cost $0.0123" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert model.headerData(2, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)


def test_the_list_ends_at_a_hundred_and_is_filled_only_when_it_changed(qtbot: QtBot) -> None:
    model = CallsModel()
    many = tuple(a_record(at=datetime.now(UTC) - timedelta(minutes=n)) for n in range(150))
    model.show_calls(many)
    assert model.rowCount() == MOST_CALLS
    with qtbot.assertNotEmitted(model.modelReset):
        model.show_calls(many)


def test_without_calls_a_sentence_says_how_to_come_by_some(window: StatusWindow) -> None:
    window.show_calls(())
    assert "Switch the proxy on" in texts(window)
    window.show_proxy(RUNNING)
    assert "ANTHROPIC_BASE_URL=http://127.0.0.1:8377" in texts(window)
    assert "2 calls today · unpriced" in texts(window)
    window.show_calls((a_record(),))
    assert "No calls yet" not in texts(window)


def test_the_address_is_copied_when_there_is_one(qtbot: QtBot, window: StatusWindow) -> None:
    button = next(b for b in window.findChildren(QPushButton) if b.text() == "Copy &address")
    assert not button.isVisible()
    window.show_proxy(RUNNING)
    with qtbot.waitSignal(window.copy_asked) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["http://127.0.0.1:8377"]


def test_why_the_proxy_is_down_stands_there_in_full(window: StatusWindow) -> None:
    trouble = "Port 8377 on 127.0.0.1 cannot be used (Address already in use). Choose another one in the settings."
    window.show_proxy(ProxyStatus(state=ProxyState.WAITING, trouble=trouble))
    assert trouble in texts(window)


def test_it_is_reached_by_keyboard_and_has_a_name(qtbot: QtBot, window: StatusWindow) -> None:
    window.show_proxy(RUNNING)
    window.show_calls((a_record(),))
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    assert not window.findChild(CallsTable).isVisible()
    qtbot.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert window.findChild(CallsTable).isVisible()
    assert window.findChild(CallsTable).accessibleName() == "Recent calls"
    found = window_letters(window)
    assert len(found) == len(set(found)) >= 7
