"""The front: joins tray and windows with the services. Decides nothing; starts what is asked for, and shows it."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from claudetray.core import settings
from claudetray.core.errors import ClaudetrayError, StoreError
from claudetray.core.release import DOWNLOADS
from claudetray.core.status import Status
from claudetray.services.monitor import Monitor
from claudetray.services.parts import Parts
from claudetray.services.sign_in import SignInResult
from claudetray.services.tasks import Tasks
from claudetray.ui import cures
from claudetray.ui.bridge import Bridge
from claudetray.ui.proxy_front import ProxyFront, texts
from claudetray.ui.runway_front import RunwayFront, limit_texts, quiet_texts
from claudetray.ui.settings.draft import SettingsDraft, SettingsShown
from claudetray.ui.tray import Tray
from claudetray.ui.trials import Trials

if TYPE_CHECKING:
    from claudetray.ui.about import AboutDialog
    from claudetray.ui.settings.dialog import SettingsDialog
    from claudetray.ui.status_window import StatusWindow
    from claudetray.ui.welcome import Welcome
    from claudetray.ui.welcome_front import WelcomeFront

TRAY_SOON_MS = 1_000
TRAY_AGAIN_MS = 30_000  # how often to look for a tray where there was none
STATUS_PAGE = "https://status.claude.com"


class Front(QObject):
    """Windows are made when they are first asked for. Signals: `quit_asked`."""

    quit_asked = Signal()

    def __init__(self, tray: Tray, parts: Parts, monitor: Monitor, tasks: Tasks, symbol: Path, demo: bool) -> None:
        super().__init__()
        self._tray, self._parts, self._monitor, self._tasks = tray, parts, monitor, tasks
        self._symbol, self._demo = symbol, demo
        self._status: Status | None = None
        self._window: StatusWindow | None = None
        self._dialog: SettingsDialog | None = None
        self._trayless = False
        self._store_trouble = False
        self._patience = 5
        self._bridge = Bridge(monitor, self)
        self._bridge.status_changed.connect(self._on_status_changed)
        self._bridge.store_failed.connect(self._on_store_failed)
        self._welcome: WelcomeFront | None = None
        self._about: AboutDialog | None = None
        self._connectivity: QObject | None = None
        self._trials = Trials(parts, tasks, self)
        self.proxy = ProxyFront(tray, parts.kept, tasks, self)
        self._runway = RunwayFront(parts, tasks, self)
        self._runway.trouble.connect(tray.say)
        self._runway.settings_asked.connect(self.open_settings)
        self._runway.told.connect(lambda: tasks.start(monitor.told()))
        tray.calls_asked.connect(self.open_calls)
        tray.fetch_asked.connect(self.fetch)
        tray.pause_asked.connect(lambda paused: tasks.start(monitor.pause(paused)))
        tray.status_asked.connect(self.open_status)
        tray.settings_asked.connect(self.open_settings)
        tray.sign_in_asked.connect(self.sign_in)
        tray.sign_out_asked.connect(self.sign_out)
        tray.about_asked.connect(self.open_about)
        tray.update_asked.connect(_open_downloads)
        parts.updates.found.listen(self._on_update_found)
        tray.quit_asked.connect(self.quit_asked)
        self._seek = QTimer(self)
        self._seek.setInterval(TRAY_AGAIN_MS)
        self._seek.timeout.connect(self.seek_tray)

    def start(self, minimized: bool) -> None:
        """Show the tray; without one, the window. Without a snippet, the settings: unless told to stay quiet."""
        self.seek_tray()
        if not minimized:
            self._tasks.start(self._greet())

    def seek_tray(self) -> None:
        """Is there a tray? If not, the window stands in for it, and we look again later."""
        missing = not self._tray.available()
        if missing and self._patience > 0:  # at the start of a session the panel may come a little later than we do
            self._patience -= 1
            QTimer.singleShot(TRAY_SOON_MS, self.seek_tray)
            return
        self._tray.show()  # shows as soon as there is a tray
        if missing and not self._trayless:
            self._trayless = True
            self._seek.start()
            self._made_window().show_without_tray(True)
            self.open_status()
        elif not missing and self._trayless:
            self._trayless = False
            self._seek.stop()
            self._made_window().show_without_tray(False)

    def fetch(self) -> None:
        self._tasks.start(self._monitor.fetch_now())

    def open_status(self) -> None:
        window = self._made_window()
        if self._status is not None:
            window.show_status(self._status)
        self.proxy.fill_window()
        self._runway.fill_window()
        _raise(window)

    def summoned(self, token: str) -> None:
        """Another copy was started: it asks for the window, and hands on what lets it come to the front."""
        if token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token  # Qt reads it there, and takes it out
        asking = next((w for w in (self._wizard(), self._dialog) if w is not None and w.isVisible()), None)
        if asking is not None:
            _raise(asking)
        else:
            self._tasks.start(self._show_itself())

    def on_state_changed(self, state: Qt.ApplicationState) -> None:
        """On macOS no second copy is started: a click in the Finder makes this one active, with nothing to see."""
        if state == Qt.ApplicationState.ApplicationActive and not any(
            window.isVisible() for window in QApplication.topLevelWidgets()
        ):
            self.open_status()

    def open_calls(self) -> None:
        self.open_status()
        self._made_window().bring_calls()

    def open_about(self) -> None:
        self._tasks.start(self._open_about())

    async def watch_updates(self) -> None:
        """Show the update that is known of, and look for the next, until cancelled."""
        if (version := await self._parts.updates.known()) is not None:
            self._tray.show_update(version)
        await self._parts.updates.watch()

    def open_settings(self, page: str = "") -> None:
        self._tasks.start(self._open_settings(page))

    def sign_in(self) -> None:
        self._tasks.start(self._sign_in())

    def sign_out(self) -> None:
        self._tasks.start(self._sign_out())

    def snooze(self) -> None:
        self._tasks.start(self._monitor.snooze())

    def close(self) -> None:
        for window in (self._window, self._dialog, self._wizard()):
            if window is not None:
                window.hide()
        self._tray.hide()

    def _wizard(self) -> "Welcome | None":
        return self._welcome.wizard if self._welcome is not None else None

    async def _greet(self) -> None:
        """At the very first start the wizard; later the settings, as long as there is no way to a balance."""
        if self._demo or await self._parts.connection.kept():
            return
        if (await self._parts.board.status()).left is not None:  # it was typed
            return
        if await self._parts.preferences.welcomed():
            await self._open_settings("snippet")
        else:
            await self._open_welcome()

    async def _show_itself(self) -> None:
        """The wizard, where it was never shown, for the start was a quiet one; else the window."""
        if not await self._parts.preferences.welcomed():
            await self._greet()
        if self._welcome is None:
            self.open_status()

    async def _open_welcome(self) -> None:
        from claudetray.ui.welcome_front import WelcomeFront

        await self._parts.preferences.keep_welcomed()  # once is enough, however it ends
        front = self._welcome = WelcomeFront(
            self._parts,
            self._tasks,
            self._symbol,
            await self._settings_shown(),
            lambda: self._tasks.start(self._monitor.told()),
            self,
        )
        front.wizard.finished.connect(self._on_welcome_finished)
        front.wizard.balance.sign_in_asked.connect(self.sign_in)
        self._trials.join_snippet(front.wizard.balance.snippet)
        self._trials.join_alerts(front.wizard.alerts.alerts)
        _raise(front.wizard)

    def _on_about_finished(self) -> None:
        self._about = None

    def _on_welcome_finished(self) -> None:
        self._welcome = None

    def _made_window(self) -> "StatusWindow":
        if self._window is None:
            from claudetray.ui.status_window import StatusWindow  # windows are loaded when first asked for

            window = self._window = StatusWindow(self._demo)
            window.setWindowIcon(QIcon(str(self._symbol)))
            window.fetch_asked.connect(self.fetch)
            window.pause_asked.connect(lambda paused: self._tasks.start(self._monitor.pause(paused)))
            window.settings_asked.connect(self.open_settings)
            window.quit_asked.connect(self.quit_asked)
            window.cure_asked.connect(self._on_cure_asked)
            self.proxy.join_window(window)
            self._runway.join_window(window)
        return self._window

    def _made_dialog(self) -> "SettingsDialog":
        if self._dialog is None:
            from claudetray.ui.settings.dialog import SettingsDialog

            dialog = self._dialog = SettingsDialog()
            dialog.setWindowIcon(QIcon(str(self._symbol)))
            dialog.snippet.sign_in_asked.connect(self.sign_in)
            dialog.snippet.sign_out_asked.connect(self.sign_out)
            self._trials.join_snippet(dialog.snippet)
            self._trials.join_alerts(dialog.alerts)
            self.proxy.join_dialog(dialog)
            self._runway.join_dialog(dialog)
            dialog.save_asked.connect(lambda draft: self._tasks.start(self._save(draft)))
        return self._dialog

    def _watch_network(self) -> None:
        """From the first unreachable Console on: QtNetwork takes 7 MiB, and mostly for nothing."""
        from claudetray.ui.connectivity import Connectivity

        connectivity = self._connectivity = Connectivity(self)
        connectivity.went_online.connect(lambda: self._tasks.start(self._monitor.went_online()))

    def _on_store_failed(self, error: StoreError) -> None:
        """Nothing can be kept, so no alert can be either: said at the icon and in the window, once an episode."""
        if not self._store_trouble:
            self._store_trouble = True
            self._tray.say(error.title, error.message)
            self._made_window().show_store_trouble(error.message)

    def _on_status_changed(self, status: Status) -> None:
        if self._store_trouble:
            self._store_trouble = False
            self._made_window().show_store_trouble("")
        if self._connectivity is None and status.failure is not None and status.failure.kind == "unreachable":
            self._watch_network()
        self._status = status
        self._tray.show_status(status)
        if self._window is not None and self._window.isVisible():
            self._window.show_status(status)
            self._runway.fill_window()
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.snippet.show_session(status)
        if self._welcome is not None:
            self._welcome.show_status(status)

    def _on_update_found(self, version: str) -> None:
        self._tray.show_update(version)
        title = self.tr("claudetray {0} is available").format(version)
        self._tray.say(title, self.tr("The menu leads to it, and Settings › General says whether to look."), bad=False)

    async def _open_about(self) -> None:
        from claudetray.services.diagnosis import diagnosis
        from claudetray.services.licenses import licensed
        from claudetray.ui.about import AboutDialog

        update = await self._parts.updates.known() or ""
        made_with = await asyncio.to_thread(licensed, self._symbol.parent.parent / "licenses")  # some hundred files
        if self._about is not None:
            _raise(self._about)
            return
        dialog = self._about = AboutDialog(self._symbol, made_with, update)
        dialog.finished.connect(self._on_about_finished)
        dialog.diagnosis_asked.connect(lambda: self._tasks.start(dialog.copy(diagnosis(self._parts))))
        dialog.update_asked.connect(_open_downloads)
        dialog.show()
        _raise(dialog)

    def _on_cure_asked(self, cure: str) -> None:
        match cure:
            case cures.SETTINGS:
                self.open_settings("snippet")
            case cures.SIGN_IN:
                self.sign_in()
            case cures.RETRY:
                self.fetch()
            case cures.BILLING:
                QDesktopServices.openUrl(QUrl(self._parts.provider.billing_page))
            case cures.STATUS_PAGE:
                QDesktopServices.openUrl(QUrl(STATUS_PAGE))

    async def _sign_in(self) -> None:
        self._show_sign_in_trouble("")
        try:
            result = await self._parts.sign_in.run()
        except ClaudetrayError as error:
            self._show_sign_in_trouble(f"{error.title}: {error.message}")
        else:
            if result is SignInResult.SNIPPET_ASKED and self._welcome is not None:
                self._welcome.wizard.balance.bring_snippet()
            elif result is SignInResult.SNIPPET_ASKED:
                await self._open_settings("snippet")
            elif result is SignInResult.SIGNED_IN and self._dialog is not None and self._dialog.isVisible():
                # The page shows the session before; what was typed on the other pages stays.
                self._dialog.snippet.show_settings(await self._settings_shown())

    async def _sign_out(self) -> None:
        try:
            await self._parts.sessions.sign_out()
            if self._dialog is not None and self._dialog.isVisible():
                self._dialog.snippet.show_settings(await self._settings_shown())
        except ClaudetrayError as error:
            self._tray.say(error.title, error.message)
        else:
            body = self.tr("The session is wiped from this machine. The last balance stays, and grows old.")
            self._tray.say(self.tr("Signed out"), body, bad=False)

    def _show_sign_in_trouble(self, text: str) -> None:
        if self._welcome is not None:
            self._welcome.wizard.balance.show_trouble(text)
        elif text:
            self._made_window().show_sign_in_trouble(text)
            self.open_status()
        elif self._window is not None:
            self._window.show_sign_in_trouble("")

    async def _open_settings(self, page: str) -> None:
        dialog = self._made_dialog()
        if not dialog.isVisible():
            dialog.show_settings(await self._settings_shown())
        if page:
            dialog.show_page(page)
        dialog.open()
        _raise(dialog)

    async def _settings_shown(self) -> SettingsShown:
        return SettingsShown(
            status=await self._parts.board.status(),
            webhook=await self._parts.preferences.shown(settings.WEBHOOK.key),
            request_kept=await self._parts.connection.kept(),
            proxy=self.proxy.status,
            proxy_key=await self._parts.preferences.shown(settings.PROXY_KEY.key),
            tags=await self._parts.kept.tags.all(),
            prices=await self._parts.kept.prices.all(),
            unpriced=await self._parts.kept.usage.unpriced_models(),
            budgets=await self._parts.kept.budgets.all(),
            rules=await self._parts.preferences.rules(),
            channels=await self._parts.channels.all(),
            autostart=self._parts.autostart.on(),
            updates_ours=self._parts.updates.ours(),
        )

    async def _save(self, draft: SettingsDraft) -> None:
        """All or nothing as far as anything can be refused: what may be refused is checked first."""
        dialog, preferences, connection = self._made_dialog(), self._parts.preferences, self._parts.connection
        kept = {
            **texts(draft.proxy),
            **quiet_texts(draft.quiet),
            settings.INTERVAL.key: str(draft.interval_minutes),
            settings.NATIVE.key: settings.NATIVE.text(draft.native),
            settings.TRAY_SHOWS.key: draft.tray_shows,
            settings.PAGE_LOOKS.key: str(draft.page_looks),
            settings.UPDATES.key: settings.UPDATES.text(draft.updates),
            **limit_texts(draft.limits),
        }
        if draft.webhook is not None:
            kept[settings.WEBHOOK.key] = draft.webhook
        try:
            snippet = connection.understood(draft.snippet) if draft.snippet else None
            if draft.autostart is not None:
                self._parts.autostart.switch(draft.autostart)
            await self.proxy.keep(draft)
            await preferences.keep_all(kept)
            await preferences.keep_thresholds(draft.thresholds)
            await self._runway.keep(draft)
            if snippet is not None:
                await connection.keep(snippet, draft.organization)
            elif draft.organization is not None:
                await connection.choose(draft.organization)
        except ClaudetrayError as error:
            dialog.show_refusal(error)
        else:
            dialog.show_saved()
        finally:
            dialog.allow_saving()


def _open_downloads() -> None:
    QDesktopServices.openUrl(QUrl(DOWNLOADS))


def _raise(window: QWidget) -> None:
    if window.isMinimized():
        window.showNormal()
    window.show()
    window.raise_()
    window.activateWindow()
