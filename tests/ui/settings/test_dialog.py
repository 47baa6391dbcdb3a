import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QSpinBox, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from claudetray.core.account import Organization
from claudetray.core.errors import SnippetRefused
from claudetray.snippets.reader import parse
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.word_label import WordLabel
from tests.builders import a_status, thresholds
from tests.snippets.browsers import Sent, chrome_bash
from tests.ui.mnemonics import window_letters

ROWS = thresholds("20=30", "5=10")


@pytest.fixture
def dialog(qtbot: QtBot) -> SettingsDialog:
    dialog = SettingsDialog()
    qtbot.addWidget(dialog)
    dialog.snippet.text_changed.connect(lambda text: judge(dialog, text))
    dialog.show_settings(SettingsShown(status=a_status(rows=ROWS), webhook="•••abcd", request_kept=True))
    dialog.show()
    return dialog


def judge(dialog: SettingsDialog, text: str) -> None:
    try:
        dialog.snippet.show_verdict(parse(text), None)
    except SnippetRefused as error:
        dialog.snippet.show_verdict(None, error)


def click(page: QWidget, text: str) -> None:
    next(b for b in page.findChildren(QAbstractButton) if b.text().replace("&", "") == text).click()


def words(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(WordLabel))


def save(dialog: SettingsDialog) -> list[object]:
    asked: list[object] = []
    dialog.save_asked.connect(asked.append)
    dialog._buttons.button(dialog._buttons.StandardButton.Save).click()
    return asked


def test_nothing_changed_saves_what_was_there(dialog: SettingsDialog) -> None:
    (draft,) = save(dialog)
    assert (draft.snippet, draft.webhook, draft.organization) == (None, None, None)  # type: ignore[attr-defined]
    assert draft.thresholds == ROWS  # type: ignore[attr-defined]
    assert (draft.interval_minutes, draft.native, draft.tray_shows) == (120, True, "balance")  # type: ignore[attr-defined]


def test_a_pasted_snippet_is_judged_and_from_then_on_hidden(qtbot: QtBot, dialog: SettingsDialog, scheme: str) -> None:
    page = dialog.snippet
    field = page.findChild(QPlainTextEdit)
    with qtbot.waitSignal(page.text_changed):
        field.setPlainText(chrome_bash(Sent()))
    assert "✓ cURL (bash) understood." in words(page)
    assert "sid01" not in field.toPlainText()
    assert "sessionKey=•••" in field.toPlainText()
    (draft,) = save(dialog)
    assert draft.snippet == chrome_bash(Sent())  # type: ignore[attr-defined]


def test_a_snippet_that_cannot_be_used_is_not_saved(qtbot: QtBot, dialog: SettingsDialog) -> None:
    page = dialog.snippet
    with qtbot.waitSignal(page.text_changed):
        page.findChild(QPlainTextEdit).setPlainText("rm -rf /")
    assert "✗ This is not a request" in words(page)
    assert save(dialog) == []


def test_a_test_asks_and_shows_its_result(qtbot: QtBot, dialog: SettingsDialog) -> None:
    with qtbot.waitSignal(dialog.snippet.test_asked) as asked:
        click(dialog.snippet, "Test now")
    assert asked.args == [""]
    dialog.snippet.show_result("It works: $60.36.", good=True)
    assert "✓ It works: $60.36." in words(dialog.snippet)


def test_an_organization_is_chosen(qtbot: QtBot, dialog: SettingsDialog) -> None:
    with qtbot.waitSignal(dialog.snippet.organizations_asked):
        click(dialog.snippet, "Look up")
    offered = [Organization(uuid="o-1", name="One", api=True), Organization(uuid="o-2", name="Two", api=True)]
    dialog.snippet.show_organizations(offered)
    assert dialog.snippet.organization is None  # the one that is kept stays, wherever it stands in the list
    dialog.snippet.show_organizations(offered[1:])
    assert dialog.snippet.organization is None
    dialog.snippet.show_organizations(offered)
    dialog.snippet.findChild(QComboBox).setCurrentIndex(1)
    (draft,) = save(dialog)
    assert draft.organization == offered[1]  # type: ignore[attr-defined]


def test_thresholds_are_added_edited_in_place_sorted_and_deleted(qtbot: QtBot, dialog: SettingsDialog) -> None:
    page, table = dialog.thresholds, dialog.thresholds.findChild(QTableWidget)
    click(page, "Add")
    table.item(2, 1).setText("60")
    table.item(2, 0).setText("12.50")
    assert page.thresholds == thresholds("20=30", "12.5=60", "5=10")
    assert [table.item(row, 0).text() for row in range(3)] == ["5", "12.5", "20"]
    table.setCurrentCell(0, 0)
    click(page, "Delete")
    assert page.thresholds == thresholds("20=30", "12.5=60")
    click(page, "Suggest some")
    assert page.thresholds == thresholds("50=60", "20=30", "12.5=60", "5=10")


@pytest.mark.parametrize(
    ("balance", "minutes", "word"), [("abc", "5", "number"), ("20", "5", "another"), ("3", "0", "between")]
)
def test_nonsense_is_said_beside_its_row_and_not_saved(
    qtbot: QtBot, dialog: SettingsDialog, balance: str, minutes: str, word: str
) -> None:
    page, table = dialog.thresholds, dialog.thresholds.findChild(QTableWidget)
    click(page, "Add")
    table.item(2, 0).setText(balance)
    table.item(2, 1).setText(minutes)
    assert word in table.item(2, 2).text()
    assert table.item(0, 2).text() == ""
    assert save(dialog) == []
    table.item(2, 0).setText("")
    table.item(2, 1).setText("")
    assert len(save(dialog)) == 1


def test_the_webhook_is_masked_checked_and_removed(qtbot: QtBot, dialog: SettingsDialog) -> None:
    page = dialog.alerts
    field = page.findChild(QLineEdit)
    assert field.echoMode() == QLineEdit.EchoMode.Password
    assert "•••abcd" in field.placeholderText()
    field.setText("http://hooks.slack.com/services/x")
    assert "https://" in words(page)
    assert save(dialog) == []
    field.setText("https://hooks.slack.com/services/T/B/x")
    with qtbot.waitSignal(page.slack_test_asked) as asked:
        page._slack_test.click()
    assert asked.args == ["https://hooks.slack.com/services/T/B/x"]
    assert page.webhook == "https://hooks.slack.com/services/T/B/x"
    click(page, "Remove the webhook that is kept")
    assert page.webhook == ""


def test_a_refusal_keeps_the_window_and_what_was_typed(dialog: SettingsDialog) -> None:
    dialog.general.findChild(QSpinBox).setValue(7)
    save(dialog)
    dialog.show_refusal(SnippetRefused("x", "It did not work."))
    assert dialog.isVisible()
    assert "✗ It did not work." in words(dialog)
    assert dialog.general.interval_minutes == 7
    assert len(save(dialog)) >= 1


def test_cancel_changes_nothing(qtbot: QtBot, dialog: SettingsDialog) -> None:
    asked: list[object] = []
    dialog.save_asked.connect(asked.append)
    dialog.general.findChild(QSpinBox).setValue(7)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert asked == []
    dialog.show_settings(SettingsShown(status=a_status(rows=ROWS), webhook="", request_kept=False))
    assert dialog.general.interval_minutes == 120


def test_every_control_has_a_name_and_a_place_in_the_tab_order(dialog: SettingsDialog) -> None:
    buddies = {label.buddy() for label in dialog.findChildren(QWidget) if hasattr(label, "buddy")}
    for kind in (QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QTableWidget, QAbstractButton):
        for control in dialog.findChildren(kind):
            if control.objectName().startswith("qt_") or isinstance(
                control.parent(), (QSpinBox, QComboBox, QTableWidget)
            ):
                continue
            named = control.accessibleName() or control in buddies or getattr(control, "text", lambda: "")()
            assert named, control
            if control.isEnabled() and control.isVisible():
                assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_by_keyboard_alone(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.show_page("general")
    qtbot.keyClicks(dialog.general.findChild(QSpinBox), "9")
    qtbot.keyClick(dialog, Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    assert dialog._tabs.currentWidget() is dialog.thresholds
    qtbot.keyClick(dialog, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog.thresholds.findChild(QTableWidget).rowCount() == 3)


@pytest.mark.parametrize(
    "page", ["snippet", "thresholds", "alerts", "rules", "budgets", "general", "proxy", "tags", "prices"]
)
def test_no_letter_leads_to_two_places(dialog: SettingsDialog, page: str) -> None:
    dialog.show_page(page)
    found = window_letters(dialog)
    assert sorted(found) == sorted(set(found))
