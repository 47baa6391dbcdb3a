"""The builds against their budgets: sizes, and the start to the icon as a ratio to running from source in the same run.

    python -m benchmarks.packages FROZEN LITE      (as `scripts/test-packages` leaves them in build/linux/frozen)

Prints a line a figure with its bound, and exits 1 when one is missed. Packing takes some minutes.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.tray import ended, set_up, started
from claudetray.demo import world
from tests.whole import desktop as desktops

RUNS = 5
MB = 1_000_000
START_BOUND = 2.0
BOUNDS = {"unpacked": 460, "packed": 140, "lite, packed": 70}  # MB


def unpacked(folder: Path) -> float:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir()) / MB


def packed(folder: Path) -> float:
    """As packaging/linux/build does it."""
    with tempfile.TemporaryFile() as file:
        made = subprocess.Popen(
            ["tar", "--create", "--sort=name", f"--directory={folder}", "."], stdout=subprocess.PIPE
        )
        subprocess.run(["xz", "-6", "--threads=0"], stdin=made.stdout, stdout=file, check=True)
        made.wait()
        return file.tell() / MB


def start(frozen: Path) -> tuple[float, float]:
    """Seconds to the icon, in the median: frozen, and from source."""
    commands = {"frozen": (str(frozen / "claudetray"),), "source": (sys.executable, "-m", "claudetray")}
    seen: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder, world.served() as served, desktops.shown(Path(folder)) as desktop:
        set_up(desktop, served)
        desktop.tray_host()
        for run in range(RUNS + 1):  # the first warms the file cache
            for name, command in commands.items():
                process, seconds = started(desktop, (*command, "--minimized"))
                ended(process)
                if run:
                    seen[name].append(seconds)
    return statistics.median(seen["frozen"]), statistics.median(seen["source"])


def main(frozen: Path, lite: Path) -> int:
    from_frozen, from_source = start(frozen)
    sizes = {"unpacked": unpacked(frozen), "packed": packed(frozen), "lite, packed": packed(lite)}
    print(f"start to icon   {from_frozen / from_source:.2f} × source ({from_source:.2f} s)   bound {START_BOUND} ×")
    for name, size in sizes.items():
        print(f"{name:<15} {size:.1f} MB   bound {BOUNDS[name]} MB")
    return 0 if from_frozen <= START_BOUND * from_source and all(sizes[n] <= BOUNDS[n] for n in BOUNDS) else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
