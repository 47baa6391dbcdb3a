"""A redacted diagnosis, fit to be attached to a report."""

import asyncio
import platform
import re
import sqlite3
import sys
from collections.abc import Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from claudetray import __version__
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
MOST_CRASHES = 40  # lines
_BEGINS = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def as_text(findings: Mapping[str, Any]) -> str:
    """A diagnosis for people to read, redacted once more."""
    lines = []
    for part, facts in findings.items():
        lines.append(f"{part}:")
        if not facts:
            lines.append("  none")
        for item in facts if isinstance(facts, list) else facts.items():
            lines.append(f"  {item[0]}: {item[1]}" if isinstance(item, tuple) else f"  {item}")
    return redacted("\n".join(lines))


async def diagnosis(parts: Parts) -> dict[str, Any]:
    """What can be said of this installation and its last looks. Nothing in it is a secret."""
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
            "web_engine": find_spec("PySide6.QtWebEngineCore") is not None,
            **{name: _version(name) for name in LIBRARIES},
        },
        "store": {"check": await _checked(parts), "monitored": parts.monitored()},
        "vault": {"lasting": parts.vault.lasting, "why_not": parts.vault.why, "request": await _request(parts)},
        "crashes": await asyncio.to_thread(_crashes, parts.crash_log),
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


def _crashes(file: Path) -> list[str]:
    """The last crash in the log, from its first line on; it is redacted as it is written."""
    try:
        lines = [line for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    except OSError:
        return []
    begins = [number for number, line in enumerate(lines) if _BEGINS.match(line)]
    return lines[begins[-1] if begins else -MOST_CRASHES :][:MOST_CRASHES]
