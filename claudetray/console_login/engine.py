"""The Qt side of the helper: the application, the profile, and the one visit."""

import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QObject, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from claudetray.console_login.hidden import Hidden
from claudetray.console_login.jar import Jar
from claudetray.console_login.line import Line
from claudetray.console_login.profile import made_profile
from claudetray.console_login.window import SignInWindow
from claudetray.core.browser import Event, Mode, Opening

qt_log = logging.getLogger("qt")


class Commands(QObject):
    """What the tray says, as signals of this thread."""

    heard = Signal(object)
    ended = Signal()


def run(opening: Opening, line: Line, symbol: Path) -> int:
    """One visit, from its first page until it is told to finish."""
    levels = {QtMsgType.QtFatalMsg: logging.CRITICAL}
    qInstallMessageHandler(lambda kind, _, text: qt_log.log(levels.get(kind, logging.DEBUG), "%s", text))
    application = QApplication([sys.argv[0]])
    application.setApplicationName("claudetray")
    application.setDesktopFileName("claudetray")
    application.setWindowIcon(QIcon(str(symbol)))
    application.setQuitOnLastWindowClosed(False)
    profile = made_profile(opening.origin)
    jar = Jar(profile, opening.origin, line)
    jar.fill(opening.cookies)
    visit: Hidden | SignInWindow
    if opening.mode is Mode.SIGN_IN:
        visit = SignInWindow(opening, profile, line, jar)
    else:
        visit = Hidden(opening, profile, line)
    commands = Commands()

    def on_heard(command: dict[str, Any]) -> None:
        match command.get("do"):
            case "finish":
                application.quit()
            case "ping":
                line.say(Event.ALIVE)
            case _:
                visit.command(command)

    commands.heard.connect(on_heard)
    commands.ended.connect(application.quit)  # the tray is gone
    line.hear(commands.heard.emit, commands.ended.emit)
    visit.start()
    application.exec()
    visit.leave()  # pages before their profile, or the engine complains
    profile.deleteLater()
    application.processEvents()
    _end_children()
    return 0


def _end_children() -> None:
    """The engine's processes end with it; waited for here, for nobody else can."""
    own = psutil.Process()
    children = own.children()
    for child in own.children(recursive=True):
        with suppress(psutil.Error):
            child.kill()
    psutil.wait_procs(children, timeout=1)
