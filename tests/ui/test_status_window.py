from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from claudetray.core import runway_contract
from claudetray.ui import summary
from claudetray.ui.cures import RETRY, SETTINGS, SIGN_IN, STATUS_PAGE
from claudetray.ui.history import HistoryTable
from claudetray.ui.status_window import StatusWindow
from tests.builders import a_failure, a_status, thresholds
from tests.ui.overview import shown


def texts(window: QWidget) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def button(window: QWidget, text: str) -> QPushButton:
    return next(
        b for b in window.findChildren(QPushButton) if b.text().replace("&", "").startswith(text) and b.isVisible()
    )


def test_it_shows_all_that_is_known(window: StatusWindow, scheme: str) -> None:
    window.show_status(a_status("18.20", rows=thresholds("20=30", "5=10"), now=datetime.now(UTC)))
    shown = texts(window)
    for word in (
        "$18.20",
        "$55.36",
        "$5.00",
        "$151.07",
        "in 29:5",
        "below $20: every 30 min",
        "At or below $20.",
        "Example",
    ):
        assert word in shown
    assert "3 min ago" in shown


def test_what_is_not_known_is_a_dash_and_never_zero(window: StatusWindow) -> None:
    window.show_status(a_status(never=True))
    assert "—" in texts(window)
    assert "0.00" not in texts(window)


@pytest.mark.parametrize(
    ("kind", "cure"),
    [
        ("session_expired", SIGN_IN),
        ("wrong_organization", SETTINGS),
        ("challenged", SIGN_IN),
        ("unreachable", STATUS_PAGE),
        ("unexpected_answer", RETRY),
    ],
)
def test_a_failure_comes_in_words_with_the_button_that_cures_it(
    qtbot: QtBot, window: StatusWindow, kind: str, cure: str
) -> None:
    window.show_status(a_status("60", a_failure(kind)))
    assert "does not accept this session" in texts(window)
    assert "$60.00" in texts(window)
    label = {SETTINGS: "Choose", SIGN_IN: "Sign &in", STATUS_PAGE: "Open status", RETRY: "Try"}[cure]
    found = next(b for b in window.findChildren(QPushButton) if b.isVisible() and b.text().startswith(label))
    with qtbot.waitSignal(window.cure_asked) as asked:
        qtbot.mouseClick(found, Qt.MouseButton.LeftButton)
    assert asked.args == [cure]


def test_buttons_say_what_the_person_wants(qtbot: QtBot, window: StatusWindow) -> None:
    window.show_status(a_status())
    for text, signal in (
        ("Fetch", window.fetch_asked),
        ("Pause", window.pause_asked),
        ("Settings", window.settings_asked),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button(window, text), Qt.MouseButton.LeftButton)
    window.show_status(a_status(paused=True))
    with qtbot.waitSignal(window.pause_asked) as asked:
        qtbot.mouseClick(button(window, "Resume"), Qt.MouseButton.LeftButton)
    assert asked.args == [False]


def test_a_hidden_window_does_no_work(window: StatusWindow) -> None:
    assert window._tick.isActive()
    window.hide()
    assert not window._tick.isActive()


def test_without_a_tray_it_only_minimizes_and_can_quit(qtbot: QtBot, window: StatusWindow) -> None:
    window.show_without_tray(True)
    assert "no tray icons" in texts(window)
    window.close()
    assert window.isMinimized()
    window.showNormal()
    with qtbot.waitSignal(window.quit_asked):
        qtbot.mouseClick(button(window, "Quit"), Qt.MouseButton.LeftButton)
    window.show_without_tray(False)
    assert "no tray icons" not in texts(window)
    window.close()
    assert not window.isVisible()


def test_the_history_tells_what_happened(window: StatusWindow) -> None:
    window.show_status(a_status("60", a_failure()))
    model = window.findChild(HistoryTable).model()
    row = [model.index(0, column).data() for column in range(model.columnCount())]
    assert row[1:] == ["—", "Session expired", "0.4 s", "planned"]


def test_everything_has_a_name_and_can_be_reached_by_keyboard(window: StatusWindow) -> None:
    window.show_status(a_status("60", a_failure()))
    for control in (button for button in window.findChildren(QPushButton) if button.isVisible()):
        assert control.text()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert window.findChild(HistoryTable).accessibleName()


def test_window_tooltip_and_json_say_the_same(window: StatusWindow) -> None:
    status = shown()
    window.show_status(status)
    line = "Empty about Thursday (Wed to Fri) at $2.10 a day"
    assert line in texts(window)
    assert line in summary.tooltip(status, demo=False, tz=UTC)
    assert summary.runway_line(status, UTC) == line
    told = runway_contract.outlook(status.outlook)
    assert told["burn_rate_per_day"] == "2.10"
    assert f"${told['live_balance']['amount']}" in texts(window)


def test_where_nothing_is_known_nothing_is_said_of_a_runway(window: StatusWindow) -> None:
    window.show_status(a_status(never=True))
    assert summary.runway_line(a_status(never=True), UTC) == ""
    window.show_status(a_status("18"))
    assert "Not enough history yet" in texts(window)


def test_a_balance_by_hand_needs_no_sign_in(window: StatusWindow) -> None:
    status = shown()
    assert status.account is not None
    window.show_status(replace(status, account=replace(status.account, provider="by_hand", host="by hand")))
    assert "Not signed in" not in texts(window)
    assert "Signed out" not in texts(window)
