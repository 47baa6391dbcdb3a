"""The time zone of this machine: days, weeks and quiet hours are the person's."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal import get_localzone


def local_zone() -> tzinfo:
    """UTC where the system's zone has no name that is known here."""
    try:
        return ZoneInfo(str(get_localzone()))
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
