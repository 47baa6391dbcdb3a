from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLineEdit, QWizard
from pytestqt.qtbot import QtBot

from claudetray import paths
from claudetray.core.errors import SettingRefused
from claudetray.core.money import Money
from claudetray.core.session import Session, SessionState
from claudetray.core.thresholds import threshold
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.word_label import WordLabel
from claudetray.ui.welcome import Welcome, WelcomeDraft
from tests.builders import a_status
from tests.ui.mnemonics import window_letters

NEXT, FINISH = QWizard.WizardButton.NextButton, QWizard.WizardButton.FinishButton
SKIP = QWizard.WizardButton.CustomButton1
HOOK = "https://hooks.slack.com/services/T/B/PLANTED-abcd"


@pytest.fixture
def wizard(qtbot: QtBot) -> Welcome:
    status = replace(a_status(), session=Session(state=SessionState.SIGNED_OUT), account=None, thresholds=())
    shown = SettingsShown(status=status, webhook="", request_kept=False)
    made = Welcome(paths.resource("icons/claudetray.svg"), shown)
    qtbot.addWidget(made)
    made.show()
    return made


def press(wizard: Welcome, *buttons: QWizard.WizardButton) -> None:
    for button in buttons:
        wizard.button(button).click()


def finished(wizard: Welcome) -> WelcomeDraft:
    asked: list[WelcomeDraft] = []
    wizard.save_asked.connect(asked.append)
    press(wizard, FINISH)
    [draft] = asked
    return draft


def said(wizard: Welcome) -> str:
    labels = wizard.currentPage().findChildren(WordLabel)
    return " ".join(label.text() for label in labels if label.isVisible() and label.text())


def typed(wizard: Welcome, text: str) -> None:
    wizard.balance._ways.button(2).setChecked(True)
    wizard.balance._amount.setText(text)


def test_who_skips_every_step_keeps_nothing(wizard: Welcome) -> None:
    asked: list[WelcomeDraft] = []
    wizard.save_asked.connect(asked.append)
    press(wizard, SKIP, SKIP, SKIP, SKIP)
    assert asked == [WelcomeDraft()]


def test_a_step_that_is_skipped_may_hold_anything(wizard: Welcome) -> None:
    typed(wizard, "much")
    press(wizard, NEXT)
    assert "number such as 42.50" in said(wizard)
    assert wizard.currentId() == 0
    press(wizard, SKIP, NEXT, NEXT)
    assert finished(wizard).balance is None


def test_who_goes_on_keeps_what_is_there(wizard: Welcome) -> None:
    typed(wizard, "$42.50")
    press(wizard, NEXT, NEXT)
    wizard.alerts.alerts.findChildren(QLineEdit)[0].setText(HOOK)
    press(wizard, NEXT)
    wizard.session.autostart.setChecked(True)
    draft = finished(wizard)
    assert draft.balance == Money(Decimal("42.50"))
    assert draft.thresholds is not None
    assert [(str(row.at), row.minutes) for row in draft.thresholds] == [("5", 10), ("20", 30)]
    assert (draft.native, draft.webhook, draft.autostart) == (True, HOOK, True)


@pytest.mark.parametrize(("first", "second", "word"), [("x", "5", "must be a number"), ("5", "5", "two thresholds")])
def test_thresholds_that_cannot_be_are_said(wizard: Welcome, first: str, second: str, word: str) -> None:
    press(wizard, SKIP)
    for (field, _), text in zip(wizard.thresholds._fields, (first, second), strict=True):
        field.setText(text)
    press(wizard, NEXT)
    assert word in said(wizard)
    assert wizard.currentId() == 1


def test_a_field_that_is_emptied_is_one_threshold_less(wizard: Welcome) -> None:
    press(wizard, SKIP)
    wizard.thresholds._fields[0][0].setText("")
    press(wizard, NEXT, NEXT)
    draft = finished(wizard)
    assert draft.thresholds is not None
    assert [str(row.at) for row in draft.thresholds] == ["5"]


def test_who_goes_back_to_a_skipped_step_has_not_skipped_it(wizard: Welcome) -> None:
    typed(wizard, "7")
    press(wizard, SKIP)
    press(wizard, QWizard.WizardButton.BackButton, NEXT, NEXT, NEXT)
    assert finished(wizard).balance == Money(Decimal(7))


def test_thresholds_that_are_there_already_are_left_alone(qtbot: QtBot) -> None:
    status = replace(a_status(), thresholds=(threshold("50", "60"),))
    shown = SettingsShown(status=status, webhook="", request_kept=False)
    wizard = Welcome(paths.resource("icons/claudetray.svg"), shown)
    qtbot.addWidget(wizard)
    wizard.show()
    press(wizard, SKIP, SKIP)
    assert "3 of 3" in wizard.windowTitle()
    assert finished(wizard).thresholds is None


def test_while_it_is_being_kept_nothing_else_can_be_pressed(wizard: Welcome) -> None:
    press(wizard, SKIP, SKIP, SKIP)
    finished(wizard)
    wizard.reject()
    assert wizard.isVisible()
    assert not wizard.button(SKIP).isEnabled()


def test_the_rest_can_be_left_for_later_and_what_was_gone_through_is_kept(wizard: Welcome) -> None:
    asked: list[WelcomeDraft] = []
    wizard.save_asked.connect(asked.append)
    typed(wizard, "30")
    press(wizard, NEXT)
    wizard.thresholds._fields[0][0].setText("not looked at")
    press(wizard, QWizard.WizardButton.CustomButton2)
    assert asked == [WelcomeDraft(balance=Money(Decimal(30)))]


def test_escape_keeps_nothing(wizard: Welcome) -> None:
    asked: list[WelcomeDraft] = []
    wizard.save_asked.connect(asked.append)
    typed(wizard, "30")
    press(wizard, NEXT)
    wizard.reject()
    assert not wizard.isVisible()
    assert asked == []


def test_what_was_wrong_is_unsaid_as_soon_as_it_is_changed(wizard: Welcome) -> None:
    typed(wizard, "much")
    press(wizard, NEXT)
    assert said(wizard)
    typed(wizard, "7")
    assert not said(wizard)


def test_a_webhook_that_is_none_is_said_at_once(wizard: Welcome) -> None:
    press(wizard, SKIP, SKIP)
    wizard.alerts.alerts.findChildren(QLineEdit)[0].setText("https://example.org")
    press(wizard, NEXT)
    assert wizard.currentId() == 2


def test_what_cannot_be_kept_is_said_and_nothing_is_lost(wizard: Welcome) -> None:
    typed(wizard, "7")
    press(wizard, NEXT, NEXT, NEXT)
    finished(wizard)
    assert not wizard.button(FINISH).isEnabled()
    wizard.show_refusal(SettingRefused("The disk is full."))
    wizard.allow_pressing()
    assert "The disk is full." in said(wizard)
    assert wizard.button(FINISH).isEnabled()
    assert wizard.isVisible()
    wizard.show_saved()
    assert not wizard.isVisible()


def test_signing_in_shows_what_came_of_it(wizard: Welcome) -> None:
    wizard.balance.show_trouble("This is the lite build, without a web engine.")
    assert "lite build" in said(wizard)
    wizard.balance.show_session(a_status())
    assert "✓" in said(wizard)
    wizard.balance.bring_snippet()
    assert wizard.balance.way == 1


def test_no_letter_leads_to_two_places(wizard: Welcome) -> None:
    for way in (0, 1, 2):
        wizard.balance._ways.button(way).setChecked(True)
        letters = window_letters(wizard)
        assert len(letters) == len(set(letters)), letters
    for _ in range(3):
        press(wizard, SKIP)
        letters = window_letters(wizard)
        assert len(letters) == len(set(letters)), letters
