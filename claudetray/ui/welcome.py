"""The first start: where the balance comes from, when to speak, where to, and whether to start with the session.

Every step can be skipped; nothing is kept before the end but a sign-in, which is a window of its own.
"""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
    QWizard,
    QWizardPage,
)

from claudetray.core.account import Organization
from claudetray.core.errors import ClaudetrayError, SettingRefused
from claudetray.core.ledger import MEASURED_IN
from claudetray.core.money import Money, typed
from claudetray.core.session import SessionState, described
from claudetray.core.status import Status
from claudetray.core.thresholds import Threshold, table, threshold
from claudetray.ui.settings.alerts_page import AlertsPage
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.snippet_page import SnippetPage
from claudetray.ui.settings.word_label import WordLabel

SYMBOL = 48
SOON, SOONER = ("20", "30"), ("5", "10")  # a balance, and how often to look from there on, in minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeDraft:
    """What was filled in. None where a step was skipped or left as it was."""

    snippet: str | None = None
    organization: Organization | None = None
    balance: Money | None = None
    thresholds: tuple[Threshold, ...] | None = None
    native: bool | None = None
    webhook: str | None = None
    autostart: bool | None = None


class Step(QWizardPage):
    """One page. `skipped`: the person went on without it."""

    def __init__(self, title: str, subtitle: str) -> None:
        super().__init__()
        self.skipped = False
        self.setTitle(title)
        self.setSubTitle(subtitle)
        self.column = QVBoxLayout(self)
        self.word = WordLabel(self.tr("Problem with this step"))

    def problem(self) -> str | None:
        """Why this step cannot be kept, if so."""
        return None

    def unsay(self) -> None:
        """What was wrong may not be so any more."""
        self.word.say("")

    def validatePage(self) -> bool:
        problem = None if self.skipped else self.problem()
        self.word.say(problem or "", good=False)
        return problem is None


class BalanceStep(Step):
    """Signals: `sign_in_asked`."""

    sign_in_asked = Signal()

    def __init__(self) -> None:
        super().__init__(
            self.tr("Where does the balance come from?"),
            self.tr("There is no public way to ask for it. The choice can be changed at any time."),
        )
        self.snippet = SnippetPage(session=False)
        self._ways = QButtonGroup(self)
        self._stack = QStackedWidget()
        pages = (self._sign_in_page(), self.snippet, self._typed_page())
        titles = (
            self.tr("&Sign in to the Console here (the easiest)"),
            self.tr("Paste a request of your b&rowser"),
            self.tr("T&ype the balance, and have it count down with every call"),
        )
        for number, (title, page) in enumerate(zip(titles, pages, strict=True)):
            button = QRadioButton(title)
            self._ways.addButton(button, number)
            self._stack.addWidget(page)
            self.column.addWidget(button)
        self._ways.idToggled.connect(lambda number, on: self._stack.setCurrentIndex(number) if on else None)
        self._ways.button(0).setChecked(True)
        self._ways.idToggled.connect(self.unsay)
        self._amount.textChanged.connect(self.unsay)
        self.snippet.text_changed.connect(self.unsay)
        self.column.addWidget(self._stack, 1)
        self.column.addWidget(self.word)

    @property
    def way(self) -> int:
        """0 sign in, 1 snippet, 2 typed."""
        return self._ways.checkedId()

    @property
    def balance(self) -> Money | None:
        """Raises: SettingRefused."""
        text = self._amount.text().strip()
        if self.way != 2 or not text:
            return None
        try:
            return typed(text, MEASURED_IN)
        except ValueError:
            raise SettingRefused(self.tr("The amount is a number such as 42.50.")) from None

    def problem(self) -> str | None:
        try:
            _ = self.balance
        except SettingRefused as error:
            return error.message
        return self.snippet.problem() if self.way == 1 else None

    def show_session(self, status: Status) -> None:
        """What is known of the session now."""
        signed_in = status.session.state is not SessionState.SIGNED_OUT
        text = described(status.session, status.now)
        self._session.say(text[:1].upper() + text[1:] if signed_in else "")

    def bring_snippet(self) -> None:
        """The person would rather paste one."""
        self._ways.button(1).setChecked(True)
        self.snippet.focus()

    def show_trouble(self, text: str) -> None:
        self._session.say(text, good=False)

    def _sign_in_page(self) -> QWidget:
        page, column = _page()
        button = QPushButton(self.tr("Sign &in…"))
        button.clicked.connect(self.sign_in_asked)
        self._session = WordLabel(self.tr("Session"))
        row = QHBoxLayout()
        row.addWidget(button)
        row.addWidget(self._session, 1)
        column.addWidget(
            _said(
                self.tr(
                    "A window of the Console opens. Sign in there with your e-mail, as in a browser; it closes by "
                    "itself. The session is kept encrypted on this machine, and goes to the Console alone."
                )
            )
        )
        column.addLayout(row)
        column.addStretch(1)
        return page

    def _typed_page(self) -> QWidget:
        page, column = _page()
        self._amount = QLineEdit()
        self._amount.setPlaceholderText("42.50")
        self._amount.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 16)
        form = QFormLayout()
        form.addRow(self.tr("So much is &left ($):"), self._amount)
        column.addWidget(
            _said(
                self.tr(
                    "The Console shows it under Billing. What calls through claudetray's proxy cost is taken from it; "
                    "the proxy is switched on in the tray's menu."
                )
            )
        )
        column.addLayout(form)
        column.addStretch(1)
        return page


class ThresholdsStep(Step):
    """A threshold or two; the settings take any number."""

    def __init__(self) -> None:
        super().__init__(
            self.tr("When shall claudetray speak?"),
            self.tr("Once when the balance falls that low; from there on it looks more often."),
        )
        self._fields: list[tuple[QLineEdit, str]] = []
        form = QFormLayout()
        for label, (balance, minutes) in (
            (self.tr("At or bel&ow ($):"), SOON),
            (self.tr("And a&gain at ($):"), SOONER),
        ):
            field = QLineEdit(balance)
            field.setMaximumWidth(self.fontMetrics().horizontalAdvance("0") * 16)
            field.textChanged.connect(self.unsay)
            self._fields.append((field, minutes))
            form.addRow(label, field)
        self.column.addLayout(form)
        self.column.addWidget(
            _said(self.tr("Leave one empty to go without it. There may be more, under Settings › Thresholds."))
        )
        self.column.addWidget(self.word)
        self.column.addStretch(1)

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Raises: SettingRefused."""
        return table(threshold(field.text(), minutes) for field, minutes in self._fields if field.text().strip())

    def problem(self) -> str | None:
        try:
            _ = self.thresholds
        except SettingRefused as error:
            return error.message
        return None


class AlertsStep(Step):
    """The settings' own page, without the channels that can be added there."""

    def __init__(self) -> None:
        super().__init__(
            self.tr("Where shall it speak?"),
            self.tr("Try each. Mail, SMS, Discord and more are under Settings › Alerts."),
        )
        self.alerts = AlertsPage()
        self.alerts.channels.hide()
        self.column.addWidget(self.alerts)
        self.column.addWidget(self.word)
        self.column.addStretch(1)

    def validatePage(self) -> bool:
        return self.skipped or self.problem() is None  # which the page says itself, beside its field

    def problem(self) -> str | None:
        return self.alerts.problem()


class SessionStep(Step):
    """The last one."""

    def __init__(self) -> None:
        super().__init__(
            self.tr("Stay informed"),
            self.tr("claudetray can only speak up while it runs."),
        )
        self.autostart = QCheckBox(self.tr("&Start claudetray with the session"))
        self.column.addWidget(self.autostart)
        self.column.addWidget(
            _said(
                self.tr(
                    "It lives in the system tray: a click on the icon opens the window, the other button its menu. "
                    "On some desktops a new icon hides behind an arrow; drag it out to keep it in sight."
                )
            )
        )
        self.column.addWidget(self.word)
        self.column.addStretch(1)


class Welcome(QWizard):
    """Signals: `save_asked` with a WelcomeDraft, to be answered with `show_saved` or `show_refusal`."""

    save_asked = Signal(object)

    def __init__(self, symbol: Path, shown: SettingsShown, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowIcon(QIcon(str(symbol)))
        self.setWizardStyle(QWizard.WizardStyle.ModernStyle)
        self.setPixmap(QWizard.WizardPixmap.LogoPixmap, _logo(symbol))
        self.balance, self.thresholds = BalanceStep(), ThresholdsStep()
        self.alerts, self.session = AlertsStep(), SessionStep()
        steps = [self.balance, self.thresholds, self.alerts, self.session]
        if shown.status.thresholds:  # the person has decided already
            steps.remove(self.thresholds)
            self.thresholds.skipped = True
        for step in steps:
            self.addPage(step)
        self.balance.snippet.show_settings(shown)
        self.balance.show_session(shown.status)
        self.alerts.alerts.show_settings(shown)
        self.session.autostart.setChecked(shown.autostart)
        self._was_on = shown.autostart
        self._keeping = False
        self.setOption(QWizard.WizardOption.HaveCustomButton1, True)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage, True)
        self.setButtonText(QWizard.WizardButton.CustomButton1, self.tr("Ski&p"))
        self.setOption(QWizard.WizardOption.HaveCustomButton2, True)
        self.setButtonText(QWizard.WizardButton.CustomButton2, self.tr("The rest lat&er"))
        kind = QWizard.WizardButton
        self.setButtonText(QWizard.WizardButton.NextButton, self.tr("Ne&xt"))  # Alt+N is taken by a page
        self.setButtonText(QWizard.WizardButton.BackButton, self.tr("&Back"))
        self.setButtonText(QWizard.WizardButton.FinishButton, self.tr("&Finish"))
        self.setButtonLayout(
            [kind.CustomButton2, kind.Stretch, kind.BackButton, kind.CustomButton1, kind.NextButton, kind.FinishButton]
        )
        self.customButtonClicked.connect(self._on_custom_clicked)
        self.currentIdChanged.connect(self._on_step_changed)
        self._on_step_changed(0)
        em = self.fontMetrics().height()
        self.resize(em * 42, em * 35)

    def show_refusal(self, error: ClaudetrayError) -> None:
        """What could not be kept: nothing that was filled in is lost."""
        step = self.currentPage()
        assert isinstance(step, Step)
        step.skipped = False
        step.word.say(f"{error.title}: {error.message}", good=False)

    def show_saved(self) -> None:
        super().accept()

    def accept(self) -> None:
        """*Finish*: it closes when everything is kept."""
        self._let_press(False)
        self.save_asked.emit(self._draft())

    def allow_pressing(self) -> None:
        """The save is over, whatever came of it."""
        self._let_press(True)

    def _let_press(self, allowed: bool) -> None:
        kind = QWizard.WizardButton
        self._keeping = not allowed
        for button in (kind.FinishButton, kind.NextButton, kind.BackButton, kind.CustomButton1, kind.CustomButton2):
            self.button(button).setEnabled(allowed)

    def reject(self) -> None:
        """*Escape* keeps nothing; not in the middle of a save."""
        if not self._keeping:
            super().reject()

    def _draft(self) -> WelcomeDraft:
        balance, alerts = self.balance, self.alerts.alerts
        pasted = not balance.skipped and balance.way == 1
        autostart = self.session.autostart.isChecked()
        return WelcomeDraft(
            snippet=balance.snippet.snippet if pasted else None,
            organization=balance.snippet.organization if pasted else None,
            balance=None if balance.skipped else balance.balance,
            thresholds=None if self.thresholds.skipped else self.thresholds.thresholds,
            native=None if self.alerts.skipped else alerts.native,
            webhook=None if self.alerts.skipped else alerts.webhook,
            autostart=None if self.session.skipped or autostart == self._was_on else autostart,
        )

    def _on_step_changed(self, number: int) -> None:
        title = self.tr("Welcome to claudetray: {0} of {1}")
        self.setWindowTitle(title.format(number + 1, len(self.pageIds())))
        if isinstance(step := self.page(number), Step):  # who comes back to it has not skipped it
            step.skipped = False

    def _on_custom_clicked(self, which: int) -> None:
        if which == QWizard.WizardButton.CustomButton2.value:
            self._leave_the_rest()
        else:
            self._skip()

    def _leave_the_rest(self) -> None:
        """This step and those after it, that is: what was gone through with *Next* is kept."""
        for number in self.pageIds():
            if number >= self.currentId() and isinstance(step := self.page(number), Step):
                step.skipped = True
        self.accept()

    def _skip(self) -> None:
        step = self.currentPage()
        assert isinstance(step, Step)
        step.skipped = True
        if step is self.session:
            self.accept()
        else:
            self.next()


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    column = QVBoxLayout(page)
    return page, column


def _said(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def _logo(symbol: Path) -> QPixmap:
    return QIcon(str(symbol)).pixmap(SYMBOL, SYMBOL)
