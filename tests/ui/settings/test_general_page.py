from decimal import Decimal

from PySide6.QtWidgets import QLineEdit

from claudetray.ui.settings.dialog import SettingsDialog
from tests.ui.settings.filled import saved, words


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
