"""Why claudetray does not start, said where a person can see it."""

import sys

ERROR_BOX = 0x10  # MB_ICONERROR, winuser.h


def say(sentence: str) -> None:
    """On standard error; on Windows in a box, where the program has no console and so no standard error."""
    if sys.stderr is not None:
        sys.stderr.write(f"{sentence}\n")
    elif sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, sentence, "claudetray", ERROR_BOX)
