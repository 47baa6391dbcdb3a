import subprocess
import sys
from pathlib import Path

from claudetray.desktop.monitor_lock import MonitorLock

HOLDER = """
import sys
from pathlib import Path
from claudetray.desktop.monitor_lock import MonitorLock
lock = MonitorLock(Path(sys.argv[1])); lock.acquire(); print("held", flush=True); sys.stdin.read()
"""


def test_one_monitor_a_home_even_after_its_holder_was_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == b"held\n"
    lock = MonitorLock(tmp_path)
    assert lock.taken()
    assert not lock.acquire(patience_s=0)
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    assert not lock.taken()
    assert lock.acquire()
    lock.release()


def test_homes_do_not_know_of_each_other(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    lock = MonitorLock(one)
    assert lock.acquire()
    assert not MonitorLock(other).taken()
    lock.release()
