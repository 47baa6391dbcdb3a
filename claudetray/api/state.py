"""What is known now, over the local API: health, status, alerts; a look."""

from aiohttp import web

from claudetray.api.desk import Desk
from claudetray.api.endpoint import queried, said
from claudetray.api.shapes import AlertFilters
from claudetray.core import contract, json_values
from claudetray.core.look import Trigger
from claudetray.services.look_now import looked


async def health(request: web.Request, desk: Desk) -> web.StreamResponse:
    return said(
        {
            "ok": True,
            "version": desk.version,
            "pid": desk.pid,
            "upstream": desk.upstream,
            "under_way": desk.under_way(),
            "waiting": desk.waiting(),
            "monitored": desk.monitored(),
        }
    )


async def status(request: web.Request, desk: Desk) -> web.StreamResponse:
    await desk.settled()  # the live balance counts the call that somebody has just made
    return said(contract.status(await desk.kept.board.status(), desk.monitored()))


async def alerts(request: web.Request, desk: Desk) -> web.StreamResponse:
    limit = queried(request, AlertFilters).limit
    items = [contract.alert(alert, deliveries) for alert, deliveries in await desk.kept.alerts.latest(limit)]
    return said({"items": items, "next_cursor": None})


async def fetch(request: web.Request, desk: Desk) -> web.StreamResponse:
    """Look now. A look that fails is told as the error that it is."""
    outcome, next_at = await looked(await desk.parts(), Trigger.ASKED)
    if outcome.error is not None:
        raise outcome.error
    shown = contract.reading(outcome.reading)
    return said({"ok": True, **shown, "next_fetch_at": json_values.time(next_at), "reason": outcome.next_look.reason})


async def release_monitor(request: web.Request, desk: Desk) -> web.StreamResponse:
    """A tray has come, and monitors from here on."""
    return said({"ok": True, "released": await desk.release_monitor()})
