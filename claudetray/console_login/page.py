"""A page of the engine: where it may go, what it is refused, and GETs from inside it."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineFileSystemAccessRequest,
    QWebEngineFullScreenRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineRegisterProtocolHandlerRequest,
    QWebEngineScript,
)

from claudetray.console_login.line import Line
from claudetray.console_login.profile import allowed
from claudetray.core.browser import AWAY, LEFT, Event

# A world of its own: the page's scripts can neither see what we ask nor put their own fetch in our way.
WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
POLL_MS = 50
PATIENCE_MS = 20_000
MOST_BODY = 4 * 1024 * 1024
# A redirect is followed as the page would; it shows as what it was, for a sign-in page is no answer. By the time this
# runs another page may have come: only one of the Console's own origin is ever asked, and only its own answers count.
FETCH = """
(() => {
  const home = %(home)s;
  if (location.origin !== home) return;
  const box = (window.claudetray ??= {}), key = %(key)s;
  box[key] = null;
  const one = async (path) => {
    try {
      const got = await fetch(new URL(path, home), {
        credentials: "include", cache: "no-store", signal: AbortSignal.timeout(%(patience)d),
        headers: {"accept": "application/json", "anthropic-client-platform": "web_console"},
      });
      const headers = Object.fromEntries(got.headers);
      const body = (await got.text()).slice(0, %(most)d);
      return got.redirected
        ? {path, status: 302, headers: {location: got.url}, body: ""}
        : {path, status: got.status, headers, body};
    } catch (error) {
      return {path, status: 0, trouble: String(error && error.name)};
    }
  };
  (async () => {
    const answers = [];
    for (const path of %(paths)s) answers.push(await one(path));
    box[key] = JSON.stringify(answers);
  })();
})()
"""
# Nothing is there to take once another page has taken this one's place.
TAKE = """
((box, key) => {
  if (!box || !(key in box)) return "gone";
  const all = box[key];
  if (all) delete box[key];
  return all;
})(window.claudetray, %s)
"""


class Page(QWebEnginePage):
    """Signals: `trouble` with a sentence; `popup_asked` with the request for a window of its own."""

    trouble = Signal(str)
    popup_asked = Signal(object)

    def __init__(self, profile: QWebEngineProfile, origin: str, parent: QObject | None = None) -> None:
        super().__init__(profile, parent)
        self._origin = origin
        self.home = origin.rstrip("/")
        self.permissionRequested.connect(_denied)
        self.certificateError.connect(self._on_certificate_error)
        self.registerProtocolHandlerRequested.connect(QWebEngineRegisterProtocolHandlerRequest.reject)
        self.fileSystemAccessRequested.connect(QWebEngineFileSystemAccessRequest.reject)
        self.fullScreenRequested.connect(QWebEngineFullScreenRequest.reject)
        self.newWindowRequested.connect(self._on_new_window_requested)

    def at_home(self) -> bool:
        """Is a page of the Console itself open?"""
        home, here = QUrl(self._origin), self.url()
        return (home.scheme(), home.host(), home.port()) == (here.scheme(), here.host(), here.port())

    def answer(self, line: Line, number: int, paths: Sequence[str]) -> None:
        """GET these, and tell what came of it."""
        agent = self.profile().httpUserAgent()
        self.fetched(paths, lambda got: line.say(Event.ANSWERS, id=number, answers=got, user_agent=agent))

    def tell_settled(self, line: Line) -> None:
        """Tell that this page of the Console has come to rest."""
        line.say(Event.SETTLED, path=self.url().path(), user_agent=self.profile().httpUserAgent())

    def fetched(self, paths: Sequence[str], answered: Callable[[list[dict[str, Any]]], None]) -> None:
        """GET these from inside the page, one after the other; `answered` is called once, whatever happens."""
        if not self.at_home():
            answered([{"path": path, "status": 0, "trouble": AWAY} for path in paths])
            return
        _Fetch(self, paths, answered)

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, main: bool) -> bool:
        address = url if isinstance(url, str) else url.toString()
        if allowed(address, self._origin):
            return True
        if main:
            self.trouble.emit(self.tr("This page leads to an address that is not encrypted, so it was not opened."))
        return False

    def chooseFiles(self, *_: object) -> list[str]:
        return []  # nothing of this machine is ever uploaded

    def javaScriptConsoleMessage(self, *_: object) -> None:
        """What a page prints may hold anything: it goes nowhere."""

    def _on_certificate_error(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            host = error.url().host()
            self.trouble.emit(self.tr("The certificate of {0} is not valid, so it was not opened.").format(host))

    def _on_new_window_requested(self, request: QWebEngineNewWindowRequest) -> None:
        self.popup_asked.emit(request)


class _Fetch(QObject):
    """One round of GETs: started in the page, then polled, for a script's promise is not awaited (measured)."""

    def __init__(self, page: Page, paths: Sequence[str], answered: Callable[[list[dict[str, Any]]], None]) -> None:
        super().__init__(page)
        self._page, self._paths, self._answered = page, paths, answered
        self._key = json.dumps(f"{random.getrandbits(64):x}")
        self._left = (PATIENCE_MS * max(1, len(paths)) + 2_000) // POLL_MS
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        page.runJavaScript(
            FETCH
            % {
                "home": json.dumps(page.home),
                "key": self._key,
                "paths": json.dumps(list(paths)),
                "most": MOST_BODY,
                "patience": PATIENCE_MS,
            },
            WORLD,
        )
        self._timer.start()
        page.loadStarted.connect(self._on_load_started)

    def _poll(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._fail("the page did not answer")
        else:
            self._page.runJavaScript(TAKE % self._key, WORLD, self._take)

    def _take(self, found: object) -> None:
        if found == "gone":
            self._fail(LEFT)
        elif isinstance(found, str) and found and self._timer.isActive():
            self._done(json.loads(found))

    def _on_load_started(self) -> None:
        self._fail(LEFT)

    def _fail(self, trouble: str) -> None:
        self._done([{"path": path, "status": 0, "trouble": trouble} for path in self._paths])

    def _done(self, answers: list[dict[str, Any]]) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._page.loadStarted.disconnect(self._on_load_started)
            self._answered(answers)
            self.deleteLater()


def _denied(permission: QWebEnginePermission) -> None:
    """Camera, microphone, location, notifications, and whatever else a page may ask for."""
    permission.deny()
