"""The proxy's page: the switch, where it listens and passes on to, its key, and what is kept of the calls."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFormLayout, QGroupBox, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from claudetray.core import settings
from claudetray.core.errors import SettingRefused
from claudetray.core.serving import ProxyStatus
from claudetray.ui import calls_summary
from claudetray.ui.settings.draft import ProxyDraft, SettingsShown
from claudetray.ui.settings.word_label import WordLabel

MOST_DAYS, MOST_RECORDS = 36_500, 999_999_999


class ProxyPage(QWidget):
    """A field for each setting of the proxy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._on = QCheckBox(self.tr("&Run the proxy"))
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        how = QLabel(
            self.tr(
                "Set ANTHROPIC_BASE_URL to its address, and every call to Claude is measured and priced on its way. "
                "The calls themselves are passed on unchanged."
            )
        )
        how.setWordWrap(True)
        page = QVBoxLayout(self)
        page.addWidget(how)
        page.addWidget(self._on)
        page.addWidget(self._state)
        page.addLayout(self._connection_form())
        page.addWidget(self._keeping_box())
        page.addStretch(1)

    def show_settings(self, shown: SettingsShown) -> None:
        preferences = shown.status.preferences
        self._on.setChecked(preferences.proxy)
        self._port.setValue(preferences.port)
        self._upstream.setText(preferences.upstream)
        self._key.clear()
        self._key.setPlaceholderText(
            self.tr("kept, encrypted: {0}").format(shown.proxy_key) if shown.proxy_key else "sk-ant-…"
        )
        self._remove.setChecked(False)
        self._remove.setVisible(bool(shown.proxy_key))
        self._bodies.setChecked(preferences.keep_bodies)
        self._prompts.setChecked(preferences.read_prompts)
        self._days.setValue(preferences.keep_days)
        self._records.setValue(preferences.keep_records)
        self._word.say("")
        if shown.proxy is not None:
            self.show_proxy(shown.proxy)

    def show_proxy(self, status: ProxyStatus) -> None:
        """What it is doing now."""
        self._state.setText(calls_summary.state_line(status))
        self._state.setAccessibleName(self._state.text())

    def problem(self) -> str | None:
        """Why this page cannot be saved, if so."""
        for setting, field in ((settings.UPSTREAM, self._upstream), (settings.PROXY_KEY, self._key)):
            try:
                setting.parse(field.text())
            except SettingRefused as error:
                return error.message
        return None

    @property
    def draft(self) -> ProxyDraft:
        return ProxyDraft(
            on=self._on.isChecked(),
            port=self._port.value(),
            upstream=self._upstream.text().strip(),
            key="" if self._remove.isChecked() else self._key.text().strip() or None,
            keep_bodies=self._bodies.isChecked(),
            read_prompts=self._prompts.isChecked(),
            keep_days=self._days.value(),
            keep_records=self._records.value(),
        )

    def focus(self) -> None:
        self._upstream.setFocus()

    def _connection_form(self) -> QFormLayout:
        self._port = QSpinBox()
        self._port.setRange(1, 65535)
        self._port.setGroupSeparatorShown(False)
        self._upstream, self._key = QLineEdit(), QLineEdit()
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._remove = QCheckBox(self.tr("Re&move the key that is kept"))
        self._word = WordLabel(self.tr("Problem with the proxy"))
        for field in (self._upstream, self._key):
            field.textChanged.connect(lambda: self._word.say(self.problem() or "", good=False))
        self._key.setToolTip(settings.PROXY_KEY.help)
        self._upstream.setToolTip(settings.UPSTREAM.help)
        form = QFormLayout()
        form.addRow(self.tr("P&ort:"), self._port)
        form.addRow(self.tr("&Upstream:"), self._upstream)
        form.addRow(self.tr("API &key for callers without one:"), self._key)
        form.addRow("", self._remove)
        form.addRow("", self._word)
        return form

    def _keeping_box(self) -> QGroupBox:
        box = QGroupBox(self.tr("What is kept"))
        self._bodies = QCheckBox(self.tr("Keep the text of requests &and answers"))
        self._bodies.setToolTip(settings.BODIES.help)
        self._prompts = QCheckBox(self.tr("Rules of tags may rea&d prompts"))
        self._prompts.setToolTip(settings.READ_PROMPTS.help)
        self._days, self._records = QSpinBox(), QSpinBox()
        self._days.setRange(0, MOST_DAYS)
        self._days.setSuffix(self.tr(" days"))
        self._days.setSpecialValueText(self.tr("for ever"))
        self._records.setRange(0, MOST_RECORDS)
        self._records.setGroupSeparatorShown(True)
        self._records.setSpecialValueText(self.tr("no limit"))
        hint = QLabel(self.tr("Older records of calls are deleted; their sums stay."))
        hint.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("Keep records &for:"), self._days)
        form.addRow(self.tr("At mos&t, in number:"), self._records)
        form.addRow("", hint)
        column = QVBoxLayout(box)
        column.addWidget(self._bodies)
        column.addWidget(self._prompts)
        column.addLayout(form)
        return box
