import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from claudetray.console_login.paste_row import PasteRow, leads_home

CONSOLE, STAND_IN = "https://platform.claude.com", "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("address", "origin", "there"),
    [
        ("https://platform.claude.com/magic-link#a:b", CONSOLE, True),
        ("https://console.anthropic.com/magic-link?x=1", CONSOLE, True),
        ("https://mail.anthropic.com/c/abc", CONSOLE, True),
        ("https://claude.ai/magic-link#a", CONSOLE, True),
        ("http://platform.claude.com/magic-link", CONSOLE, False),
        ("https://platform.claude.com.evil.example/", CONSOLE, False),
        ("https://notclaude.ai/", CONSOLE, False),
        ("https://claude.ai@evil.example/", CONSOLE, False),
        ("https://user@claude.ai/", CONSOLE, False),
        ("http://127.0.0.1:8000/magic-link", STAND_IN, True),
        ("http://127.0.0.1:9000/magic-link", STAND_IN, False),
        ("https://[", CONSOLE, False),
        ("https://evil.example\\.claude.ai/", CONSOLE, False),
        ("https://evil.example%2f.claude.ai/", CONSOLE, False),
        ("https://evil.example%23.claude.ai/", CONSOLE, False),
        ("https://claude.ai:8443/", CONSOLE, False),
        ("javascript:alert(1)", CONSOLE, False),
        ("https://claude.ai/a b", CONSOLE, False),
    ],
)
def test_only_links_of_the_console_are_opened(address: str, origin: str, there: bool) -> None:
    assert leads_home(address, origin) is there


@pytest.fixture
def row(qtbot: QtBot) -> PasteRow:
    row = PasteRow(CONSOLE)
    qtbot.addWidget(row)
    row.show()
    return row


def used(qtbot: QtBot, row: PasteRow, text: str) -> None:
    field = row.findChild(QLineEdit)
    assert field is not None
    field.setText(text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_link_and_a_code_are_told_apart(qtbot: QtBot, row: PasteRow) -> None:
    with qtbot.waitSignal(row.link_pasted) as link:
        used(qtbot, row, "  <https://platform.claude.com/magic-link#token:bWU=> ")
    assert link.args == ["https://platform.claude.com/magic-link#token:bWU="]
    with qtbot.waitSignal(row.code_pasted) as code:
        used(qtbot, row, " 424242 ")
    assert code.args == ["424242"]


@pytest.mark.parametrize("text", ["https://evil.example/magic-link", "not a code!", "12"])
def test_anything_else_is_refused_in_a_sentence_and_stays(qtbot: QtBot, row: PasteRow, text: str) -> None:
    with qtbot.assertNotEmitted(row.link_pasted), qtbot.assertNotEmitted(row.code_pasted):
        used(qtbot, row, text)
    field = row.findChild(QLineEdit)
    assert field is not None
    assert field.text() == text
    assert any(label.isVisible() and label.text().endswith(".") for label in row.findChildren(QLabel))
