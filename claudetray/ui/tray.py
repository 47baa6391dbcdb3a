"""The tray: an icon, its tooltip, its menu. Shows a status and says what the person wants."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from claudetray.core.alert import Alert
from claudetray.core.errors import ChannelError
from claudetray.core.health import Health
from claudetray.core.session import SessionState
from claudetray.core.status import Status
from claudetray.services.local_zone import local_zone
from claudetray.ui import summary, theme, tray_icon
from claudetray.ui.tray_icon import Face

if TYPE_CHECKING:  # for the types alone: the icon stands before anything is known of the proxy
    from claudetray.core.serving import ProxyStatus
    from claudetray.ui.proxy_section import ProxySection

SHOWN_MS = 10_000


class Tray(QObject):
    """Signals: `fetch_asked`, `pause_asked` (bool), `status_asked`, `settings_asked`, `sign_in_asked`,
    `sign_out_asked`, `quit_asked`; `proxy_asked` (bool), `copy_asked` (its address), `calls_asked`,
    `menu_opened`, `about_asked`, `update_asked` (its page).
    """

    fetch_asked = Signal()
    pause_asked = Signal(bool)
    status_asked = Signal()
    settings_asked = Signal()
    sign_in_asked = Signal()
    sign_out_asked = Signal()
    quit_asked = Signal()
    proxy_asked = Signal(bool)
    copy_asked = Signal(str)
    calls_asked = Signal()
    menu_opened = Signal()
    about_asked = Signal()
    update_asked = Signal()

    def __init__(self, demo: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._demo = demo
        self._face: Face | None = None
        self._status: Status | None = None
        self._proxy: ProxySection | None = None
        self._icon = QSystemTrayIcon(self)
        self._menu = QMenu()
        # The numbers are rows of the menu, since not every desktop shows a tooltip; they lead to the window.
        self._rows = [self._action("", lambda: self.status_asked.emit()) for _ in range(4)]
        self._menu.addSeparator()
        self._fetch = self._action(self.tr("&Fetch now"), lambda: self.fetch_asked.emit())
        self._pause = self._action(self.tr("&Pause"), lambda checked=False: self.pause_asked.emit(checked))
        self._pause.setCheckable(True)
        self._after_proxy = self._menu.addSeparator()
        self._action(self.tr("&Status…"), lambda: self.status_asked.emit())
        self._action(self.tr("S&ettings…"), lambda: self.settings_asked.emit())
        self._action(self.tr("&About claudetray…"), lambda: self.about_asked.emit())
        self._update = self._action("", lambda: self.update_asked.emit())
        self._update.setVisible(False)
        self._menu.addSeparator()
        self._action(self.tr("Sign &in…"), lambda: self.sign_in_asked.emit())
        self._sign_out = self._action(self.tr("Sign &out"), lambda: self.sign_out_asked.emit())
        self._menu.addSeparator()
        self._action(self.tr("&Quit"), lambda: self.quit_asked.emit())
        self._menu.aboutToShow.connect(self._fill_rows)
        self._menu.aboutToShow.connect(self.menu_opened)
        # A menu is always set: some desktops show no icon without one, and GNOME's opens it on any click.
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_icon_activated)
        self._icon.messageClicked.connect(self.status_asked.emit)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    def show_status(self, status: Status) -> None:
        """Fill icon, tooltip and menu; the icon is painted only when it says something else."""
        self._status = status
        self._show_face(tray_icon.face(status, mask=sys.platform == "darwin"))
        tip = summary.tooltip(status, self._demo, local_zone())
        if tip != self._icon.toolTip():
            self._icon.setToolTip(tip)
        self._fetch.setEnabled(not status.looking)
        self._pause.setChecked(status.plan.paused)
        self._sign_out.setEnabled(status.session.state is not SessionState.SIGNED_OUT)
        self._fill_rows()

    def show_proxy(self, status: "ProxyStatus") -> None:
        """Fill the proxy's rows; they come into the menu when something is known of it."""
        if self._proxy is None:
            from claudetray.ui.proxy_section import ProxySection

            self._proxy = ProxySection(self._menu, self._after_proxy, self)
            self._proxy.switch_asked.connect(self.proxy_asked)
            self._proxy.copy_asked.connect(self.copy_asked)
            self._proxy.calls_asked.connect(self.calls_asked)
        self._proxy.show_proxy(status)

    def show_update(self, version: str) -> None:
        """There is a newer claudetray."""
        self._update.setText(self.tr("Get claudetray {0}…").format(version))
        self._update.setVisible(True)

    def show(self) -> None:
        self._icon.show()

    def hide(self) -> None:
        self._icon.hide()

    @staticmethod
    def available() -> bool:
        """Has this desktop a tray? It may get one later."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def say(self, title: str, body: str, bad: bool = True) -> None:
        """A balloon at the icon, for what cannot wait for any channel, or answers to a click in the menu."""
        kind = QSystemTrayIcon.MessageIcon
        self._icon.showMessage(title, body, kind.Critical if bad else kind.Information, SHOWN_MS)

    async def notify(self, alert: Alert, title: str, body: str) -> None:
        """A balloon at the icon, where notifications with buttons cannot be had. Raises: ChannelError."""
        if not self._icon.isVisible() or not self.available() or not QSystemTrayIcon.supportsMessages():
            raise ChannelError("This desktop has no tray to show a notification at.")
        kind = QSystemTrayIcon.MessageIcon
        # On Linux only a critical one can be clicked.
        icon = kind.Critical if alert.health is Health.CRITICAL else kind.Warning
        self._icon.showMessage(title, body, icon, SHOWN_MS)

    def _action(self, text: str, asked: Callable[..., None]) -> QAction:
        action = self._menu.addAction(text)
        action.triggered.connect(asked)
        return action

    def _fill_rows(self) -> None:
        if self._status is None:
            return
        now = datetime.now(UTC)  # the menu shows how long ago, at the moment at which it opens
        texts = (
            summary.balance_line(self._status),
            summary.runway_line(self._status, local_zone()),
            summary.last_line(self._status, now),
            summary.next_line(self._status, now),
        )
        for row, text in zip(self._rows, texts, strict=True):
            row.setText(text.replace("&", "&&"))
            row.setVisible(bool(text))

    def _show_face(self, face: Face) -> None:
        if face != self._face:
            self._face = face
            self._icon.setIcon(tray_icon.icon(face, theme.current()))

    def _on_icon_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS any click opens the menu, and counts as a trigger besides.
        if reason == QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self.status_asked.emit()

    def _on_scheme_changed(self) -> None:
        face, self._face = self._face, None
        if face is not None:
            self._show_face(face)
