"""The window of one rule of the alerts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from claudetray.core import alert_rules
from claudetray.core.alert_rules import MOST_COOLDOWN, Rule
from claudetray.core.channel import NATIVE, SLACK
from claudetray.core.errors import SettingRefused
from claudetray.ui.settings.word_label import WordLabel


class RuleDialog(QDialog):
    """Signals: `rule_given`, with a checked Rule."""

    rule_given = Signal(object)

    def __init__(self, rule: Rule, channels: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        told = alert_rules.declared(rule.kind)
        self._rule, self._told = rule, told
        self.setWindowTitle(told.label)
        help_ = QLabel(told.help)
        help_.setWordWrap(True)
        self._enabled = QCheckBox(self.tr("&Raise this alert"))
        self._enabled.setChecked(rule.enabled)
        self._marks = QLineEdit(", ".join(f"{mark:f}" for mark in rule.marks))
        self._rest = QSpinBox()
        self._rest.setRange(0, MOST_COOLDOWN // timedelta(minutes=1))
        self._rest.setSuffix(self.tr(" min"))
        self._rest.setSpecialValueText(self.tr("none"))
        self._rest.setValue(rule.cooldown // timedelta(minutes=1))
        self._quiet = QCheckBox(self.tr("Waits for the end of the &quiet hours"))
        self._quiet.setChecked(rule.quiet)
        self._all = QCheckBox(self.tr("&Every channel"))
        self._all.setChecked(rule.channels is None)
        self._channels = {
            name: QCheckBox(channel_title(self, name)) for name in dict.fromkeys([*channels, *(rule.channels or ())])
        }
        for name, box in self._channels.items():
            box.setChecked(rule.channels is None or name in rule.channels)
        self._all.toggled.connect(self._show_channels)
        self._word = WordLabel(self.tr("Problem with the rule"))
        form = QFormLayout()
        form.addRow(self._enabled)
        if told.marks_are:
            form.addRow(self.tr("&At ({0}):").format(told.marks_are), self._marks)
        form.addRow(self.tr("Re&st between two:"), self._rest)
        form.addRow(self._quiet)
        form.addRow(self.tr("To:"), self._all)
        for box in self._channels.values():
            form.addRow("", box)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(help_)
        column.addLayout(form)
        column.addWidget(self._word)
        column.addWidget(buttons)
        self._show_channels()
        self.setMinimumWidth(self.fontMetrics().height() * 26)

    def _show_channels(self) -> None:
        for box in self._channels.values():
            box.setEnabled(not self._all.isChecked())

    def _on_accepted(self) -> None:
        ways = tuple(name for name, box in self._channels.items() if box.isChecked())
        try:
            given = alert_rules.checked(
                replace(
                    self._rule,
                    enabled=self._enabled.isChecked(),
                    marks=alert_rules.marks(self._marks.text()),
                    cooldown=timedelta(minutes=self._rest.value()),
                    quiet=self._quiet.isChecked(),
                    channels=None if self._all.isChecked() else ways,
                )
            )
        except SettingRefused as error:
            self._word.say(error.message, good=False)
            return
        self.rule_given.emit(given)
        self.accept()


def channel_title(widget: QWidget, name: str) -> str:
    """A channel's name for people: two are always there, and have no name of the person's."""
    return {NATIVE: widget.tr("Desktop"), SLACK: widget.tr("Slack")}.get(name, name)
