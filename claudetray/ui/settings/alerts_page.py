"""The page that says where alerts go: the desktop, Slack, and more, each with a test."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGroupBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from claudetray.core import settings
from claudetray.core.errors import SettingRefused
from claudetray.ui.settings.channels_box import ChannelsBox
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.word_label import WordLabel


class AlertsPage(QWidget):
    """Signals: `slack_test_asked` (the webhook in the field, "" for the kept one), `native_test_asked`."""

    slack_test_asked = Signal(str)
    native_test_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = False
        page = QVBoxLayout(self)
        page.addWidget(self._native_box())
        page.addWidget(self._slack_box())
        self.channels = ChannelsBox()
        page.addWidget(self.channels, 1)

    def show_settings(self, shown: SettingsShown) -> None:
        self._native.setChecked(shown.status.preferences.native)
        self._kept = bool(shown.webhook)
        self._webhook.clear()
        self._webhook.setPlaceholderText(
            self.tr("kept, encrypted: {0}").format(shown.webhook)
            if self._kept
            else "https://hooks.slack.com/services/…"
        )
        self._remove.setChecked(False)
        self._remove.setVisible(self._kept)
        self._word.say("")
        self._slack_result.say("")
        self._native_result.say("")
        self.channels.show_channels(shown.channels)

    def problem(self) -> str | None:
        """Why this page cannot be saved, if so."""
        try:
            settings.WEBHOOK.parse(self._webhook.text())
        except SettingRefused as error:
            return error.message
        return None

    @property
    def native(self) -> bool:
        return self._native.isChecked()

    @property
    def webhook(self) -> str | None:
        """The webhook to keep; None for unchanged, "" to remove it."""
        return "" if self._remove.isChecked() else self._webhook.text().strip() or None

    def show_native_result(self, text: str, good: bool) -> None:
        self._native_result.say(text, good)

    def show_slack_result(self, text: str, good: bool) -> None:
        self._slack_test.setEnabled(True)
        self._slack_result.say(text, good)

    def focus(self) -> None:
        self._webhook.setFocus()

    def _native_box(self) -> QGroupBox:
        box = QGroupBox(self.tr("Desktop"))
        self._native = QCheckBox(self.tr("Show alerts on the des&ktop"))
        test = QPushButton(self.tr("Send a &test"))
        test.setAccessibleName(self.tr("Send a test to the desktop"))
        test.clicked.connect(self.native_test_asked)
        self._native_result = WordLabel(self.tr("Result of the desktop test"))
        row = QHBoxLayout(box)
        row.addWidget(self._native)
        row.addWidget(self._native_result, 1)
        row.addWidget(test)
        return box

    def _slack_box(self) -> QGroupBox:
        box = QGroupBox(self.tr("Slack"))
        self._webhook = QLineEdit()
        self._webhook.setEchoMode(QLineEdit.EchoMode.Password)
        self._webhook.textChanged.connect(self._on_webhook_changed)
        label = QLabel(self.tr("Incoming &webhook:"))
        label.setBuddy(self._webhook)
        self._remove = QCheckBox(self.tr("&Remove the webhook that is kept"))
        self._word = WordLabel(self.tr("Problem with the webhook"))
        self._slack_test = QPushButton(self.tr("Se&nd a test"))
        self._slack_test.setAccessibleName(self.tr("Send a test to Slack"))
        self._slack_test.clicked.connect(self._on_slack_test_clicked)
        self._slack_result = WordLabel(self.tr("Result of the Slack test"))
        test = QHBoxLayout()
        test.addWidget(self._slack_result, 1)
        test.addWidget(self._slack_test)
        column = QVBoxLayout(box)
        column.addWidget(label)
        column.addWidget(self._webhook)
        column.addWidget(self._word)
        column.addWidget(self._remove)
        column.addLayout(test)
        return box

    def _on_webhook_changed(self) -> None:
        self._word.say(self.problem() or "", good=False)
        self._slack_result.say("")

    def _on_slack_test_clicked(self) -> None:
        if self.problem():
            return
        if not self._webhook.text().strip() and not self._kept:
            self._slack_result.say(self.tr("Paste a webhook first."), good=False)
            return
        self._slack_test.setEnabled(False)
        self._slack_result.say(self.tr("sending…"))
        self.slack_test_asked.emit(self._webhook.text().strip())
