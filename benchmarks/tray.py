"""The tray's budgets, as ratios to a bare PySide6 tray script in the same run: start, memory, idle.

    scripts/benchmark            (needs what scripts/test installs)

Prints a line a figure with its bound, and exits 1 when one is missed.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from claudetray.demo import world
from claudetray.demo.world import World
from tests.whole import desktop as desktops
from tests.whole.desktop import TICK, Desktop, until

BARE = """
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
app = QApplication([])
pixmap = QPixmap(24, 24)
pixmap.fill("#0072B2")
icon = QSystemTrayIcon(QIcon(pixmap))
menu = QMenu()
menu.addAction("Quit", app.quit)
icon.setContextMenu(menu)
icon.show()
app.exec()
"""
BLUE = "#0072b2"
ICON = (1256, 0, 24, 24)
RUNS = 5
IDLE_S = 60.0
START_BOUND, MEMORY_BOUND, IDLE_BOUND = 3.0, 2.0, 0.001


def started(desktop: Desktop, command: Sequence[str]) -> tuple[subprocess.Popen[str], float]:
    """The process and the seconds until its icon stood in the tray."""
    until(lambda: BLUE not in desktop.colors(*ICON))
    began = time.monotonic()
    process = desktop.start(*command)
    until(lambda: BLUE in desktop.colors(*ICON))
    return process, time.monotonic() - began


def ended(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def resident_kib(pid: int) -> int:
    """Resident set size. Source: Linux, Documentation/filesystems/proc."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1])
    raise RuntimeError("no Rss")


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(desktop: Desktop) -> bool:
    bare = (sys.executable, "-c", BARE)
    ours = (sys.executable, "-m", "claudetray", "--minimized")
    starts: dict[str, list[float]] = {"bare": [], "ours": []}
    for run in range(RUNS + 1):  # the first warms the file cache
        for name, command in (("bare", bare), ("ours", ours)):
            process, seconds = started(desktop, command)
            ended(process)
            if run:
                starts[name].append(seconds)
    start = statistics.median(starts["ours"]) / statistics.median(starts["bare"])
    memory = {}
    for name, command in (("bare", bare), ("ours", ours)):
        process, _ = started(desktop, command)
        TICK.wait(10)
        memory[name] = resident_kib(process.pid)
        if name == "ours":
            before, began = cpu_s(process.pid), time.monotonic()
            TICK.wait(IDLE_S)
            idle = (cpu_s(process.pid) - before) / (time.monotonic() - began)
        ended(process)
    share = memory["ours"] / memory["bare"]
    print(f"start to icon   {start:.2f} × bare ({statistics.median(starts['bare']):.2f} s)   bound {START_BOUND} ×")
    print(f"memory          {share:.2f} × bare ({memory['bare'] / 1024:.0f} MiB)   bound {MEMORY_BOUND} ×")
    print(f"idle            {idle:.4%} of a core over {IDLE_S:.0f} s   bound {IDLE_BOUND:.1%}")
    return start <= START_BOUND and share <= MEMORY_BOUND and idle <= IDLE_BOUND


def set_up(desktop: Desktop, stand_ins: World) -> None:
    desktop.environ["CLAUDETRAY_CONSOLE_URL"] = stand_ins.url
    desktop.run("snippet", "set", "-", stdin=stand_ins.snippet())
    desktop.run("fetch")


def main() -> int:
    if lacking := desktops.missing():
        print(f"missing: {', '.join(lacking)}; scripts/test installs them", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, world.served() as stand_ins, desktops.shown(Path(folder)) as desktop:
        set_up(desktop, stand_ins)
        desktop.tray_host()
        return 0 if measured(desktop) else 1


if __name__ == "__main__":
    sys.exit(main())
