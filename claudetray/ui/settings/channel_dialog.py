"""The window of one channel: a name, a form, its fields, and a test."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from claudetray.core.channel import ChannelForm, NamedChannel, checked_name
from claudetray.core.channel_forms import FORMS, address
from claudetray.core.errors import SettingRefused
from claudetray.ui.settings.draft import ChannelDraft
from claudetray.ui.settings.word_label import WordLabel


class ChannelDialog(QDialog):
    """Signals: `channel_given` with a valid ChannelDraft; `test_asked` with one, to send a test by it."""

    channel_given = Signal(object)
    test_asked = Signal(object)

    def __init__(self, channel: NamedChannel | None, taken: Sequence[str], parent: QWidget | None = None) -> None:
        """`channel` is None for a new one; `taken` are the names of the others."""
        super().__init__(parent)
        self._channel, self._taken = channel, {name.lower() for name in taken}
        self.setWindowTitle(self.tr("Channel"))
        self._name, self._kind = QLineEdit(channel.name if channel else ""), QComboBox()
        self._enabled = QCheckBox(self.tr("It gets alerts"))
        self._enabled.setChecked(channel.enabled if channel else True)
        titles = {
            ChannelForm.SLACK: self.tr("Slack"),
            ChannelForm.DISCORD: self.tr("Discord"),
            ChannelForm.TWILIO: self.tr("SMS or WhatsApp (Twilio)"),
            ChannelForm.EMAIL: self.tr("E-mail"),
            ChannelForm.NTFY: self.tr("ntfy"),
            ChannelForm.TELEGRAM: self.tr("Telegram"),
            ChannelForm.WEBHOOK: self.tr("Webhook (JSON)"),
            ChannelForm.OTHER: self.tr("Another service (Apprise)"),
        }
        for form, title in titles.items():
            self._kind.addItem(title, form)
        if channel is not None:
            self._name.setReadOnly(True)  # the vault knows it by that name
            self._kind.setCurrentIndex(self._kind.findData(channel.form))
        self._fields: dict[str, QLineEdit | QComboBox] = {}
        self._rows = QFormLayout()
        self._word = WordLabel(self.tr("Result"))
        self._test = QPushButton(self.tr("Send a &test"))
        self._test.clicked.connect(self._on_test_clicked)
        top = QFormLayout()
        top.addRow(self.tr("&Name:"), self._name)
        top.addRow(self.tr("&Kind:"), self._kind)
        test = QHBoxLayout()
        test.addWidget(self._word, 1)
        test.addWidget(self._test)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addLayout(self._rows)
        column.addWidget(self._enabled)
        column.addLayout(test)
        column.addWidget(buttons)
        self._kind.currentIndexChanged.connect(self._show_fields)
        self._show_fields()
        self.setMinimumWidth(self.fontMetrics().height() * 30)

    def show_result(self, text: str, good: bool) -> None:
        """What came of the test."""
        self._test.setEnabled(True)
        self._word.say(text, good)

    def _show_fields(self) -> None:
        while self._rows.rowCount():
            self._rows.removeRow(0)
        self._fields = {}
        kept = self._channel is not None and self._channel.form is self._form
        for field in FORMS[self._form]:
            made: QLineEdit | QComboBox
            if field.choices:
                made = QComboBox()
                made.addItems(list(field.choices))
            else:
                made = QLineEdit()
                made.setPlaceholderText(self.tr("kept, encrypted") if kept and field.needed else field.example)
                if field.secret:
                    made.setEchoMode(QLineEdit.EchoMode.Password)
            made.setAccessibleName(field.label)
            self._fields[field.key] = made
            self._rows.addRow(f"{field.label}:", made)
        self._word.say("")
        self.adjustSize()

    @property
    def _form(self) -> ChannelForm:
        return ChannelForm(self._kind.currentData())

    def _values(self) -> Mapping[str, str] | None:
        """None where nothing was typed, and the address that is kept stays."""
        values = {
            key: field.currentText() if isinstance(field, QComboBox) else field.text()
            for key, field in self._fields.items()
        }
        typed = any(field.text() for field in self._fields.values() if isinstance(field, QLineEdit))
        same = self._channel is not None and self._channel.form is self._form
        return None if same and not typed else values

    def _draft(self) -> ChannelDraft:
        """Raises: SettingRefused."""
        name = self._channel.name if self._channel else checked_name(self._name.text())
        if name.lower() in self._taken:
            raise SettingRefused(self.tr("There is another channel of this name."))
        values = self._values()
        if values is not None:
            address(self._form, values)
        return ChannelDraft(name=name, form=self._form, values=values, enabled=self._enabled.isChecked())

    def _on_accepted(self) -> None:
        try:
            draft = self._draft()
        except SettingRefused as error:
            self._word.say(error.message, good=False)
            return
        self.channel_given.emit(draft)
        self.accept()

    def _on_test_clicked(self) -> None:
        try:
            draft = self._draft()
        except SettingRefused as error:
            self._word.say(error.message, good=False)
            return
        self._test.setEnabled(False)
        self._word.say(self.tr("sending…"))
        self.test_asked.emit(draft)
