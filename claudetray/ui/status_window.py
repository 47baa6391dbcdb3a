"""The status window: the balance, its parts, when we look next and why; the last looks and the recent calls."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from claudetray.core import words
from claudetray.core.reading import PAID, PROMOTIONAL
from claudetray.core.recommendations import Recommendation
from claudetray.core.serving import ProxyStatus
from claudetray.core.session import SessionState, described
from claudetray.core.status import Condition, Status
from claudetray.core.usage import UsageRecord
from claudetray.services.local_zone import local_zone
from claudetray.ui import summary, theme
from claudetray.ui.alerts_list import AlertsList, Told
from claudetray.ui.budgets_page import BudgetsPage
from claudetray.ui.calls import CallsPage
from claudetray.ui.cures import BILLING, RETRY, SETTINGS, SIGN_IN, STATUS_PAGE
from claudetray.ui.health_chip import HealthChip
from claudetray.ui.history import HistoryTable
from claudetray.ui.ledger_table import LedgerPage
from claudetray.ui.notice import Notice

if TYPE_CHECKING:
    from claudetray.ui.burn_down import BurnDown

TICK_MS = 1000  # only while the window is visible


class StatusWindow(QWidget):
    """Signals: `fetch_asked`, `pause_asked` (bool), `cure_asked` (its name), `settings_asked`, `quit_asked`,
    `copy_asked` (the proxy's address).
    """

    fetch_asked = Signal()
    pause_asked = Signal(bool)
    settings_asked = Signal()
    quit_asked = Signal()
    cure_asked = Signal(str)
    copy_asked = Signal(str)
    lift_asked = Signal(int, bool)
    budgets_asked = Signal()
    seen_asked = Signal()
    tell_asked = Signal()

    def __init__(self, demo: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status: Status | None = None
        self._last_window = False
        self.setWindowTitle(self.tr("claudetray demo") if demo else self.tr("claudetray"))
        self._demo, self._tray_notice, self._vault_notice, self._failure = Notice(), Notice(), Notice(), Notice()
        self._store_notice, self._sign_in_notice = Notice(), Notice()
        if demo:
            self._demo.say(self.tr("Demo: stand-ins on this machine, made-up money. A minute passes in a second."))
        for notice in (self._failure, self._sign_in_notice):
            notice.cure_asked.connect(self.cure_asked)
        self._facts: dict[str, QLabel] = {}
        self._history, self._calls = HistoryTable(), CallsPage()
        self._ledger, self._budgets, self._alerts = LedgerPage(), BudgetsPage(), AlertsList()
        self._ledger.tell_asked.connect(self.tell_asked)
        self._burn_down: BurnDown | None = None
        self._budgets.lift_asked.connect(self.lift_asked)
        self._budgets.edit_asked.connect(self.budgets_asked)
        self._alerts.seen_asked.connect(self.seen_asked)
        self._calls.copy_asked.connect(self.copy_asked)
        page = QVBoxLayout(self)
        for notice in (
            self._demo,
            self._tray_notice,
            self._store_notice,
            self._sign_in_notice,
            self._failure,
            self._vault_notice,
        ):
            page.addWidget(notice)
        page.addLayout(self._header())
        page.addLayout(self._fact_sheet())
        page.addWidget(self._lists(), 1)
        page.addLayout(self._footer())
        em = self.fontMetrics().height()
        page.setSpacing(round(em * 0.7))
        page.setContentsMargins(em, em, em, em)
        self.resize(em * 54, em * 37)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_countdown)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._color)
        self._color()

    def show_status(self, status: Status) -> None:
        """Fill the window."""
        self._status = status
        reading = status.reading
        self._balance.setText(words.money(status.left))
        self._balance.setAccessibleName(self.tr("Balance: {0}").format(words.money(status.left)))
        self._chip.show_health(status.health)
        self._reason.setText(self._reason_text(status))
        self._runway.setText(summary.runway_line(status, local_zone()))
        self._ledger.show_entries(status.outlook.latest)
        self._budgets.show_status(status)
        if self._burn_down is not None:
            self._burn_down.show_status(status)
        self._account.setText(self._account_text(status))
        for key, name in ((PAID, "paid"), (PROMOTIONAL, "promotional")):
            part = reading.balance(key) if reading else None
            self._facts[name].setText(words.money(part.left if part else None))
        spend = reading.spend if reading else None
        self._facts["spend"].setText(words.money(spend.spent if spend else None))
        self._facts["expiry"].setText(words.day(reading.next_expires_at if reading else None))
        self._facts["reload"].setText(self._reload_text(status))
        self._show_failure(status)
        kept_how = self.tr("{0} Until then, secrets are kept in memory only, and forgotten when you quit.")
        self._vault_notice.say(kept_how.format(status.vault_trouble) if status.vault_trouble else "")
        self._history.show_looks(status.looks)
        signed_in = status.session.state is not SessionState.SIGNED_OUT
        self._fetch.setEnabled(not status.looking and status.account is not None and signed_in)
        self._fetch.setText(self.tr("Fetching…") if status.looking else self.tr("&Fetch now"))
        self._pause.setText(self.tr("&Resume") if status.plan.paused else self.tr("&Pause"))
        self._show_countdown()

    def show_proxy(self, status: ProxyStatus) -> None:
        """What is known of the proxy."""
        self._calls.show_proxy(status)

    def show_calls(self, records: Sequence[UsageRecord]) -> None:
        """The recent calls, newest first."""
        self._calls.show_calls(records)

    def show_advice(self, advice: Sequence[Recommendation]) -> None:
        """What the records suggest."""
        self._budgets.show_advice(advice)

    def show_alerts(self, told: Sequence[Told]) -> None:
        """The latest alerts, newest first."""
        self._alerts.show_alerts(told)

    def bring_calls(self) -> None:
        """The recent calls come to the front."""
        self._tabs.setCurrentWidget(self._calls)

    def show_store_trouble(self, text: str) -> None:
        """Say that nothing can be kept at the moment; an empty text when it can again."""
        self._store_notice.say(text)

    def show_sign_in_trouble(self, text: str) -> None:
        """Say why the sign-in window could not be shown; an empty text when it could."""
        self._sign_in_notice.say(text, self.tr("Paste a snippet…") if text else "", SETTINGS)

    def show_without_tray(self, missing: bool) -> None:
        """Say that this desktop has no tray; then this window is what is left to be seen, and only minimizes."""
        self._last_window = missing
        self._quit.setVisible(missing)
        hint = self.tr(
            "This desktop shows no tray icons, so claudetray lives in this window. On GNOME, the extension "
            "“AppIndicator and KStatusNotifierItem Support” brings them back; the icon appears as soon as it can."
        )
        self._tray_notice.say(hint if missing else "")

    def showEvent(self, event: QShowEvent) -> None:
        self._tick.start()
        self._show_countdown()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._last_window:  # else nothing would be left to be seen of a program that runs on
            event.ignore()
            self.showMinimized()
        else:
            super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_tick"):
            self._color()
        super().changeEvent(event)

    def _header(self) -> QHBoxLayout:
        self._balance = QLabel(words.DASH)
        font = self._balance.font()
        font.setPointSizeF(font.pointSizeF() * 2.8)
        font.setBold(True)
        self._balance.setFont(font)
        self._chip = HealthChip()
        self._reason, self._runway, self._account = QLabel(), QLabel(), QLabel()
        self._reason.setWordWrap(True)
        self._runway.setWordWrap(True)
        self._runway.setAccessibleName(self.tr("Runway"))
        self._fetch = QPushButton(self.tr("&Fetch now"))
        self._fetch.clicked.connect(self.fetch_asked)
        self._pause = QPushButton(self.tr("&Pause"))
        self._pause.clicked.connect(lambda: self.pause_asked.emit(not (self._status and self._status.plan.paused)))
        beside = QGridLayout()
        beside.addWidget(self._chip, 0, 0)
        beside.addWidget(self._reason, 0, 1)
        beside.addWidget(self._runway, 1, 0, 1, 2)
        beside.addWidget(self._account, 2, 0, 1, 2)
        beside.setColumnStretch(1, 1)
        buttons = QVBoxLayout()
        buttons.addWidget(self._fetch)
        buttons.addWidget(self._pause)
        row = QHBoxLayout()
        row.addWidget(self._balance)
        row.addSpacing(self.fontMetrics().height())
        row.addLayout(beside, 1)
        row.addLayout(buttons)
        return row

    def _fact_sheet(self) -> QHBoxLayout:
        left, right = QFormLayout(), QFormLayout()
        parts = (
            ("paid", self.tr("Paid")),
            ("promotional", self.tr("Promotional")),
            ("expiry", self.tr("Next expiry")),
            ("spend", self.tr("Spent this month")),
            ("reload", self.tr("Auto-reload")),
        )
        fetches = (
            ("last", self.tr("Last fetch")),
            ("next", self.tr("Next fetch")),
            ("at", self.tr("At")),
            ("why", self.tr("Because")),
            ("session", self.tr("Session")),
        )
        for form, rows in ((left, parts), (right, fetches)):
            for name, title in rows:
                label = QLabel(words.DASH)
                label.setAccessibleName(title)
                label.setWordWrap(name in ("why", "session"))  # sentences must not widen the window
                self._facts[name] = label
                form.addRow(f"{title}:", label)
            form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            form.setHorizontalSpacing(self.fontMetrics().height())
        row = QHBoxLayout()
        row.addLayout(left, 2)
        row.addLayout(right, 3)
        return row

    def _lists(self) -> QTabWidget:
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._chart = QWidget()
        QVBoxLayout(self._chart).setContentsMargins(0, 0, 0, 0)
        self._tabs.addTab(self._history, self.tr("&Last fetches"))
        self._tabs.addTab(self._chart, self.tr("B&urn-down"))
        self._tabs.addTab(self._budgets, self.tr("Bud&gets"))
        self._tabs.addTab(self._ledger, self.tr("Le&dger"))
        self._tabs.addTab(self._calls, self.tr("Recent &calls"))
        self._tabs.addTab(self._alerts, self.tr("Alert&s"))
        self._tabs.currentChanged.connect(self._on_tab_changed)
        return self._tabs

    def _on_tab_changed(self) -> None:
        """The chart is made when it is first looked at: its library takes 40 MiB (measured)."""
        if self._tabs.currentWidget() is self._chart and self._burn_down is None:
            from claudetray.ui.burn_down import BurnDown

            self._burn_down = BurnDown()
            layout = self._chart.layout()
            if layout is not None:
                layout.addWidget(self._burn_down)
            if self._status is not None:
                self._burn_down.show_status(self._status)

    def _footer(self) -> QHBoxLayout:
        settings = QPushButton(self.tr("S&ettings…"))
        settings.clicked.connect(self.settings_asked)
        billing = QPushButton(self.tr("Open &billing page"))
        billing.clicked.connect(lambda: self.cure_asked.emit(BILLING))
        self._quit = QPushButton(self.tr("&Quit"))
        self._quit.clicked.connect(self.quit_asked)
        self._quit.hide()
        row = QHBoxLayout()
        row.addWidget(settings)
        row.addWidget(billing)
        row.addStretch(1)
        row.addWidget(self._quit)
        return row

    def _show_countdown(self) -> None:
        if self._status is None:
            return
        now = datetime.now(UTC)
        plan, reading = self._status.plan, self._status.reading
        last = self._status.looks[0].started_at if self._status.looks else None
        text = words.DASH if last is None else f"{words.clock(last, now)} ({words.ago(now - last)})"
        if reading is not None and reading.taken_at != last:
            text += self.tr(", balance of {0}").format(words.clock(reading.taken_at, now))
        self._facts["last"].setText(text)
        self._facts["next"].setText(words.countdown(plan.next_look_at - now) if plan.next_look_at else words.DASH)
        self._facts["at"].setText(words.moment(plan.next_look_at))
        self._facts["session"].setText(described(self._status.session, now))
        self._facts["why"].setText(self.tr("paused by you") if plan.paused else plan.reason)

    def _show_failure(self, status: Status) -> None:
        failure = status.failure
        if status.by_hand:
            self._failure.say("")
            return
        if status.session.state is SessionState.SIGNED_OUT:
            text = self.tr("Signed out: no balance is fetched.") if status.account else self.tr("Not signed in yet.")
            self._failure.say(text, self.tr("Sign &in…"), SIGN_IN)
            return
        if failure is None:
            self._failure.say("")
            return
        cures = {
            "session_expired": (self.tr("Sign &in…"), SIGN_IN),
            "not_configured": (self.tr("Sign &in…"), SIGN_IN),
            "wrong_organization": (self.tr("Choose organization…"), SETTINGS),
            "challenged": (self.tr("Sign &in…"), SIGN_IN),
            "unreachable": (self.tr("Open status page"), STATUS_PAGE),
            "rate_limited": ("", ""),
        }
        button, cure = cures.get(failure.kind, (self.tr("Try again"), RETRY))
        self._failure.say(f"{failure.title}: {failure.message}", button, cure)

    def _reason_text(self, status: Status) -> str:
        trust = {
            Condition.STALE: self.tr("Old: two fetches are overdue."),
            Condition.FAILED: self.tr("The last fetch failed."),
            Condition.PAUSED: self.tr("Paused."),
        }.get(status.condition, "")
        return " ".join(part for part in (status.assessment.reason, trust) if part)

    def _account_text(self, status: Status) -> str:
        if status.account is None:
            return self.tr("Sign in, or paste a snippet in Settings.")
        name = status.account.name or self.tr("Organization {0}").format(status.account.organization[:8] or words.DASH)
        return f"{name} · {status.account.host}"

    def _reload_text(self, status: Status) -> str:
        reload = status.reading.auto_reload if status.reading else None
        if reload is None:
            return words.DASH
        if reload.trouble:
            return self.tr("stopped: {0}").format(reload.trouble)
        return self.tr("on") if reload.on else self.tr("off")

    def _color(self) -> None:
        muted = theme.current().muted
        for label in (self._account, self._reason):
            palette = label.palette()
            if palette.color(QPalette.ColorRole.WindowText) != muted:
                palette.setColor(QPalette.ColorRole.WindowText, muted)
                label.setPalette(palette)
