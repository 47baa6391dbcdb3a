import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from claudetray.console_login.watchdog import Watchdog, memory
from claudetray.core.browser import MIB, Limits

AMPLE = Limits(timedelta(hours=1), 1 << 40)


def watched(limits: Limits) -> list[str]:
    """What it says before it ends this process, which it may not here."""
    said: list[str] = []
    over = threading.Event()
    watchdog = Watchdog(limits, said.append, over.set, every_s=0.01)
    watchdog.start()
    over.wait(0.5 if limits is AMPLE else 20)
    watchdog.stop()
    return said


def test_it_ends_what_takes_too_long() -> None:
    assert watched(Limits(timedelta(milliseconds=50), 1 << 40)) == ["It took too long."]


def test_it_ends_what_takes_too_much_memory() -> None:
    assert watched(Limits(timedelta(hours=1), MIB)) == ["The web page took more than 1 MiB of memory."]


def test_it_leaves_the_rest_alone() -> None:
    assert watched(AMPLE) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe that a child waits on")
def test_the_memory_of_children_counts() -> None:
    before = memory()
    program = (
        "import sys; held = bytearray(64 << 20); held[::4096] = b'x' * len(held[::4096]); print(flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert memory() - before > 60 * MIB
        child.communicate(os.linesep.encode())
