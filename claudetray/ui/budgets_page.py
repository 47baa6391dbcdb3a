"""The budgets in the window: what is spent of each, and what the records suggest."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from claudetray.core import runway_words, words
from claudetray.core.budget import BudgetState, Scope
from claudetray.core.health import Health
from claudetray.core.recommendations import Recommendation
from claudetray.core.status import Status
from claudetray.ui import theme


class BudgetRow(QWidget):
    """One budget. Signals: `lift_asked` (its number, and whether its stop is to be lifted or set again)."""

    lift_asked = Signal(int, bool)

    def __init__(self, state: BudgetState, status: Status, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        budget = state.budget
        name = QLabel(budget.name)
        font = name.font()
        font.setBold(True)
        name.setFont(font)
        name.setTextFormat(Qt.TextFormat.PlainText)
        bar = QProgressBar()
        bar.setRange(0, 100)
        bar.setValue(min(100, state.percent))
        bar.setFormat(f"{state.percent} %")
        bar.setAccessibleName(self.tr("Budget {0}: {1} % spent").format(budget.name, state.percent))
        colors = theme.current()
        palette = bar.palette()
        palette.setColor(QPalette.ColorRole.Highlight, colors.health(_health(state)))
        palette.setColor(QPalette.ColorRole.HighlightedText, colors.on_health(_health(state)))
        bar.setPalette(palette)
        sums = QLabel(
            self.tr("{0} of {1}").format(runway_words.dollars(state.spent), runway_words.dollars(budget.amount))
        )
        sums.setAlignment(Qt.AlignmentFlag.AlignRight)
        told = QLabel(self._told(state, status))
        told.setTextFormat(Qt.TextFormat.PlainText)
        told.setWordWrap(True)
        muted = told.palette()
        muted.setColor(QPalette.ColorRole.WindowText, colors.muted)
        told.setPalette(muted)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(name, 0, 0)
        grid.addWidget(sums, 0, 1)
        grid.addWidget(bar, 1, 0, 1, 2)
        grid.addWidget(told, 2, 0)
        grid.setColumnStretch(0, 1)
        if budget.hard_stop and state.used_up:
            stops = state.stops(status.now)
            button = QPushButton(self.tr("Lift the stop") if stops else self.tr("Stop calls again"))
            button.setAccessibleName(self.tr("{0} of budget {1}").format(button.text(), budget.name))
            button.clicked.connect(lambda: self.lift_asked.emit(budget.id, stops))
            grid.addWidget(button, 2, 1)

    def _told(self, state: BudgetState, status: Status) -> str:
        budget = state.budget
        scope = self.tr("all calls") if budget.scope is Scope.ALL else f"{budget.scope} {budget.scope_name}"
        parts = [scope, self.tr("until {0}").format(words.clock(state.until, status.now))]
        if state.projected is not None:
            parts.append(self.tr("likely {0}").format(runway_words.dollars(state.projected)))
        if state.stops(status.now):
            parts.append(self.tr("further calls are refused"))
        elif budget.hard_stop:
            parts.append(self.tr("hard stop"))
        return " · ".join(parts)


class BudgetsPage(QScrollArea):
    """Signals: `lift_asked`, as a row's; `edit_asked`."""

    lift_asked = Signal(int, bool)
    edit_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._shown: object = None
        self._advice: tuple[Recommendation, ...] = ()
        self._status: Status | None = None
        self._fill()

    def show_status(self, status: Status) -> None:
        self._status = status
        self._fill()

    def show_advice(self, advice: Sequence[Recommendation]) -> None:
        """What the records suggest."""
        self._advice = tuple(advice)
        self._fill()

    def _fill(self) -> None:
        states = self._status.outlook.budgets if self._status else ()
        stopping = [state.stops(self._status.now) for state in states] if self._status else []
        if (shown := (states, stopping, self._advice)) == self._shown:  # what has the focus is to keep it
            return
        self._shown = shown
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(self.fontMetrics().height())
        for state in states:
            assert self._status is not None
            row = BudgetRow(state, self._status)
            row.lift_asked.connect(self.lift_asked)
            column.addWidget(row)
        if not states:
            column.addWidget(QLabel(self.tr("No budgets yet: an amount for a day, a week, a month or a project.")))
        edit = QPushButton(self.tr("Edi&t budgets…"))
        edit.clicked.connect(self.edit_asked)
        buttons = QHBoxLayout()
        buttons.addWidget(edit)
        buttons.addStretch(1)
        column.addLayout(buttons)
        for one in self._advice:
            label = QLabel(f"{one.title}. {one.body}")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAccessibleName(self.tr("Recommendation: {0}").format(one.title))
            column.addWidget(label)
        column.addStretch(1)
        self.setWidget(page)


def _health(state: BudgetState) -> Health:
    if state.used_up:
        return Health.CRITICAL
    return Health.WARNING if state.percent >= 80 else Health.HEALTHY
