"""The window in which a balance is told by hand: what is left, what was bought, or that the balance was wrong."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from claudetray.core.errors import SettingRefused
from claudetray.core.money import Money, typed
from claudetray.services.local_zone import local_zone
from claudetray.ui.settings.word_label import WordLabel


class Telling(StrEnum):
    LEFT = "left"
    BOUGHT = "bought"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody told. `expires_at`: when that credit lapses."""

    telling: Telling
    money: Money
    expires_at: datetime | None = None


class BalanceDialog(QDialog):
    """Signals: `told`, with a Told."""

    told = Signal(object)

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = currency
        self.setWindowTitle(self.tr("Balance by hand"))
        self._telling, self._amount = QComboBox(), QLineEdit()
        self._helps = {
            Telling.LEFT: self.tr("What is missing since the balance before was spent."),
            Telling.BOUGHT: self.tr("It is added to what is left now."),
            Telling.CORRECTED: self.tr("What was known before was wrong: the difference was never spent."),
        }
        titles = {
            Telling.LEFT: self.tr("So much is left"),
            Telling.BOUGHT: self.tr("So much was bought"),
            Telling.CORRECTED: self.tr("The balance is wrong; so much is left"),
        }
        for telling, title in titles.items():
            self._telling.addItem(title, telling)
        self._help = QLabel()
        self._help.setWordWrap(True)
        self._amount.setPlaceholderText("42.50")
        self._lapses = QCheckBox(self.tr("&It lapses on"))
        self._day = QDateEdit(QDate.currentDate().addYears(1))
        self._day.setCalendarPopup(True)
        self._day.setDisplayFormat("yyyy-MM-dd")
        self._day.setAccessibleName(self.tr("The day on which it lapses"))
        self._day.setEnabled(False)
        self._lapses.toggled.connect(self._day.setEnabled)
        self._word = WordLabel(self.tr("Problem with the balance"))
        expiry = self._expiry = QWidget()
        row = QHBoxLayout(expiry)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._lapses)
        row.addWidget(self._day)
        row.addStretch(1)
        form = QFormLayout()
        form.addRow(self.tr("&What:"), self._telling)
        form.addRow("", self._help)
        form.addRow(self.tr("&Amount ({0}):").format(currency), self._amount)
        form.addRow("", expiry)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self._word)
        column.addWidget(buttons)
        self._telling.currentIndexChanged.connect(self._show_help)
        self._show_help()
        self.setMinimumWidth(self.fontMetrics().height() * 28)
        self._amount.setFocus()

    def _show_help(self) -> None:
        telling = Telling(self._telling.currentData())
        self._help.setText(self._helps[telling])
        self._expiry.setEnabled(telling is not Telling.CORRECTED)

    def _on_accepted(self) -> None:
        try:
            told = self._given()
        except SettingRefused as error:
            self._word.say(error.message, good=False)
            return
        self.told.emit(told)
        self.accept()

    def _given(self) -> Told:
        """Raises: SettingRefused."""
        try:
            money = typed(self._amount.text(), self._currency)
        except ValueError:
            raise SettingRefused(self.tr("The amount is a number such as 42.50.")) from None
        telling = Telling(self._telling.currentData())
        if telling is Telling.BOUGHT and money.amount <= Decimal(0):
            raise SettingRefused(self.tr("What was bought is more than 0."))
        lapses = self._lapses.isChecked() and telling is not Telling.CORRECTED
        return Told(telling=telling, money=money, expires_at=self._end_of_day() if lapses else None)

    def _end_of_day(self) -> datetime:
        day = self._day.date()
        return datetime(day.year(), day.month(), day.day(), 23, 59, tzinfo=local_zone())
