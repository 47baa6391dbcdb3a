"""Sums over the local API, from the roll-ups: they cost the same at ten thousand calls and at ten million."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from claudetray.api import questions
from claudetray.api.desk import Desk
from claudetray.api.endpoint import queried, said
from claudetray.api.shapes import AnalyticsFilters
from claudetray.core import usage_contract
from claudetray.core.analytics import AnalyticsQuery, Share
from claudetray.core.times import rfc3339


class Asked:
    """One question: the range and the filters, and the zone in which days are counted."""

    def __init__(self, query: AnalyticsQuery, tz: str | None) -> None:
        self.query, self.zone = query, questions.zone(tz)

    @classmethod
    async def of(cls, request: web.Request, desk: Desk) -> "Asked":
        asked = queried(request, AnalyticsFilters)
        await desk.settled()
        return cls(questions.analytics(asked, desk.clock()), asked.tz)

    def said(self, **values: Any) -> web.Response:
        """The answer, with the range that it is about."""
        range = {"from": rfc3339(self.query.since), "to": rfc3339(self.query.until), "tz": str(self.zone)}
        return said({**range, **values})


async def summary(request: web.Request, desk: Desk) -> web.StreamResponse:
    asked = await Asked.of(request, desk)
    return asked.said(**usage_contract.sums(await desk.kept.analytics.summary(asked.query)))


async def daily(request: web.Request, desk: Desk) -> web.StreamResponse:
    asked = await Asked.of(request, desk)
    days = await desk.kept.analytics.daily(asked.query, asked.zone)
    items = [{"date": day.date.isoformat(), **usage_contract.sums(day.sums)} for day in days]
    return asked.said(items=items, next_cursor=None)


async def by_model(request: web.Request, desk: Desk) -> web.StreamResponse:
    asked = await Asked.of(request, desk)
    return asked.said(items=_shares("model", await desk.kept.analytics.by_model(asked.query)), next_cursor=None)


async def by_tag(request: web.Request, desk: Desk) -> web.StreamResponse:
    """A call with several tags counts in each, so shares may come to more than one."""
    asked = await Asked.of(request, desk)
    total = await desk.kept.analytics.summary(asked.query)
    shares = await desk.kept.analytics.by_tag(asked.query)
    return asked.said(items=_shares("tag", shares, total.cost_pico), next_cursor=None)


async def by_client(request: web.Request, desk: Desk) -> web.StreamResponse:
    asked = await Asked.of(request, desk)
    return asked.said(items=_shares("client", await desk.kept.analytics.by_client(asked.query)), next_cursor=None)


async def heatmap(request: web.Request, desk: Desk) -> web.StreamResponse:
    asked = await Asked.of(request, desk)
    cells = await desk.kept.analytics.heatmap(asked.query, asked.zone)
    items = [{"weekday": cell.weekday, "hour": cell.hour, **usage_contract.sums(cell.sums)} for cell in cells]
    return asked.said(items=items, next_cursor=None)


def _shares(name: str, shares: Iterable[Share], total: int | None = None) -> list[dict[str, Any]]:
    listed = list(shares)
    whole = sum(share.sums.cost_pico for share in listed) if total is None else total
    return [
        {
            name: share.name,
            "share": round(share.sums.cost_pico / whole, 6) if whole else 0.0,
            **usage_contract.sums(share.sums),
        }
        for share in listed
    ]
