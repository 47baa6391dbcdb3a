"""The jar: fills the page with the cookies that are kept, and tells of every one of the Console's that comes anew."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from PySide6.QtCore import QDateTime, QObject, QUrl
from PySide6.QtNetwork import QNetworkCookie
from PySide6.QtWebEngineCore import QWebEngineProfile

from claudetray.console_login.line import Line
from claudetray.core.browser import Event
from claudetray.core.cookie import Cookie, belongs
from claudetray.core.times import EPOCH, from_millis, to_millis


class Jar(QObject):
    """Cookies of other hosts (of a sign-in service, say) are neither told nor kept."""

    def __init__(self, profile: QWebEngineProfile, origin: str, line: Line) -> None:
        super().__init__()
        self._origin, self._line = origin, line
        self._host = urlsplit(origin).hostname or ""
        self._secure = origin.startswith("https:")
        self._filled: dict[str, Cookie] = {}
        self._store = profile.cookieStore()
        self._store.cookieAdded.connect(self._on_cookie_added)
        self._store.loadAllCookies()

    def fill(self, cookies: Iterable[Cookie]) -> None:
        """Put kept cookies in; for their host alone, where it is not known that they were for more."""
        now = datetime.now(UTC)
        for cookie in cookies:
            if cookie.expires_at is not None and cookie.expires_at <= now:
                cookie = replace(cookie, expires_at=None)  # the Console shall decide whether it is over
            self._filled[cookie.name] = cookie
            self._store.setCookie(made(cookie, secure=self._secure), QUrl(self._origin))

    def empty(self) -> None:
        """Sign out of everything here, to sign in as somebody else."""
        self._filled.clear()
        self._store.deleteAllCookies()

    def _on_cookie_added(self, added: QNetworkCookie) -> None:
        if not comes_from(added.domain(), self._host):
            return
        cookie = told(added)
        filled = self._filled.get(cookie.name)
        if filled is not None:
            if (filled.value, filled.expires_at) == (cookie.value, cookie.expires_at):
                return  # the one that we put in ourselves
            if not belongs_together(filled, cookie, self._host):
                # A snippet does not say for which domain its cookies are; two of one name would both be sent.
                # One that is over takes the old one's place alone: Qt's deleteCookie takes both (measured).
                over = replace(filled, value="over", expires_at=EPOCH)
                self._store.setCookie(made(over, secure=self._secure), QUrl(self._origin))
            del self._filled[cookie.name]
        if cookie.value:
            self._line.say(Event.COOKIE, cookie=cookie.to_dict())


def comes_from(domain: str, host: str) -> bool:
    """Is a cookie of that domain, as Qt tells it, sent to that host? One with a dot in front is for all hosts below."""
    return belongs(domain, host) if domain.startswith(".") else domain.lower() == host


def belongs_together(one: Cookie, other: Cookie, host: str) -> bool:
    """Would a browser keep one in place of the other? A domain with a dot in front is not the bare host."""
    return (one.domain or host, one.path) == (other.domain or host, other.path)


def made(cookie: Cookie, secure: bool) -> QNetworkCookie:
    """A cookie as Qt takes it."""
    qt = QNetworkCookie(cookie.name.encode(), cookie.value.encode())
    qt.setPath(cookie.path or "/")
    if cookie.domain.startswith("."):
        qt.setDomain(cookie.domain)
    qt.setHttpOnly(cookie.http_only)
    qt.setSecure(secure)
    if cookie.expires_at is not None:
        qt.setExpirationDate(QDateTime.fromMSecsSinceEpoch(to_millis(cookie.expires_at)).toUTC())
    return qt


def told(qt: QNetworkCookie) -> Cookie:
    """A cookie as Qt tells of it; expiry to the second, as cookies know it."""
    expires_at = None
    if not qt.isSessionCookie():
        expires_at = from_millis(qt.expirationDate().toMSecsSinceEpoch() // 1000 * 1000).astimezone(UTC)
    return Cookie(
        name=qt.name().toStdString(),
        value=qt.value().toStdString(),
        domain=qt.domain() if qt.domain().startswith(".") else "",
        path=qt.path(),
        expires_at=expires_at,
        http_only=qt.isHttpOnly(),
    )
