"""The page of the rules: what raises an alert, where it goes, and when it is to be quiet."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from claudetray.core import alert_rules, words
from claudetray.core.alert_rules import Rule
from claudetray.core.errors import SettingRefused
from claudetray.core.setting import time_of_day
from claudetray.ui.settings.draft import QuietDraft, SettingsShown
from claudetray.ui.settings.edited_list import EditedList
from claudetray.ui.settings.rule_dialog import RuleDialog, channel_title
from claudetray.ui.settings.word_label import WordLabel


class RulesPage(QWidget):
    """Nothing is kept before the settings are saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: tuple[Rule, ...] = ()
        self._rules: list[Rule] = []
        self._channels: tuple[str, ...] = ()
        titles = [self.tr("Alert"), self.tr("On"), self.tr("At"), self.tr("Goes to")]
        self._list = EditedList(self.tr("Rules of the alerts"), titles, {1: 5, 2: 22, 3: 20}, stretched=0)
        self._list.only_edited()
        self._list.edit_asked.connect(self._open)
        label = QLabel(self.tr("What is worth a&n alert, and where it goes:"))
        label.setBuddy(self._list.table)
        self._from, self._to = QLineEdit(), QLineEdit()
        for field, name in ((self._from, self.tr("Quiet from")), (self._to, self.tr("Quiet to"))):
            field.setPlaceholderText(self.tr("never"))
            field.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 10)
            field.setAccessibleName(name)
            field.textChanged.connect(self._on_quiet_changed)
        quiet = QLabel(self.tr("&Quiet hours from"))
        quiet.setBuddy(self._from)
        self._through = QCheckBox(self.tr("critical alerts &break through"))
        self._word = WordLabel(self.tr("Problem with the quiet hours"))
        row = QHBoxLayout()
        for widget in (quiet, self._from, QLabel(self.tr("to")), self._to, self._through):
            row.addWidget(widget)
        row.addStretch(1)
        page = QVBoxLayout(self)
        page.addWidget(label)
        page.addWidget(self._list, 1)
        page.addLayout(row)
        page.addWidget(self._word)

    def show_settings(self, shown: SettingsShown) -> None:
        self._kept, self._channels = shown.rules, shown.channel_names
        preferences = shown.status.preferences
        quiet = preferences.quiet
        self._from.setText(f"{quiet.begins:%H:%M}" if quiet else "")
        self._to.setText(f"{quiet.ends:%H:%M}" if quiet else "")
        self._through.setChecked(preferences.critical_breaks_through)
        self._rules = list(shown.rules)
        self._fill()

    def problem(self) -> str | None:
        """Why this page cannot be saved, if so."""
        try:
            begins, ends = time_of_day(self._from.text()), time_of_day(self._to.text())
        except SettingRefused as error:
            return error.message
        if bool(begins) != bool(ends):
            return self.tr("Quiet hours have a beginning and an end.")
        return None

    @property
    def changed(self) -> tuple[Rule, ...]:
        """Those that are not as they were kept."""
        return tuple(rule for rule in self._rules if rule not in self._kept)

    @property
    def quiet(self) -> QuietDraft:
        return QuietDraft(
            begins=time_of_day(self._from.text()),
            ends=time_of_day(self._to.text()),
            critical_breaks_through=self._through.isChecked(),
        )

    def focus(self) -> None:
        self._list.table.setFocus()

    def _fill(self, current: int = 0) -> None:
        self._list.fill([self._texts(rule) for rule in self._rules], current)

    def _texts(self, rule: Rule) -> tuple[str, str, str, str]:
        told = alert_rules.declared(rule.kind)
        marks = f"{', '.join(f'{mark:f}' for mark in rule.marks)} {told.marks_are}" if told.marks_are else words.DASH
        ways = self.tr("every channel")
        if rule.channels is not None:
            ways = ", ".join(channel_title(self, name) for name in rule.channels) or self.tr("nowhere")
        return told.label, self.tr("yes") if rule.enabled else self.tr("no"), marks, ways

    def _open(self, row: int) -> None:
        editor = RuleDialog(self._rules[row], self._channels, self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.rule_given.connect(lambda given: self._take(given, row))
        editor.open()

    def _take(self, rule: Rule, row: int) -> None:
        self._rules[row] = rule
        self._fill(row)

    def _on_quiet_changed(self) -> None:
        self._word.say(self.problem() or "", good=False)
