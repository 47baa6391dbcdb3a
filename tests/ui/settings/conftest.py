from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from claudetray.core.alert_rules import rules
from claudetray.core.tag import STARTERS
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import SettingsShown
from tests.builders import a_price, a_status
from tests.ui.settings.filled import BUDGETS, CHANNELS

TAGS = tuple(replace(tag, id=number) for number, tag in enumerate(STARTERS, 1))


@pytest.fixture
def shown() -> SettingsShown:
    """Settings with something on every page."""
    return SettingsShown(
        status=a_status(),
        webhook="",
        request_kept=True,
        proxy_key="•••abcd",
        tags=TAGS,
        prices=(a_price(),),
        unpriced=(("claude-unknown-9", 7),),
        budgets=BUDGETS,
        rules=tuple(rules(()).values()),
        channels=CHANNELS,
    )


@pytest.fixture
def dialog(qtbot: QtBot, shown: SettingsShown) -> SettingsDialog:
    dialog = SettingsDialog()
    qtbot.addWidget(dialog)
    dialog.show_settings(shown)
    dialog.show()
    return dialog
