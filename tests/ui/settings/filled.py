"""The settings window with budgets, rules and channels in it, and what a test does with it."""

from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QAbstractButton, QDialog, QWidget

from claudetray.core.budget import Budget, Period
from claudetray.core.channel import ChannelForm, NamedChannel
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import SettingsDraft
from claudetray.ui.settings.word_label import WordLabel

BUDGETS = (
    Budget(id=1, name="coding", amount=Decimal(20), hard_stop=True),
    Budget(
        id=2, name="trip", amount=Decimal("7.50"), period=Period.FIXED, begins=date(2026, 12, 1), ends=date(2026, 12, 9)
    ),
)
CHANNELS = (NamedChannel(name="team", form=ChannelForm.NTFY), NamedChannel(name="sms", form=ChannelForm.TWILIO))


def saved(dialog: SettingsDialog) -> SettingsDraft:
    asked: list[SettingsDraft] = []
    dialog.save_asked.connect(asked.append)
    dialog._buttons.button(dialog._buttons.StandardButton.Save).click()
    assert len(asked) == 1, words(dialog)
    return asked[0]


def words(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(WordLabel))


def press(page: QWidget, text: str) -> None:
    buttons = [b for b in page.findChildren(QAbstractButton) if b.text().replace("&", "") == text and b.isVisible()]
    buttons[-1].click()


def top(dialog: SettingsDialog) -> Any:
    return [window for window in dialog.findChildren(QDialog) if window.isVisible()][-1]
