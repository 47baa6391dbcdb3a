"""`claudetray doctor`: a redacted diagnosis, fit to be attached to a report."""

import platform
import sqlite3
import sys
from importlib import metadata
from typing import Any

import click

from claudetray import __version__
from claudetray.cli import context
from claudetray.core import contract, json_values
from claudetray.core.errors import ClaudetrayError
from claudetray.core.redaction import redacted
from claudetray.core.settings import DECLARED
from claudetray.services.parts import Parts

LIBRARIES = (
    "PySide6",
    "qasync",
    "httpx",
    "aiohttp",
    "peewee",
    "APScheduler",
    "keyring",
    "cryptography",
    "desktop-notifier",
    "genai-prices",
    "google-re2",
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--self-test", "tests", is_flag=True, help="Try every part of this installation once, and change nothing."
)
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, tests: bool) -> None:
    """A redacted diagnosis: versions, what is set up, what the last looks brought."""
    if tests:
        _self_test(ctx.find_root().obj, as_json)
        return
    findings = context.run(ctx, _findings, "doctor" if as_json else None)
    if as_json:
        context.say_json("doctor", **findings)
        return
    for part, facts in findings.items():
        context.say(f"{part}:")
        for item in facts if isinstance(facts, list) else facts.items():
            line = f"{item[0]}: {item[1]}" if isinstance(item, tuple) else str(item)
            context.say(redacted(f"  {line}"))


def _self_test(launcher: context.Launcher, as_json: bool) -> None:
    """A line for each part; ends with exit code 1 at the first that does not work."""
    lines: list[context.SelfTested] = []

    def heard(line: context.SelfTested) -> None:
        lines.append(line)
        if not as_json:
            mark = "ok    " if line.good else "FAILED"
            context.say(redacted(f"{mark}  {line.part:<14} {line.word} ({line.seconds:.1f} s)"))

    works = launcher.self_test(heard)
    if as_json:
        parts = [{"part": line.part, "ok": line.good, "word": redacted(line.word)} for line in lines]
        context.say_json("self-test", ok=works, version=__version__, parts=parts)
    if not works:
        sys.exit(context.FAILED)


async def _findings(parts: Parts) -> dict[str, Any]:
    status = await parts.board.status()
    await parts.vault.ready()
    alerts = await parts.alerts.latest(5)
    return {
        "versions": {
            "claudetray": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            "sqlite": sqlite3.sqlite_version,
            "frozen": bool(getattr(sys, "frozen", False)),
            **{name: _version(name) for name in LIBRARIES},
        },
        "store": {"check": await _checked(parts), "monitored": parts.monitored()},
        "vault": {"lasting": parts.vault.lasting, "why_not": parts.vault.why, "request": await _request(parts)},
        "settings": {setting.key: await parts.preferences.shown(setting.key) for setting in DECLARED},
        "thresholds": [f"{row.at:f}={row.minutes}" for row in status.thresholds],
        "status": {
            "health": status.health,
            "condition": status.condition,
            "balance_known": status.left is not None,
            "taken_at": json_values.time(status.reading.taken_at) if status.reading else None,
            "next_look_at": json_values.time(status.plan.next_look_at),
            "reason": status.plan.reason,
        },
        "session": {**contract.session(status), "organization": None},
        "proxy": await _proxy(parts),
        "looks": [
            f"{json_values.time(look.started_at)} {look.trigger} {look.took.total_seconds():.1f} s "
            + (f"{look.failure.kind}: {look.failure.message} {look.failure.sample}" if look.failure else "reading")
            for look in status.looks[:10]
        ],
        "alerts": [
            f"{json_values.time(alert.raised_at)} {alert.kind} "
            + ", ".join(f"{way.channel} {way.state} after {way.tries} failed tries" for way in deliveries)
            for alert, deliveries in alerts
        ],
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not found"


async def _proxy(parts: Parts) -> dict[str, Any]:
    serving = parts.serving()
    unpriced = await parts.kept.usage.unpriced_models()
    return {
        "serving": f"{serving.url}, process {serving.pid}, {serving.version}" if serving else "no",
        "calls_on_record": await parts.kept.usage.count(),
        "unpriced_models": ", ".join(f"{model} ({calls})" for model, calls in unpriced[:20]) or "none",
        "tags": len(await parts.kept.tags.all()),
        "prices_of_yours": len(await parts.kept.prices.all()),
    }


async def _checked(parts: Parts) -> str:
    try:
        return await parts.kept.database.checked()
    except ClaudetrayError as error:
        return error.message


async def _request(parts: Parts) -> str:
    """What can be said of the kept request without showing it."""
    try:
        asking = await parts.connection.asking()
    except ClaudetrayError as error:
        return error.message
    request = asking.request
    names = ", ".join(cookie.name for cookie in request.cookies)
    return f"{request.host}, {len(request.headers)} headers, cookies {names}"
