"""Two hundred looks with failures on both ways, in a real web engine: what is left behind, what is lost, what it takes.

    scripts/benchmark            (needs what scripts/test installs)

Prints a line a figure with its bound, and exits 1 when one is missed.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
from claudetray import app, assembly, paths
from claudetray.core.look import Trigger
from claudetray.demo import world
from claudetray.demo.console import Mood
from claudetray.demo.world import World
from claudetray.desktop.login_helper import LoginHelper
from claudetray.services.parts import Parts
from claudetray.store import keys

LOOKS = 200
MOODS = (Mood.FINE, Mood.FINE, Mood.CHALLENGE_PLAIN, Mood.TRUNCATED, Mood.RESET, Mood.HTML, Mood.EXPIRED, Mood.BUSY)
ENGINE = {
    "QTWEBENGINE_DISABLE_SANDBOX": "1",
    "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
    "QT_QPA_PLATFORM": "offscreen",
}


class Watch:
    """Looks at this process's children all the while: their memory, and whether a secret shows in /proc."""

    def __init__(self, stand_ins: World) -> None:
        self._stand_ins, self._over = stand_ins, threading.Event()
        self.peak, self.shown = 0, 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            held = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    held += process.memory_full_info().pss
                    told = (*process.cmdline(), *process.environ().values())
                    self.shown += any("sk-ant-sid01" in word for word in told)
                except psutil.Error:
                    continue
            self.peak = max(self.peak, held)


async def looked(parts: Parts, stand_ins: World) -> tuple[list[float], int, int]:
    """Seconds of each look through the page, sessions lost, looks that failed."""
    chance = random.Random(3)
    console = stand_ins.console
    await parts.preferences.keep("console.page_looks_per_day", str(LOOKS))
    await parts.connection.keep(parts.connection.understood(stand_ins.snippet()))
    took, lost, failed = [], 0, 0
    for number in range(LOOKS):
        console.mood = Mood.CHALLENGE_PLAIN if chance.random() < 0.25 else Mood.FINE
        console.moods = [chance.choice(MOODS) for _ in range(chance.randint(0, 3))]
        console.retry_after = "0"
        stand_ins.sign_in.renews = chance.random() < 0.3
        console.renew_to = f"sk-ant-sid01-made-up-renewal-{number:04}" if chance.random() < 0.3 else None
        began = time.monotonic()
        outcome = await parts.refresher.look(Trigger.SCHEDULE)
        failed += outcome.error is not None
        if outcome.reading is not None and outcome.reading.source == "console_page":
            took.append(time.monotonic() - began)
        lost += (await parts.kept.request.now()).session_key != console.session
    console.mood, console.moods = Mood.FINE, []
    lost += (await parts.refresher.look(Trigger.SCHEDULE)).error is not None
    return took, lost, failed


async def measured(home: Path, stand_ins: World) -> bool:
    environ = {"CLAUDETRAY_VAULT_KEY": keys.made(), "CLAUDETRAY_CONSOLE_URL": stand_ins.url}
    helper = LoginHelper(paths.command(), paths.helper_environ({**os.environ, **ENGINE}))
    watch = Watch(stand_ins)
    with app.kept_opened(app.prepared(home, on_screen=False), environ) as kept:
        async with assembly.parts_opened(kept, environ, [], helper, app.clock) as parts:
            took, lost, failed = await looked(parts, stand_ins)
    watch.stop()
    left = [p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
    planted = in_clear(home)
    print(f"looks           {LOOKS + 1}, of them {failed} failed and {len(took)} went through the page")
    print(f"page look       {statistics.median(took):.2f} s in the median, {max(took):.2f} s at most   bound 45 s")
    print(f"helper memory   {watch.peak / 2**20:.0f} MiB at most (PSS, all its processes)   bound 1536 MiB")
    print(f"helpers left    {len(left)}   bound 0")
    print(f"sessions lost   {lost}   bound 0")
    print(f"in clear        {planted} files, {watch.shown} sights in /proc   bound 0")
    return not left and not lost and not planted and not watch.shown and max(took) < 45


def in_clear(home: Path) -> int:
    """How many files of the home hold a session."""
    return sum(b"sk-ant-sid01" in file.read_bytes() for file in home.rglob("*") if file.is_file())


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, world.served() as stand_ins:
        return 0 if asyncio.run(measured(Path(folder), stand_ins)) else 1


if __name__ == "__main__":
    sys.exit(main())
