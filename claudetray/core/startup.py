"""Starting with the session, as a face may ask for it."""

from typing import Protocol


class StartsWithSession(Protocol):
    """The operating system keeps whether it does, so that its own settings and ours agree."""

    def on(self) -> bool:
        """Does claudetray start with the session?"""

    def switch(self, on: bool) -> None:
        """Raises: StartupFailed."""

    def mend(self) -> None:
        """After an update or a move: where it is on for this home, it starts this program. Raises: StartupFailed."""
