from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from pytestqt.qtbot import QtBot

from claudetray.ui.status_window import StatusWindow


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[str]:
    """The test runs on a light and on a dark palette (the offscreen platform knows no color schemes)."""
    before = QGuiApplication.palette()
    if request.param == "dark":
        QGuiApplication.setPalette(QPalette(QColor(50, 50, 50)))
    yield request.param
    QGuiApplication.setPalette(before)


@pytest.fixture
def window(qtbot: QtBot) -> StatusWindow:
    window = StatusWindow()
    qtbot.addWidget(window)
    window.show()
    return window
