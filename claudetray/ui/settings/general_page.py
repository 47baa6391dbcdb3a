"""The page for the rest: how often to look, what the icon shows."""

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from claudetray.core import settings
from claudetray.core.errors import SettingRefused
from claudetray.core.health import Limits
from claudetray.core.json_values import plain
from claudetray.core.thresholds import MOST_MINUTES
from claudetray.ui.settings.draft import SettingsShown

LIMITS = {
    "critical_below": settings.CRITICAL_BELOW,
    "warning_below": settings.WARNING_BELOW,
    "critical_days": settings.CRITICAL_DAYS,
    "warning_days": settings.WARNING_DAYS,
    "busy": settings.BUSY,
}


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
        names = {
            "balance": self.tr("The balance"),
            "days": self.tr("The days that it lasts"),
            "gauge": self.tr("A gauge of what is left"),
            "health": self.tr("The health only"),
        }
        for choice in settings.TRAY_SHOWS.choices:
            self._shows.addItem(names[choice], choice)
        form = QFormLayout()
        form.addRow(self.tr("Loo&k every:"), self._interval)
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
        self._autostart = QCheckBox(self.tr("Start claudetray with the sessi&on"))
        self._updates = QCheckBox(self.tr("Look for &updates once a day"))
        form.addRow("", self._autostart)
        form.addRow("", self._updates)
        page = QVBoxLayout(self)
        page.addLayout(form)
        page.addWidget(self._health_box())
        page.addStretch(1)

    def show_settings(self, shown: SettingsShown) -> None:
        preferences = shown.status.preferences
        self._interval.setValue(int(preferences.interval.total_seconds() // 60))
        self._visits.setValue(preferences.page_looks)
        for name, field in self._limits.items():
            field.setText(plain(getattr(preferences.limits, name)))
        self._shows.setCurrentIndex(max(0, self._shows.findData(preferences.tray_shows)))
        self._autostart_before = shown.autostart
        self._autostart.setChecked(shown.autostart)
        self._updates.setChecked(preferences.updates)
        self._updates.setVisible(shown.updates_ours)

    @property
    def limits(self) -> Limits:
        return Limits(**{name: setting.parse(self._limits[name].text()) for name, setting in LIMITS.items()})

    def problem(self) -> str | None:
        """Why this page cannot be saved, if so."""
        try:
            for name, setting in LIMITS.items():
                setting.parse(self._limits[name].text())
        except SettingRefused as error:
            return error.message
        return None

    @property
    def interval_minutes(self) -> int:
        return self._interval.value()

    @property
    def page_looks(self) -> int:
        return self._visits.value()

    @property
    def autostart(self) -> bool | None:
        """None where it was left as it was: it may have been switched elsewhere meanwhile."""
        on = self._autostart.isChecked()
        return None if on == self._autostart_before else on

    @property
    def updates(self) -> bool:
        return self._updates.isChecked()

    @property
    def tray_shows(self) -> str:
        return str(self._shows.currentData())

    def focus(self) -> None:
        self._interval.setFocus()

    def _health_box(self) -> QGroupBox:
        """The numbers of the rules of health, in two columns."""
        box = QGroupBox(self.tr("Health"))
        grid = QGridLayout(box)
        titles = {
            "critical_below": self.tr("Critical below ($)"),
            "warning_below": self.tr("Warning below ($)"),
            "critical_days": self.tr("Critical under (days)"),
            "warning_days": self.tr("Warning under (days)"),
            "busy": self.tr("Caution over (× a usual day)"),
        }
        self._limits: dict[str, QLineEdit] = {}
        for number, (name, title) in enumerate(titles.items()):
            field = self._limits[name] = QLineEdit()
            field.setAccessibleName(title)
            field.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 12)
            row, column = divmod(number, 2)
            grid.addWidget(QLabel(f"{title}:"), row, 2 * column)
            grid.addWidget(field, row, 2 * column + 1)
        grid.addWidget(
            self._hint(self.tr("The amounts hold where no threshold is set; a runway of 0 days is never too short.")),
            3,
            0,
            1,
            4,
        )
        return box

    def _hint(self, text: str) -> QLabel:
        hint = QLabel(text)
        hint.setWordWrap(True)
        return hint
