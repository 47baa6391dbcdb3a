import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QColorDialog, QComboBox
from pytestqt.qtbot import QtBot

from claudetray.core.tag import STARTERS, Field, Tag, TagRule
from claudetray.ui.settings.tag_dialog import TagDialog
from tests.ui.mnemonics import window_letters

RULE = TagRule(field=Field.MODEL, pattern="opus")
TAG = Tag(id=3, name="dear", color="#3b82f6", rules=(RULE,))


@pytest.fixture
def form(qtbot: QtBot) -> TagDialog:
    form = TagDialog()
    qtbot.addWidget(form)
    form.rules_changed.connect(
        lambda rules: form.show_verdicts(["Missing )." if "(" in rule.pattern else "" for rule in rules])
    )
    form.show_tag(TAG, STARTERS)
    form.show()
    return form


def click(form: TagDialog, text: str) -> None:
    next(b for b in form.findChildren(QAbstractButton) if b.text().replace("&", "") == text).click()


def given(form: TagDialog) -> list[Tag]:
    tags: list[Tag] = []
    form.tag_given.connect(tags.append)
    click(form, "OK")
    return tags


def test_it_gives_what_it_was_shown(form: TagDialog, scheme: str) -> None:
    assert given(form) == [TAG]
    assert not form.isVisible()


@pytest.mark.parametrize(
    ("name", "word"), [("  ", "needs a name"), ("a, b", "no commas"), ("CODING", "another tag"), ("x" * 99, "")]
)
def test_a_name_that_cannot_be_is_said_and_not_given(form: TagDialog, name: str, word: str) -> None:
    form._name.setText(name)
    tags = given(form)
    assert (tags == []) == bool(word)
    assert word in form._word.text()


def test_a_pattern_that_cannot_be_is_said_at_once_and_not_given(form: TagDialog) -> None:
    form._table.item(0, 1).setText("(opus")
    assert form._word.text() == "✗ Missing )."
    assert given(form) == []
    form._table.item(0, 1).setText("(opus)".replace("(", ""))
    assert form._word.text() == ""


def test_rules_come_and_go_and_one_without_a_pattern_is_left_out(form: TagDialog) -> None:
    click(form, "Add rule")
    click(form, "Add rule")
    form._table.item(2, 1).setText("^/v1/files")
    form._table.cellWidget(2, 0).setCurrentIndex(1)
    assert form.tag.rules == (RULE, TagRule(field=Field.PATH, pattern="^/v1/files"))
    form._table.setCurrentCell(0, 1)
    click(form, "Delete rule")
    assert form.tag.rules == (TagRule(field=Field.PATH, pattern="^/v1/files"),)


def test_it_is_tried_on_recent_calls_before_it_is_kept(qtbot: QtBot, form: TagDialog) -> None:
    with qtbot.waitSignal(form.try_asked) as asked:
        click(form, "Try it")
    assert asked.args == [TAG]
    form.show_tried(12, 100)
    assert form._result.text() == "✓ It would tag 12 of the last 100 calls."
    form._table.cellWidget(0, 0).setCurrentIndex(4)
    assert form._result.text() == ""
    form.show_tried(0, 100)
    assert "Prompts are not kept" in form._result.text()
    form.show_tried(0, 0)
    assert "no calls yet" in form._result.text()


def test_the_color_is_chosen(qtbot: QtBot, form: TagDialog) -> None:
    form._swatch.click()
    chooser = form.findChild(QColorDialog)
    chooser.colorSelected.emit(QColor(1, 2, 3))
    chooser.reject()
    assert form.tag.color == "#010203"
    assert form._swatch.accessibleName() == "Color: #010203"


def test_every_control_has_a_name_and_no_letter_leads_to_two(form: TagDialog) -> None:
    assert all(combo.accessibleName() for combo in form.findChildren(QComboBox))
    assert form._table.accessibleName()
    for control in form.findChildren(QAbstractButton):
        if control.isVisible() and not control.objectName().startswith("qt_"):
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus or control.parent() is form._table
    found = window_letters(form)
    assert len(found) == len(set(found)) >= 6
