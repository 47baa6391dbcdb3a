"""Query parameters turned into what the store is asked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tzlocal import get_localzone

from claudetray.api.shapes import AnalyticsFilters, UsageFilters
from claudetray.core.analytics import AnalyticsQuery
from claudetray.core.usage import UsageQuery

HOUR = timedelta(hours=1)
RANGE = timedelta(days=30)


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


def analytics(asked: AnalyticsFilters, now: datetime) -> AnalyticsQuery:
    """The range in whole hours: the first hour is taken whole, and so is the last."""
    until = asked.to or now
    since = asked.from_ or until - RANGE
    return AnalyticsQuery(
        since=_hour(since),
        until=_hour(until) if _hour(until) == until else _hour(until) + HOUR,
        model=asked.model,
        client=asked.client,
        tag=asked.tag,
        origin=asked.origin,
    )


def zone(name: str | None) -> ZoneInfo:
    """The zone of that name (it was checked), or this machine's."""
    return ZoneInfo(name) if name else ZoneInfo(str(get_localzone()))


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
