"""Budgets, rules, channels and the numbers of health in the settings: edited, and given to be saved."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import QuietHours, rules
from claudetray.core.budget import Budget, Period, Scope
from claudetray.core.channel import ChannelForm, NamedChannel
from claudetray.core.health import DEFAULT_LIMITS
from claudetray.ui.settings.budget_dialog import BudgetDialog
from claudetray.ui.settings.channel_dialog import ChannelDialog
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import ChannelDraft, QuietDraft, SettingsDraft, SettingsShown
from claudetray.ui.settings.rule_dialog import RuleDialog
from claudetray.ui.settings.word_label import WordLabel
from tests.builders import a_status

BUDGETS = (
    Budget(id=1, name="coding", amount=Decimal(20), hard_stop=True),
    Budget(
        id=2, name="trip", amount=Decimal("7.50"), period=Period.FIXED, begins=date(2026, 12, 1), ends=date(2026, 12, 9)
    ),
)
CHANNELS = (NamedChannel(name="team", form=ChannelForm.NTFY), NamedChannel(name="sms", form=ChannelForm.TWILIO))


@pytest.fixture
def dialog(qtbot: QtBot) -> SettingsDialog:
    dialog = SettingsDialog()
    qtbot.addWidget(dialog)
    dialog.show_settings(
        SettingsShown(
            status=a_status(),
            webhook="",
            request_kept=True,
            budgets=BUDGETS,
            rules=tuple(rules(()).values()),
            channels=CHANNELS,
        )
    )
    dialog.show()
    return dialog


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


def test_nothing_changed_asks_for_nothing(dialog: SettingsDialog) -> None:
    draft = saved(dialog)
    assert (draft.budgets, draft.budgets_gone, draft.rules, draft.channels, draft.channels_gone) == ((),) * 5
    assert (draft.quiet, draft.limits) == (QuietDraft(), DEFAULT_LIMITS)


def test_budgets_are_added_changed_and_deleted(dialog: SettingsDialog) -> None:
    dialog.show_page("budgets")
    page = dialog.budgets
    press(page, "Edit…")
    editor = top(dialog)
    assert isinstance(editor, BudgetDialog)
    editor._amount.setText("25")
    press(editor, "OK")
    press(page, "Add…")
    editor = top(dialog)
    editor._name.setText("web")
    editor._period.setCurrentIndex(editor._period.findData(Period.DAY))
    editor._scope.setCurrentIndex(editor._scope.findData(Scope.TAG))
    editor._scope_name.setText("web")
    editor._levels.setText("100")
    press(editor, "OK")
    page._list.table.setCurrentCell(1, 0)
    press(page, "Delete")
    draft = saved(dialog)
    assert draft.budgets_gone == (2,)
    assert draft.budgets == (
        Budget(id=1, name="coding", amount=Decimal(25), hard_stop=True),
        Budget(name="web", amount=Decimal(10), period=Period.DAY, scope=Scope.TAG, scope_name="web", levels=(100,)),
    )


def test_a_budget_that_cannot_be_stays_open_with_a_sentence(dialog: SettingsDialog) -> None:
    dialog.show_page("budgets")
    press(dialog.budgets, "Add…")
    editor = top(dialog)
    for name, amount, word in (("", "5", "name"), ("TRIP", "5", "another budget"), ("x", "much", "a number")):
        editor._name.setText(name)
        editor._amount.setText(amount)
        press(editor, "OK")
        assert editor.isVisible()
        assert word in words(editor)


def test_days_are_asked_for_only_where_the_period_has_them(dialog: SettingsDialog) -> None:
    dialog.show_page("budgets")
    dialog.budgets._list.table.setCurrentCell(1, 0)
    press(dialog.budgets, "Edit…")
    editor = top(dialog)
    assert editor._begins.isVisible()
    assert editor._begins.date().toPython() == date(2026, 12, 1)
    editor._period.setCurrentIndex(editor._period.findData(Period.WEEK))
    assert not editor._begins.isVisible()
    press(editor, "OK")
    (week,) = saved(dialog).budgets
    assert (week.period, week.begins, week.id) == (Period.WEEK, None, 2)


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


def test_channels_are_added_switched_and_deleted(dialog: SettingsDialog) -> None:
    dialog.show_page("alerts")
    box = dialog.alerts.channels
    press(box, "Add…")
    editor = top(dialog)
    assert isinstance(editor, ChannelDialog)
    editor._name.setText("hook")
    editor._kind.setCurrentIndex(editor._kind.findData(ChannelForm.WEBHOOK))
    field = editor._fields["url"]
    assert isinstance(field, QLineEdit)
    assert field.echoMode() == QLineEdit.EchoMode.Password
    field.setText("https://example.org/hook")
    press(editor, "OK")
    box._list.table.setCurrentCell(0, 0)
    press(box, "Edit…")
    top(dialog)._enabled.setChecked(False)
    press(top(dialog), "OK")
    box._list.table.setCurrentCell(1, 0)
    press(box, "Delete")
    draft = saved(dialog)
    assert draft.channels_gone == ("sms",)
    assert draft.channels == (
        ChannelDraft(name="team", form=ChannelForm.NTFY, values=None, enabled=False),
        ChannelDraft(name="hook", form=ChannelForm.WEBHOOK, values={"url": "https://example.org/hook"}, enabled=True),
    )


@pytest.mark.parametrize("form", ChannelForm)
def test_every_form_has_its_fields_and_says_what_is_missing(dialog: SettingsDialog, form: ChannelForm) -> None:
    dialog.show_page("alerts")
    press(dialog.alerts.channels, "Add…")
    editor = top(dialog)
    editor._name.setText("x")
    editor._kind.setCurrentIndex(editor._kind.findData(form))
    assert all(field.accessibleName() for field in editor._fields.values())
    press(editor, "OK")
    assert editor.isVisible()
    assert "is needed" in words(editor)


def test_a_test_is_sent_by_what_was_typed_or_by_what_is_kept(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.show_page("alerts")
    box = dialog.alerts.channels
    press(box, "Edit…")
    editor = top(dialog)
    with qtbot.waitSignal(box.test_asked) as kept:
        press(editor, "Send a test")
    assert kept.args == [ChannelDraft(name="team", form=ChannelForm.NTFY, values=None, enabled=True)]
    box.show_test_result("team is in trouble (status 500).", good=False)
    assert "in trouble" in words(editor)
    editor._fields["topic"].setText("alerts")
    with qtbot.waitSignal(box.test_asked) as typed:
        press(editor, "Send a test")
    assert typed.args[0].values["topic"] == "alerts"


def test_a_name_is_taken_once(dialog: SettingsDialog) -> None:
    dialog.show_page("alerts")
    press(dialog.alerts.channels, "Add…")
    editor = top(dialog)
    editor._kind.setCurrentIndex(editor._kind.findData(ChannelForm.WEBHOOK))
    editor._fields["url"].setText("https://example.org/hook")
    for name, word in (("TEAM", "another channel"), ("slack", "always there"), ("", "1 to 40")):
        editor._name.setText(name)
        press(editor, "OK")
        assert word in words(editor)


def test_choices_are_a_box_to_choose_from(dialog: SettingsDialog) -> None:
    dialog.show_page("alerts")
    press(dialog.alerts.channels, "Add…")
    editor = top(dialog)
    editor._kind.setCurrentIndex(editor._kind.findData(ChannelForm.EMAIL))
    security = editor._fields["security"]
    assert isinstance(security, QComboBox)
    assert security.currentText() == "starttls"
