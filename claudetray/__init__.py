"""claudetray: how much AI credit is left, in the system tray."""

__version__ = "0.1.0"
