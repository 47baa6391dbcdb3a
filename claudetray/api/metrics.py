"""Numbers for Prometheus. Source: its text exposition format, version 0.0.4."""

from collections.abc import Iterable
from datetime import UTC, datetime

from aiohttp import web

from claudetray.api.desk import Desk
from claudetray.core.analytics import AnalyticsQuery, Share
from claudetray.core.health import Health
from claudetray.core.json_values import plain
from claudetray.core.rates import dollars
from claudetray.core.status import Status

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
EVER = AnalyticsQuery(since=datetime(1970, 1, 1, tzinfo=UTC), until=datetime(3000, 1, 1, tzinfo=UTC))


async def metrics(request: web.Request, desk: Desk) -> web.StreamResponse:
    await desk.settled()
    shares = await desk.kept.analytics.by_model(EVER)
    lines = [*_usage(shares), *_balance(await desk.kept.board.status())]
    lines += _metric("claudetray_calls_under_way", "gauge", "Calls that are under way.", [("", desk.under_way())])
    lines += _metric("claudetray_info", "gauge", "This program.", [(_labels(version=desk.version), 1)])
    return web.Response(body="".join(lines).encode(), headers={"Content-Type": CONTENT_TYPE})


def _usage(shares: Iterable[Share]) -> list[str]:
    listed = [(_labels(model=share.name or ""), share.sums) for share in shares]
    kinds = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
    costs = [(labels, plain(dollars(sums.cost_pico))) for labels, sums in listed]
    tokens = [
        (_labels(model=share.name or "", kind=kind), getattr(share.sums, f"{kind}_tokens"))
        for share in shares
        for kind in kinds
    ]
    return [
        *_metric("claudetray_calls_total", "counter", "Calls on record.", [(at, sums.calls) for at, sums in listed]),
        *_metric("claudetray_calls_failed_total", "counter", "Failed calls.", [(at, s.failed) for at, s in listed]),
        *_metric(
            "claudetray_calls_unpriced_total",
            "counter",
            "Calls without a price.",
            [(at, s.unpriced) for at, s in listed],
        ),
        *_metric("claudetray_cost_usd_total", "counter", "What the priced calls cost.", costs),
        *_metric("claudetray_tokens_total", "counter", "Tokens, by kind.", tokens),
    ]


def _balance(status: Status) -> list[str]:
    lines = _metric(
        "claudetray_health",
        "gauge",
        "1 for the health that holds.",
        [(_labels(health=health), int(status.health is health)) for health in Health],
    )
    if status.left is not None and status.reading is not None:
        age = int((status.now - status.reading.taken_at).total_seconds())
        labels = _labels(currency=status.left.currency)
        lines += _metric("claudetray_balance", "gauge", "Credit that is left.", [(labels, plain(status.left.amount))])
        lines += _metric("claudetray_balance_age_seconds", "gauge", "Since it was read.", [("", age)])
    return lines


def _metric(name: str, kind: str, help: str, values: Iterable[tuple[str, object]]) -> list[str]:
    return [f"# HELP {name} {help}\n# TYPE {name} {kind}\n", *(f"{name}{labels} {value}\n" for labels, value in values)]


def _labels(**labels: str) -> str:
    escaped = (
        (name, value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')) for name, value in labels.items()
    )
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped) + "}"
