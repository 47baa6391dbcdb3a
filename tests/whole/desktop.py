"""A whole desktop for a test: Xvfb, a window manager, a tray host, a notification daemon and a keyring, all its own."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

NEEDED = ("Xvfb", "openbox", "trayer", "dunst", "dbus-daemon", "gnome-keyring-daemon", "xdotool", "import")
WELCOME = "Welcome to claudetray"
TICK = threading.Event()  # never set: waiting for it is how a poll lets time pass


def missing() -> list[str]:
    return [program for program in NEEDED if shutil.which(program) is None]


def until(seen: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something in another process. Raises: TimeoutError."""
    end = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > end:
            raise TimeoutError("it did not come to pass")
        TICK.wait(0.05)


@dataclass
class Desktop:
    """`environ` leads to its parts, and to nothing of the person's."""

    folder: Path
    environ: dict[str, str]
    notifications: list[str] = field(default_factory=list)
    program: tuple[str, ...] = (sys.executable, "-m", "claudetray")
    _stack: ExitStack = field(default_factory=ExitStack)

    def start(self, *command: str, stdin: str | None = None) -> subprocess.Popen[str]:
        """A program that ends with the desktop at the latest."""
        process = subprocess.Popen(
            command,
            env=self.environ,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._stack.callback(_end, process)
        if stdin is not None and process.stdin is not None:
            process.stdin.write(stdin)
            process.stdin.close()
        return process

    def claudetray(self, *arguments: str) -> subprocess.Popen[str]:
        return self.start(*self.program, *arguments)

    def run(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """A command of claudetray, to its end."""
        return subprocess.run(
            [*self.program, *arguments],
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def tray_host(self) -> None:
        self.start("trayer", "--edge", "top", "--align", "right", "--widthtype", "request", "--height", "24")
        until(lambda: self.windows("panel"))

    def welcomed(self) -> None:
        """The first start is over: the person looked at the wizard, and closed it."""
        tray = self.claudetray()
        until(lambda: self.windows(WELCOME))
        self.keys("Escape")
        until(lambda: not self.windows(WELCOME))
        tray.terminate()
        tray.wait(20)

    def windows(self, name: str) -> list[str]:
        found = self._xdotool("search", "--onlyvisible", "--name", name)
        return found.split()

    def click(self, x: int, y: int, button: int = 1) -> None:
        self._xdotool("mousemove", str(x), str(y), "click", str(button))

    def keys(self, *names: str) -> None:
        self._xdotool("key", *names)

    def colors(self, x: int, y: int, width: int, height: int) -> set[str]:
        """The colors on that part of the screen, as `#rrggbb`."""
        shot = subprocess.run(
            ["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", "ppm:-"],
            env=self.environ,
            capture_output=True,
            check=True,
        ).stdout
        pixels = shot[-width * height * 3 :]
        return {f"#{pixels[i : i + 3].hex()}" for i in range(0, len(pixels), 3)}

    def output(self, *command: str) -> str:
        """What a short command prints."""
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=False).stdout

    def _xdotool(self, *words: str) -> str:
        return self.output("xdotool", *words)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


@contextmanager
def shown(folder: Path, keyring: bool = True, notifications: bool = True) -> Iterator[Desktop]:
    """A desktop, without a tray host: that one comes when asked for."""
    for name in ("person", "run"):
        (folder / name).mkdir(mode=0o700)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "person"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "CLAUDETRAY_HOME": str(folder / "claudetray"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "QT_QPA_PLATFORM": "xcb",
        "PYTHONWARNINGS": "ignore",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",  # for root, against a stand-in on this machine
        "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
    }
    desktop = Desktop(folder, environ)
    with desktop._stack:
        reading, writing = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        desktop._stack.callback(server.wait)
        desktop._stack.callback(server.terminate)
        with os.fdopen(reading) as pipe:
            environ["DISPLAY"] = f":{pipe.readline().strip()}"
        bus = desktop.start("dbus-daemon", "--session", "--nofork", "--print-address=1")
        assert bus.stdout is not None
        environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        if keyring:
            desktop.start("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", stdin="password")
            until(lambda: _owned(desktop, "org.freedesktop.secrets"))
        for patience in (10, 30):  # on a busy machine it sometimes ends before it has begun
            desktop.start("openbox")
            with suppress(TimeoutError):
                until(lambda: "window id" in desktop.output("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), patience)
                break
        if notifications:
            _remember(desktop, desktop.start("dunst", "-print"))
            until(lambda: _owned(desktop, "org.freedesktop.Notifications"))
        yield desktop


def _remember(desktop: Desktop, dunst: subprocess.Popen[str]) -> None:
    def read() -> None:
        assert dunst.stdout is not None
        try:
            for line in dunst.stdout:
                if "summary:" in line:
                    desktop.notifications.append(line.partition("'")[2].rstrip("'\n"))
        except ValueError:
            return  # closed with the desktop

    threading.Thread(target=read, daemon=True).start()


def _owned(desktop: Desktop, name: str) -> bool:
    answer = desktop.output(
        "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
        "org.freedesktop.DBus.NameHasOwner", f"string:{name}",
    )  # fmt: skip
    return "true" in answer
