from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from claudetray.core.tag import Field, Tag, TagRule
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.tag_dialog import TagDialog
from tests.ui.settings.conftest import TAGS


def click(page: QWidget, text: str) -> None:
    next(b for b in page.findChildren(QAbstractButton) if b.text().replace("&", "") == text).click()


def editor(dialog: SettingsDialog) -> TagDialog:
    found = dialog.tags._editor
    assert found is not None
    return found


def test_tags_are_listed_with_their_rules(dialog: SettingsDialog, scheme: str) -> None:
    table = dialog.tags._list.table
    assert [table.item(row, 0).text() for row in range(table.rowCount())] == [tag.name for tag in TAGS]
    assert table.item(5, 1).text() == "path: ^/v1/messages/batches"
    assert not table.item(0, 0).icon().isNull()


def test_a_tag_is_added(dialog: SettingsDialog) -> None:
    click(dialog.tags, "Add…")
    form = editor(dialog)
    form._name.setText("  my   project ")
    click(form, "Add rule")
    form._table.item(0, 1).setText("billing")
    click(form, "OK")
    (added,) = dialog.tags.changed
    assert added.id is None
    assert (added.name, added.rules) == ("my project", (TagRule(field=Field.CLIENT, pattern="billing"),))
    assert added.color in {tag.color for tag in TAGS}
    assert dialog.tags._editor is None


def test_a_tag_is_changed_and_keeps_its_number(dialog: SettingsDialog) -> None:
    dialog.tags._list.table.setCurrentCell(5, 0)
    click(dialog.tags, "Edit…")
    editor(dialog)._name.setText("batches")
    click(editor(dialog), "OK")
    assert dialog.tags.changed == (Tag(id=6, name="batches", color=TAGS[5].color, rules=TAGS[5].rules),)
    assert dialog.tags.gone == ()


def test_a_tag_is_deleted_and_cancel_brings_it_back(qtbot: QtBot, dialog: SettingsDialog, shown: SettingsShown) -> None:
    dialog.show_page("tags")
    dialog.tags._list.table.setCurrentCell(1, 0)
    qtbot.keyClick(dialog.tags._list.table, Qt.Key.Key_Delete)
    assert dialog.tags.gone == (2,)
    assert dialog.tags.changed == ()
    dialog.reject()
    dialog.show_settings(shown)
    assert dialog.tags.gone == ()


def test_a_form_that_is_left_changes_nothing(qtbot: QtBot, dialog: SettingsDialog) -> None:
    click(dialog.tags, "Edit…")
    editor(dialog)._name.setText("other")
    qtbot.keyClick(editor(dialog), Qt.Key.Key_Escape)
    assert dialog.tags.changed == ()
    assert dialog.isVisible()


def test_return_opens_a_tag_and_saves_nothing(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.show_page("tags")
    with qtbot.assertNotEmitted(dialog.save_asked):
        qtbot.keyClick(dialog.tags._list.table, Qt.Key.Key_Return)
    assert editor(dialog).tag == TAGS[0]
    editor(dialog).reject()


def test_verdicts_and_trials_go_to_the_open_form(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.tags.rules_changed.connect(lambda rules: dialog.tags.show_verdicts(["Bad."] * len(rules)))
    dialog.tags.show_tried(1, 2)  # nobody asked: nothing happens
    click(dialog.tags, "Edit…")
    assert editor(dialog).problem() == "Bad."
    with qtbot.assertNotEmitted(dialog.tags.try_asked):
        click(editor(dialog), "Try it")


def test_the_last_tag_can_go(dialog: SettingsDialog) -> None:
    for _ in TAGS:
        click(dialog.tags, "Delete")
    assert dialog.tags.gone == tuple(range(1, 7))
    table = dialog.tags.findChild(QTableWidget)
    assert table.rowCount() == 0
    click(dialog.tags, "Edit…")
    assert dialog.tags._editor is None
