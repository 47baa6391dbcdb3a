import asyncio
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QListWidget, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from claudetray import __version__, paths
from claudetray.core.errors import StoreDamaged
from claudetray.services.licenses import Licensed, licensed
from claudetray.ui.about import AboutDialog

SYMBOL = paths.resource("icons/claudetray.svg")


def shown(qtbot: QtBot, update: str = "", texts: tuple[Licensed, ...] | None = None) -> AboutDialog:
    dialog = AboutDialog(SYMBOL, licensed(paths.resources() / "licenses") if texts is None else texts, update)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def button(dialog: AboutDialog, text: str) -> QPushButton:
    [found] = [b for b in dialog.findChildren(QPushButton) if text in b.text().replace("&", "")]
    return found


def test_it_names_versions(qtbot: QtBot, scheme: str) -> None:
    dialog = shown(qtbot)
    words = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    for word in (f"claudetray {__version__}", "SQLite:", "Web engine:", "Python:"):
        assert word in words


def test_each_license_can_be_read(qtbot: QtBot) -> None:
    dialog = shown(qtbot)
    names, text = dialog.findChild(QListWidget), dialog.findChild(QPlainTextEdit)
    for row in range(names.count()):
        names.setCurrentRow(row)
        assert text.toPlainText()
        if names.item(row).text().startswith("PySide6 "):
            assert "GNU LESSER GENERAL PUBLIC LICENSE" in text.toPlainText()
        if names.item(row).text().startswith("httpx "):
            assert "Redistribution and use" in text.toPlainText()


def test_a_license_without_a_text_is_named(qtbot: QtBot) -> None:
    dialog = shown(qtbot, texts=(Licensed("lib", "1", "MIT", (Path("/nowhere"),)),))
    assert "MIT. Its text is not" in dialog.findChild(QPlainTextEdit).toPlainText()


def test_the_diagnosis_goes_to_the_clipboard_without_secrets(qtbot: QtBot) -> None:
    dialog = shown(qtbot)

    async def findings() -> dict[str, Any]:
        return {"versions": {"claudetray": "1"}, "looks": ["cookie: sessionKey=sk-ant-sid01-PLANTED"]}

    with qtbot.waitSignal(dialog.diagnosis_asked):
        button(dialog, "Copy diagnosis").click()
    assert not button(dialog, "Copy diagnosis").isEnabled()
    asyncio.run(dialog.copy(findings()))
    text = QGuiApplication.clipboard().text()
    assert "claudetray: 1" in text
    assert "PLANTED" not in text
    assert button(dialog, "Copy diagnosis").isEnabled()


@pytest.mark.parametrize(("update", "buttons"), [("", 0), ("9.9.9", 1)])
def test_an_update_is_offered_where_there_is_one(qtbot: QtBot, update: str, buttons: int) -> None:
    dialog = shown(qtbot, update)
    found = [b for b in dialog.findChildren(QPushButton) if "Get claudetray" in b.text()]
    assert len(found) == buttons


def test_a_diagnosis_that_cannot_be_had_is_said_and_can_be_asked_again(qtbot: QtBot) -> None:
    dialog = shown(qtbot)

    async def findings() -> dict[str, Any]:
        raise StoreDamaged("The file is no database.")

    button(dialog, "Copy diagnosis").click()
    asyncio.run(dialog.copy(findings()))
    assert button(dialog, "Copy diagnosis").isEnabled()
    assert "The file is no database." in "".join(label.text() for label in dialog.findChildren(QLabel))
