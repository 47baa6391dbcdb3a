import pytest
from PySide6.QtCore import QObject, QUrl, Signal
from pytestqt.qtbot import QtBot

from claudetray.console_login.address_bar import AddressBar


@pytest.mark.parametrize(
    ("address", "shown", "word"),
    [
        (
            "https://platform.claude.com/magic-link#PLANTED",
            "platform.claude.com",
            "Encrypted, with a valid certificate",
        ),
        ("http://127.0.0.1:8000/login?token=PLANTED", "127.0.0.1:8000", "Not encrypted: on this machine"),
        ("about:blank", "", ""),
    ],
)
def test_it_shows_the_host_and_the_lock_and_no_token(qtbot: QtBot, address: str, shown: str, word: str) -> None:
    bar = AddressBar()
    qtbot.addWidget(bar)
    bar.show_address(QUrl(address))
    assert (bar.text(), bar.accessibleDescription()) == (shown, "")  # nothing is known of its certificate yet
    bar.show_address(QUrl(address), arrived=True)
    assert (bar.text(), bar.accessibleDescription(), bar.isReadOnly()) == (shown, word, True)
    assert "PLANTED" not in bar.toolTip()


class APage(QObject):
    """As much of an engine's page as the address bar follows."""

    urlChanged = Signal(QUrl)
    loadingChanged = Signal(object)
    loading = True

    def isLoading(self) -> bool:
        return self.loading


def test_the_lock_stays_when_a_page_changes_its_address_in_place(qtbot: QtBot) -> None:
    bar, page = AddressBar(), APage()
    qtbot.addWidget(bar)
    bar.follow(page)  # type: ignore[arg-type]
    page.urlChanged.emit(QUrl("https://platform.claude.com/login"))
    assert bar.accessibleDescription() == ""
    page.loading = False
    page.urlChanged.emit(QUrl("https://platform.claude.com/dashboard"))
    assert bar.accessibleDescription() == "Encrypted, with a valid certificate"
