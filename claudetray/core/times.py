"""Times at the borders: epoch milliseconds on disk, RFC 3339 in JSON, aware UTC in between."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_millis(at: datetime) -> int:
    """Epoch milliseconds, as times are stored. Raises: TypeError on a naive time."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def from_millis(millis: int) -> datetime:
    """The aware UTC time of epoch milliseconds."""
    return EPOCH + timedelta(milliseconds=millis)


def rfc3339(at: datetime) -> str:
    """As times are written in JSON: UTC, to the second, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def rfc3339_millis(at: datetime) -> str:
    """As the times of calls are written in JSON: UTC, to the millisecond, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_rfc3339(text: str) -> datetime:
    """The aware UTC time of an RFC 3339 text; one without an offset is taken as UTC.

    Raises: ValueError when it is not a time.
    """
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def midnight(day: date, tz: tzinfo) -> datetime:
    """When a local day begins, in UTC: two times of one zone would be subtracted as if clocks never changed."""
    return datetime.combine(day, time(), tz).astimezone(UTC)
