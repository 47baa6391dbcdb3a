"""The engine's profile: off the record, https alone, and nothing granted that a sign-in does not need."""

from urllib.parse import urlsplit

from PySide6.QtCore import QObject
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from claudetray.core.setting import loopback

INNER = ("data", "blob", "about", "qrc", "chrome-error")  # nothing that leaves this machine


class HttpsOnly(QWebEngineUrlRequestInterceptor):
    """Stops every request that is neither https nor to the stand-in on this machine, if that is the Console."""

    def __init__(self, origin: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._origin = origin

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        if not allowed(info.requestUrl().toString(), self._origin):
            info.block(True)


def allowed(address: str, origin: str) -> bool:
    """May a page, or a part of one, come from there?"""
    parts, own = urlsplit(address), urlsplit(origin)
    if parts.scheme in ("https", "wss", *INNER):
        return True
    # A stand-in on this machine speaks plain http, and a pop-up of it may come from another of its ports or names.
    both_here = loopback(own.hostname or "") and loopback(parts.hostname or "")
    return own.scheme == "http" and parts.scheme in ("http", "ws") and both_here


def made_profile(origin: str) -> QWebEngineProfile:
    """A profile that writes nothing to the disk (on Linux a kept one holds its cookies in plain text, measured)."""
    profile = QWebEngineProfile()
    if not profile.isOffTheRecord():
        raise AssertionError("a profile without a name is off the record")
    profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
    profile.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
    profile.setSpellCheckEnabled(False)
    profile.setPushServiceEnabled(False)
    profile.setUrlRequestInterceptor(HttpsOnly(origin, profile))
    profile.downloadRequested.connect(_refuse)
    settings = profile.settings()
    attribute = QWebEngineSettings.WebAttribute
    for off in (
        attribute.PluginsEnabled,
        attribute.PdfViewerEnabled,
        attribute.ScreenCaptureEnabled,
        attribute.JavascriptCanAccessClipboard,
        attribute.LocalContentCanAccessRemoteUrls,
        attribute.AllowRunningInsecureContent,
        attribute.ErrorPageEnabled,  # ours says it, in the window's own words
    ):
        settings.setAttribute(off, False)
    settings.setAttribute(attribute.JavascriptCanOpenWindows, True)
    return profile


def _refuse(download: QWebEngineDownloadRequest) -> None:
    download.cancel()
