from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from claudetray.core.analytics import Sums
from claudetray.core.serving import ProxyState, ProxyStatus, Serving
from claudetray.ui.tray import Tray
from tests.builders import a_record, a_status
from tests.ui.mnemonics import letters

SERVING = Serving(url="http://127.0.0.1:8377", pid=1)
TODAY = Sums(calls=12, cost_pico=420_000_000_000)


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    tray = Tray()
    tray.show_status(a_status())
    return tray


def running() -> ProxyStatus:
    last = a_record(at=datetime.now(UTC) - timedelta(minutes=2))
    return ProxyStatus(state=ProxyState.RUNNING, serving=SERVING, today=TODAY, last=last)


def rows(tray: Tray) -> list[str]:
    """The texts of the proxy's rows that are shown."""
    texts = [action.text().replace("&", "") for action in tray._menu.actions() if action.isVisible()]
    return texts[texts.index("Pause") + 2 : texts.index("Status…") - 1]


def row(tray: Tray, start: str) -> QAction:
    return next(action for action in tray._menu.actions() if action.text().replace("&", "").startswith(start))


def test_the_rows_say_what_goes_through_the_proxy(tray: Tray, scheme: str) -> None:
    tray.show_proxy(running())
    assert rows(tray) == [
        "Proxy",
        "Copy address http://127.0.0.1:8377",
        "12 calls today · $0.42",
        "Last call: claude-opus-5 · 1,234 in / 340 out · $0.0123 · 2 min ago",
    ]
    assert row(tray, "Proxy").isChecked()


def test_switched_off_with_nothing_on_record_there_is_the_switch_alone(tray: Tray) -> None:
    tray.show_proxy(ProxyStatus(state=ProxyState.OFF))
    assert rows(tray) == ["Proxy"]
    assert not row(tray, "Proxy").isChecked()
    tray.show_proxy(ProxyStatus(state=ProxyState.OFF, today=TODAY))
    assert rows(tray) == ["Proxy", "12 calls today · $0.42"]


def test_before_anything_is_known_there_is_no_row(tray: Tray) -> None:
    assert [action.text() for action in tray._menu.actions() if "roxy" in action.text()] == []


def test_trouble_has_a_row(tray: Tray) -> None:
    tray.show_proxy(ProxyStatus(state=ProxyState.WAITING, trouble="Port 8377 is taken by R&D."))
    assert rows(tray) == ["Proxy (down)", "Port 8377 is taken by RD.", "No calls today"]
    assert row(tray, "Port").text() == "Port 8377 is taken by R&&D."  # no letter of it is a shortcut
    tray.show_proxy(ProxyStatus(state=ProxyState.STARTING))
    assert rows(tray) == ["Proxy (starting…)", "No calls today"]


def test_the_rows_say_what_the_person_wants(qtbot: QtBot, tray: Tray) -> None:
    tray.show_proxy(running())
    with qtbot.waitSignal(tray.proxy_asked) as asked:
        row(tray, "Proxy").trigger()
    assert asked.args == [False]
    with qtbot.waitSignal(tray.copy_asked) as asked:
        row(tray, "Copy").trigger()
    assert asked.args == [SERVING.url]
    for start in ("12 calls", "Last call"):
        with qtbot.waitSignal(tray.calls_asked):
            row(tray, start).trigger()


def test_an_opening_menu_asks_for_fresh_numbers_and_shows_how_long_ago(qtbot: QtBot, tray: Tray) -> None:
    tray.show_proxy(running())
    row(tray, "Last call").setText("")
    with qtbot.waitSignal(tray.menu_opened):
        tray._menu.aboutToShow.emit()
    assert row(tray, "Last call").text().endswith("2 min ago")


def test_no_letter_leads_to_two_rows(tray: Tray) -> None:
    tray.show_proxy(running())
    found = letters(action.text() for action in tray._menu.actions())
    assert len(found) == len(set(found)) >= 9
