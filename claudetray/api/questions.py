"""Query parameters turned into what the store is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal import get_localzone

from claudetray.api.shapes import AnalyticsFilters, UsageFilters
from claudetray.core.analytics import AnalyticsQuery
from claudetray.core.errors import NotFound
from claudetray.core.usage import UsageQuery

HOUR = timedelta(hours=1)
RANGE = timedelta(days=30)
LONGEST = timedelta(days=3660)
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def usage(asked: UsageFilters) -> UsageQuery:
    return UsageQuery(
        search=asked.q,
        since=asked.from_,
        until=asked.to,
        model=asked.model,
        client=asked.client,
        tag=asked.tag,
        origin=asked.origin,
        state=asked.state,
        status=asked.status,
        session=asked.session,
        project=asked.project,
        request_id=asked.request_id,
        unpriced=None if asked.unpriced is None else asked.unpriced == "true",
    )


def narrows(query: UsageQuery) -> bool:
    """Does it ask for less than everything? A search without a letter or a digit does not."""
    words = any(character.isalnum() for character in query.search)
    return replace(query, search="") != UsageQuery() or words


def analytics(asked: AnalyticsFilters, now: datetime) -> AnalyticsQuery:
    """The range in whole hours: the first hour is taken whole, and so is the last. Ten years at most, the last ones."""
    until = min(max(asked.to or now, FIRST + RANGE), LAST)
    until = _hour(until) if _hour(until) == until else _hour(until) + HOUR
    since = _hour(min(max(asked.from_ or until - RANGE, until - LONGEST, FIRST), until))
    return AnalyticsQuery(
        since=since,
        until=until,
        model=asked.model,
        client=asked.client,
        tag=asked.tag,
        origin=asked.origin,
    )


def zone(name: str | None) -> ZoneInfo:
    """The zone of that name, or this machine's. Raises: NotFound when there is none."""
    try:
        return ZoneInfo(name or str(get_localzone()))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NotFound("There is no time zone of that name; one is Europe/Berlin.") from error


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
