from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from claudetray.console_login.statement import Statement


def test_it_says_what_is_kept_where_and_that_google_refuses(qtbot: QtBot) -> None:
    statement = Statement("https://platform.claude.com")
    qtbot.addWidget(statement)
    text = " ".join(label.text() for label in statement.findChildren(QLabel))
    for said in ("platform.claude.com", "What is kept", "encrypted", "keyring", "unofficial", "Google", "Sign out"):
        assert said in text


def test_its_buttons_say_what_the_person_wants(qtbot: QtBot) -> None:
    statement = Statement("https://platform.claude.com")
    qtbot.addWidget(statement)
    buttons = {button.text().replace("&", ""): button for button in statement.findChildren(QPushButton)}
    for text, signal in (
        ("Continue to the sign-in page", statement.agreed),
        ("Paste a snippet instead", statement.snippet_asked),
        ("Cancel", statement.closed),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(buttons[text], Qt.MouseButton.LeftButton)
