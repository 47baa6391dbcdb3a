"""Is there a display? Qt ends the whole process when there is none, so it is asked before."""

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

_X_DISPLAY = re.compile(r"(?P<host>[^:/]*)(?:/unix)?:(?P<number>\d{1,5})(?:\.\d+)?")


def available(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Can windows be shown? On Windows and macOS always; elsewhere if a display server answers."""
    if platform in ("win32", "darwin"):
        return True
    if environ.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return True
    if wayland := environ.get("WAYLAND_DISPLAY"):
        place = Path(environ.get("XDG_RUNTIME_DIR", "/")) / wayland
        if _answers(socket.AF_UNIX, str(place)):
            return True
    return _x_answers(environ.get("DISPLAY", ""))


def _x_answers(display: str) -> bool:
    named = _X_DISPLAY.fullmatch(display)
    if named is None:
        return False
    host, number = named["host"], int(named["number"])
    if host in ("", "unix"):
        place = f"/tmp/.X11-unix/X{number}"
        return _answers(socket.AF_UNIX, place) or _answers(socket.AF_UNIX, f"\0{place}")
    return _answers(socket.AF_INET, (host, 6000 + number))


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(2.0)
            probe.connect(address)
    except OSError:
        return False
    return True
