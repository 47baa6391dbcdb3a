"""Helpers that nobody is to see."""

import subprocess
import sys
from typing import Any


def unseen() -> dict[str, Any]:
    """How to start a helper, for `subprocess` and asyncio: on Windows without the console that flashes up otherwise."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {}
