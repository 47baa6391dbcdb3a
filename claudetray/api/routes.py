"""Every endpoint of the local API, in one table."""

from aiohttp import web

from claudetray.api import analytics, metrics, runway, runway_shapes, shapes, state, tags, usage
from claudetray.api.desk import Desk
from claudetray.api.endpoint import Answer, Endpoint
from claudetray.api.events import Listeners
from claudetray.api.gate import Gate, Handler, refused
from claudetray.services.exporting import FORMATS

_EXPORTS = tuple(kind.partition(";")[0] for kind in FORMATS.values())
_IMPORTS = {
    "application/json": {"type": ["array", "object"]},
    "application/x-ndjson": {},
    "text/csv": {"type": "string", "pattern": r"^([a-z_]+,)*model(,[a-z_]+)*(\n[^\x00\r\n\"]*)*$"},
}


REFUSED = {409: "It cannot be so; the sentence says why."}
_RUNWAY = (
    Endpoint(
        method="GET",
        path="/api/forecast",
        summary="When the money ends.",
        answer=runway.forecast,
        gives=runway_shapes.ForecastShape,
    ),
    Endpoint(
        method="GET",
        path="/api/ledger",
        summary="The history of the balance, and what moved it; newest first.",
        answer=runway.ledger,
        query=runway_shapes.LedgerFilters,
        gives=runway_shapes.Ledger,
    ),
    Endpoint(
        method="POST",
        path="/api/balance",
        summary="Set the balance by hand.",
        answer=runway.set_balance,
        body=runway_shapes.BalanceEntry,
        gives=shapes.Status,
        refusals=REFUSED,
    ),
    Endpoint(
        method="POST",
        path="/api/balance/topup",
        summary="So much was bought.",
        answer=runway.top_up,
        body=runway_shapes.TopUpEntry,
        gives=shapes.Status,
        refusals=REFUSED,
    ),
    Endpoint(
        method="POST",
        path="/api/balance/correct",
        summary="The balance before was wrong: so much is left.",
        answer=runway.correct,
        body=runway_shapes.TopUpEntry,
        gives=shapes.Status,
        refusals=REFUSED,
    ),
    Endpoint(
        method="GET",
        path="/api/budgets",
        summary="Budgets, and what is spent of them.",
        answer=runway.budgets,
        gives=runway_shapes.Budgets,
    ),
    Endpoint(
        method="POST",
        path="/api/budgets",
        summary="Add a budget, or replace the one of its name.",
        answer=runway.add_budget,
        body=runway_shapes.BudgetEntry,
        gives=runway_shapes.BudgetShape,
        status=201,
        refusals=REFUSED,
    ),
    Endpoint(
        method="PUT",
        path="/api/budgets/{id}",
        summary="Change a budget.",
        answer=runway.change_budget,
        body=runway_shapes.BudgetEntry,
        gives=runway_shapes.BudgetShape,
        ids=True,
        refusals=REFUSED,
    ),
    Endpoint(
        method="DELETE",
        path="/api/budgets/{id}",
        summary="Delete a budget.",
        answer=runway.delete_budget,
        gives=shapes.Deleted,
        ids=True,
    ),
    Endpoint(
        method="POST",
        path="/api/budgets/{id}/lift",
        summary="Lift a hard stop until the period ends.",
        answer=runway.lift,
        body=runway_shapes.BudgetLift,
        gives=runway_shapes.BudgetShape,
        ids=True,
    ),
    Endpoint(
        method="GET",
        path="/api/rules",
        summary="What raises an alert, and where it goes.",
        answer=runway.rules,
        gives=runway_shapes.AlertRules,
    ),
    Endpoint(
        method="PUT",
        path="/api/rules",
        summary="Change a rule of the alerts.",
        answer=runway.change_rule,
        body=runway_shapes.RuleChange,
        gives=runway_shapes.AlertRuleShape,
        refusals=REFUSED,
    ),
    Endpoint(
        method="POST",
        path="/api/alerts/ack",
        summary="Acknowledge alerts (without `ids`: all of them).",
        answer=runway.acknowledge,
        body=runway_shapes.AlertsSeen,
        gives=runway_shapes.Acknowledged,
    ),
    Endpoint(
        method="GET",
        path="/api/advice",
        summary="What the records of 30 days suggest.",
        answer=runway.advice,
        gives=runway_shapes.Recommendations,
    ),
)


def endpoints(events: Answer) -> tuple[Endpoint, ...]:
    """The table; `events` answers whoever listens. Everything else under `/api` is not found."""
    ask, filters = shapes.AnalyticsFilters, "/api/analytics"
    zone = {404: "There is no such time zone."}
    return (
        Endpoint(method="GET", path="/api/health", summary="Does it run?", answer=state.health, gives=shapes.Health),
        Endpoint(
            method="GET",
            path="/api/status",
            summary="What is known now.",
            answer=state.status,
            gives=shapes.Status,
        ),
        Endpoint(
            method="GET",
            path="/api/usage",
            summary="Records, newest first; search, filters, pages.",
            answer=usage.page,
            query=shapes.UsageList,
            gives=shapes.Records,
            refusals={404: "The cursor belongs to no such list."},
        ),
        Endpoint(
            method="POST",
            path="/api/usage",
            summary="Enter a call by hand.",
            answer=usage.add,
            body=shapes.UsageEntry,
            gives=shapes.Record,
            status=201,
        ),
        Endpoint(
            method="DELETE",
            path="/api/usage",
            summary="Delete the records of a query, and their sums.",
            answer=usage.delete,
            query=shapes.UsageDeletion,
            gives=shapes.Deleted,
            refusals={409: "No filter is named, and not `all=true`."},
        ),
        Endpoint(
            method="GET", path="/api/usage/{id}", summary="One record.", answer=usage.one, gives=shapes.Record, ids=True
        ),
        Endpoint(
            method="DELETE",
            path="/api/usage/{id}",
            summary="Delete one record, and what it added to the sums.",
            answer=usage.delete_one,
            gives=shapes.Deleted,
            ids=True,
        ),
        Endpoint(
            method="PUT",
            path="/api/usage/{id}/tags",
            summary="Give a call tags by hand, or take them away.",
            answer=usage.tag,
            body=shapes.TagsByHand,
            gives=shapes.Record,
            ids=True,
        ),
        Endpoint(
            method="GET",
            path="/api/usage/{id}/bodies",
            summary="What was asked and answered, where that is kept.",
            answer=usage.bodies,
            gives=shapes.BodiesShape,
            ids=True,
        ),
        Endpoint(
            method="GET",
            path=f"{filters}/summary",
            summary="Sums of a range.",
            answer=analytics.summary,
            query=ask,
            gives=shapes.Summary,
            refusals=zone,
        ),
        Endpoint(
            method="GET",
            path=f"{filters}/daily",
            summary="Sums by local day.",
            answer=analytics.daily,
            query=ask,
            gives=shapes.Days,
            refusals=zone,
        ),
        Endpoint(
            method="GET",
            path=f"{filters}/by-model",
            summary="Sums by model.",
            answer=analytics.by_model,
            query=ask,
            gives=shapes.ByModel,
            refusals=zone,
        ),
        Endpoint(
            method="GET",
            path=f"{filters}/by-tag",
            summary="Sums by tag; a call counts in each of its tags.",
            answer=analytics.by_tag,
            query=ask,
            gives=shapes.ByTag,
            refusals=zone,
        ),
        Endpoint(
            method="GET",
            path=f"{filters}/by-client",
            summary="Sums by client.",
            answer=analytics.by_client,
            query=ask,
            gives=shapes.ByClient,
            refusals=zone,
        ),
        Endpoint(
            method="GET",
            path=f"{filters}/heatmap",
            summary="Sums by local weekday and hour.",
            answer=analytics.heatmap,
            query=ask,
            gives=shapes.Heat,
            refusals=zone,
        ),
        Endpoint(method="GET", path="/api/tags", summary="Tags and rules.", answer=tags.all_, gives=shapes.Tags),
        Endpoint(
            method="POST",
            path="/api/tags",
            summary="Add a tag.",
            answer=tags.add,
            body=shapes.TagEntry,
            gives=shapes.TagShape,
            status=201,
        ),
        Endpoint(
            method="POST",
            path="/api/tags/trial",
            summary="Try rules out on the latest calls; nothing is kept.",
            answer=tags.trial,
            body=shapes.TagTrial,
            gives=shapes.Trial,
        ),
        Endpoint(
            method="PUT",
            path="/api/tags/{id}",
            summary="Change a tag.",
            answer=tags.change,
            body=shapes.TagEntry,
            gives=shapes.TagShape,
            ids=True,
        ),
        Endpoint(
            method="DELETE",
            path="/api/tags/{id}",
            summary="Delete a tag; the calls stay.",
            answer=tags.delete,
            gives=shapes.Deleted,
            ids=True,
        ),
        Endpoint(
            method="GET",
            path="/api/export",
            summary="Records, oldest first, streamed.",
            answer=usage.export,
            query=shapes.ExportFilters,
            gives_media=_EXPORTS,
        ),
        Endpoint(
            method="POST",
            path="/api/import",
            summary="Records from CSV, JSON or JSON lines; doing it twice changes nothing.",
            answer=usage.import_,
            takes_media=_IMPORTS,
            gives=shapes.Imported,
        ),
        *_RUNWAY,
        Endpoint(
            method="GET",
            path="/api/alerts",
            summary="The latest alerts, and where they got to.",
            answer=state.alerts,
            query=shapes.AlertFilters,
            gives=shapes.Alerts,
        ),
        Endpoint(
            method="POST",
            path="/api/fetch",
            summary="Look at the balance now.",
            answer=state.fetch,
            gives=shapes.Fetched,
            refusals={409: "Not set up.", 502: "The look failed."},
        ),
        Endpoint(
            method="GET",
            path="/api/events",
            summary="Live events: `status` and `usage`.",
            answer=events,
            gives_media=("text/event-stream",),
        ),
        Endpoint(
            method="POST",
            path="/api/monitor/release",
            summary="Leave monitoring to another process of this home.",
            answer=state.release_monitor,
            gives=shapes.Released,
        ),
        Endpoint(
            method="POST",
            path="/api/proxy",
            summary="As POST /v1/messages of the Claude API, with the key that claudetray keeps.",
            answer=_proxy,
            takes_media={"application/json": {}},
            gives_media=("application/json", "text/event-stream"),
            refusals={409: "No key is kept.", 502: "The upstream cannot be reached."},
        ),
        Endpoint(
            method="GET",
            path="/metrics",
            summary="Numbers for Prometheus.",
            answer=metrics.metrics,
            gives_media=("text/plain",),
        ),
    )


def routes(desk: Desk, gate: Gate, listeners: Listeners) -> list[web.RouteDef]:
    """The routes, each behind the gate; what is not in the table is refused there, and never passed on."""
    table = endpoints(listeners.events)
    answers = [(endpoint.method, endpoint.path, _bound(endpoint, desk)) for endpoint in table]
    answers.append(("GET", "/api/openapi.json", lambda request: _described(request, table, desk)))
    made = [web.route(method, path, gate.guarded(answer)) for method, path, answer in answers]
    for path in dict.fromkeys(path for _, path, _ in answers):
        allowed = sorted(method for method, known, _ in answers if known == path)
        made.append(web.route("*", path, gate.guarded(_not_allowed(allowed))))
    made.append(web.route("*", r"/api{rest:(?:/[\s\S]*)?}", gate.guarded(_not_found)))
    return made


def _bound(endpoint: Endpoint, desk: Desk) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await endpoint.answer(request, desk)

    return answer


def _not_allowed(allowed: list[str]) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        names = ", ".join(allowed)
        return refused(405, "not_allowed", "Not this way", f"This path knows {names}.", {"Allow": names})

    return answer


async def _not_found(request: web.Request) -> web.StreamResponse:
    return refused(404, "not_found", "There is no such path", "docs/api.md lists the paths of the local API.")


async def _described(request: web.Request, table: tuple[Endpoint, ...], desk: Desk) -> web.StreamResponse:
    from claudetray.api.openapi import described  # nobody else needs it

    return web.json_response(described(table, desk.version))


async def _proxy(request: web.Request, desk: Desk) -> web.StreamResponse:
    return await desk.pass_on(request)
