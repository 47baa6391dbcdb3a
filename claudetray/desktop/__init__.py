"""The operating system: notifications, the display, one monitor per home."""
