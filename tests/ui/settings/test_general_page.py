from decimal import Decimal

from PySide6.QtWidgets import QCheckBox, QLineEdit

from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import SettingsDraft
from tests.ui.settings.filled import saved, words


def test_what_starts_with_the_session_is_only_told_when_it_was_changed(dialog: SettingsDialog) -> None:
    """It may be switched from a terminal while the window is open."""
    assert saved(dialog).autostart is None
    dialog.allow_saving()
    box = next(box for box in dialog.general.findChildren(QCheckBox) if "session" in box.text().replace("&", ""))
    box.click()
    asked: list[SettingsDraft] = []
    dialog.save_asked.connect(asked.append)
    dialog._buttons.button(dialog._buttons.StandardButton.Save).click()
    assert asked[-1].autostart is True


def test_the_numbers_of_health_are_settings(dialog: SettingsDialog) -> None:
    dialog.show_page("general")
    fields = {field.accessibleName(): field for field in dialog.general.findChildren(QLineEdit)}
    fields["Critical below ($)"].setText("2.50")
    fields["Caution over (× a usual day)"].setText("3")
    draft = saved(dialog)
    assert (draft.limits.critical_below, draft.limits.busy) == (Decimal("2.50"), Decimal(3))
    dialog.allow_saving()
    fields["Warning under (days)"].setText("soon")
    dialog._buttons.button(dialog._buttons.StandardButton.Save).click()
    assert "must be a number" in words(dialog)
