from datetime import time

from PySide6.QtWidgets import QCheckBox

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import QuietHours
from claudetray.core.health import DEFAULT_LIMITS
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import QuietDraft, SettingsShown
from claudetray.ui.settings.rule_dialog import RuleDialog
from tests.builders import a_status
from tests.ui.settings.filled import press, saved, top, words


def test_nothing_changed_asks_for_nothing(dialog: SettingsDialog) -> None:
    draft = saved(dialog)
    assert (draft.budgets, draft.budgets_gone, draft.rules, draft.channels, draft.channels_gone) == ((),) * 5
    assert (draft.quiet, draft.limits) == (QuietDraft(), DEFAULT_LIMITS)


def test_a_rule_is_changed_in_its_window(dialog: SettingsDialog, scheme: str) -> None:
    dialog.show_page("rules")
    dialog.rules._list.table.setCurrentCell(1, 0)
    press(dialog.rules, "Edit…")
    editor = top(dialog)
    assert isinstance(editor, RuleDialog)
    assert editor.windowTitle() == "Runway is short"
    boxes = {box.text().replace("&", ""): box for box in editor.findChildren(QCheckBox)}
    assert not boxes["team"].isEnabled()
    boxes["Every channel"].setChecked(False)
    for name in ("Desktop", "sms", "Slack"):
        boxes[name].setChecked(False)
    boxes["Waits for the end of the quiet hours"].setChecked(False)
    editor._marks.setText("5, 3")
    editor._rest.setValue(60)
    press(editor, "OK")
    (rule,) = saved(dialog).rules
    assert (rule.kind, rule.marks, rule.channels, rule.quiet) == (AlertKind.RUNWAY, (5, 3), ("team",), False)
    assert rule.cooldown.total_seconds() == 3600


def test_a_rule_that_cannot_be_stays_open_with_a_sentence(dialog: SettingsDialog) -> None:
    dialog.show_page("rules")
    dialog.rules._list.table.setCurrentCell(1, 0)
    press(dialog.rules, "Edit…")
    editor = top(dialog)
    editor._marks.setText("soon")
    press(editor, "OK")
    assert editor.isVisible()
    assert "separated by commas" in words(editor)


def test_quiet_hours_have_two_ends(dialog: SettingsDialog) -> None:
    dialog.show_page("rules")
    page = dialog.rules
    page._from.setText("22")
    assert "a beginning and an end" in words(page)
    page._to.setText("late")
    assert "time of day" in words(page)
    page._to.setText("7:00")
    assert page.problem() is not None
    page._to.setText("07:00")
    page._through.setChecked(False)
    assert page.problem() is None
    assert saved(dialog).quiet == QuietDraft(begins="22:00", ends="07:00", critical_breaks_through=False)


def test_quiet_hours_that_are_kept_are_shown(dialog: SettingsDialog) -> None:
    from dataclasses import replace

    status = a_status()
    quiet = QuietHours(time(22), time(7, 30))
    status = replace(status, preferences=replace(status.preferences, quiet=quiet))
    dialog.show_settings(SettingsShown(status=status, webhook="", request_kept=True))
    assert saved(dialog).quiet == QuietDraft(begins="22:00", ends="07:30")
