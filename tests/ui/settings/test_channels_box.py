import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from claudetray.core.channel import ChannelForm
from claudetray.ui.settings.channel_dialog import ChannelDialog
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import ChannelDraft
from tests.ui.settings.filled import press, saved, top, words


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
