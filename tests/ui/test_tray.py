import asyncio

import pytest
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from claudetray.core.errors import ChannelError
from claudetray.ui.tray import Tray
from tests.builders import a_status, an_alert


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    return Tray(demo=False)


def action(tray: Tray, text: str) -> QAction:
    return next(a for a in tray._menu.actions() if a.text().replace("&", "").rstrip("…") == text)


@pytest.mark.parametrize(
    ("text", "signal"),
    [("Fetch now", "fetch_asked"), ("Status", "status_asked"), ("Settings", "settings_asked"), ("Quit", "quit_asked")],
)
def test_the_menu_says_what_the_person_wants(qtbot: QtBot, tray: Tray, text: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(tray, signal)):
        action(tray, text).trigger()


def test_pause_is_a_switch(qtbot: QtBot, tray: Tray) -> None:
    with qtbot.waitSignal(tray.pause_asked) as asked:
        action(tray, "Pause").trigger()
    assert asked.args == [True]
    tray.show_status(a_status(paused=True))
    assert action(tray, "Pause").isChecked()


def test_the_numbers_stand_in_the_menu_and_the_tooltip(tray: Tray) -> None:
    tray.show_status(a_status("18.20"))
    rows = [a.text() for a in tray._menu.actions()[:4]]
    assert rows[0].startswith("$18.20")
    assert rows[1].startswith("Not enough history yet")
    assert rows[2].startswith("Last fetch")
    assert rows[3].startswith("Next fetch in")
    assert "$18.20" in tray._icon.toolTip()


def test_the_icon_is_painted_only_when_it_says_something_else(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[QIcon] = []
    monkeypatch.setattr(QSystemTrayIcon, "setIcon", lambda _, icon: painted.append(icon))
    for left in ("18.20", "18.20", "18.21", "17"):
        tray.show_status(a_status(left))
    assert len(painted) == 3


def test_a_balloon_without_a_tray_is_an_error(tray: Tray) -> None:
    with pytest.raises(ChannelError, match="no tray"):
        asyncio.run(tray.notify(an_alert(), "t", "b"))
