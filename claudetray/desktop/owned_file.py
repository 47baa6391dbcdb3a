"""Files that are their owner's alone."""

import os
from pathlib import Path


def write_owned(file: Path, text: str) -> None:
    """Whole or not at all, readable by its owner alone from the first byte on. Raises: OSError."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as opened:
            opened.write(text)
        os.replace(draft, file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
