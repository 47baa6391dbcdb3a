"""The page for the rest: how often to look, what the icon shows."""

from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from claudetray.core import settings
from claudetray.core.thresholds import MOST_MINUTES
from claudetray.ui.settings.draft import SettingsShown


class GeneralPage(QWidget):
    """A field for each setting."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._interval = QSpinBox()
        self._interval.setRange(1, MOST_MINUTES)
        self._interval.setSuffix(self.tr(" min"))
        self._interval.setAccessibleName(self.tr("Look every, in minutes"))
        self._visits = QSpinBox()
        self._visits.setRange(0, settings.MOST_PAGE_LOOKS)
        self._visits.setSpecialValueText(self.tr("never"))
        self._visits.setAccessibleName(self.tr("Hidden visits of the Console's page a day, at most"))
        self._shows = QComboBox()
        names = {"balance": self.tr("The balance"), "health": self.tr("The health only")}
        for choice in settings.TRAY_SHOWS.choices:
            self._shows.addItem(names[choice], choice)
        form = QFormLayout()
        form.addRow(self.tr("&Look every:"), self._interval)
        form.addRow("", self._hint(self.tr("While the balance is above every threshold.")))
        form.addRow(self.tr("Hidden &visits a day:"), self._visits)
        form.addRow(
            "",
            self._hint(
                self.tr(
                    "At most so often the Console's page is opened unseen: to look where Cloudflare stops plain "
                    "requests, and to renew the session."
                )
            ),
        )
        form.addRow(self.tr("The &icon shows:"), self._shows)
        form.addRow("", self._hint(self.tr("In as many characters as stay readable; the tooltip is always exact.")))
        page = QVBoxLayout(self)
        page.addLayout(form)
        page.addStretch(1)

    def show_settings(self, shown: SettingsShown) -> None:
        preferences = shown.status.preferences
        self._interval.setValue(int(preferences.interval.total_seconds() // 60))
        self._visits.setValue(preferences.page_looks)
        self._shows.setCurrentIndex(max(0, self._shows.findData(preferences.tray_shows)))

    def problem(self) -> str | None:
        """Nothing can be wrong here: the fields take nothing that is."""
        return None

    @property
    def interval_minutes(self) -> int:
        return self._interval.value()

    @property
    def page_looks(self) -> int:
        return self._visits.value()

    @property
    def tray_shows(self) -> str:
        return str(self._shows.currentData())

    def focus(self) -> None:
        self._interval.setFocus()

    def _hint(self, text: str) -> QLabel:
        hint = QLabel(text)
        hint.setWordWrap(True)
        return hint
