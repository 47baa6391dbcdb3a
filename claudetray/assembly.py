"""The second half of the composition root: the parts that speak to the outside, built once the icon stands.

Apart from `app.py`, for these take most of the time that importing takes (measured: httpx 90 ms, APScheduler 70 ms).
"""

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from claudetray import __version__, paths
from claudetray.channels.added import maker
from claudetray.channels.native import Native, Notifier
from claudetray.channels.slack import Slack
from claudetray.core.alert import Channel
from claudetray.core.browser import Browser
from claudetray.core.channel import NATIVE, SLACK
from claudetray.core.errors import ClaudetrayError
from claudetray.core.rates import PriceTable
from claudetray.core.setting import loopback
from claudetray.desktop import certificates
from claudetray.desktop.alert_helper import AlertHelper
from claudetray.desktop.autostart import autostart
from claudetray.desktop.monitor_lock import MonitorLock
from claudetray.desktop.releases import LATEST, GitHubReleases
from claudetray.desktop.serve_process import ServeCommand, serving_now
from claudetray.providers import catalog, http
from claudetray.services.channels import ChannelDesk
from claudetray.services.connection import Connection
from claudetray.services.kept import Kept
from claudetray.services.monitor import Monitor
from claudetray.services.outbox import Outbox
from claudetray.services.parts import Parts
from claudetray.services.proxy_keeper import ProxyKeeper, figures
from claudetray.services.refresher import Refresher
from claudetray.services.sessions import Sessions
from claudetray.services.sign_in import SignIn
from claudetray.services.tasks import Tasks
from claudetray.services.updates import Updates


@asynccontextmanager
async def parts_opened(
    kept: Kept,
    environ: Mapping[str, str],
    notifiers: Sequence[Notifier],
    browser: Browser,
    clock: Callable[[], datetime],
) -> AsyncIterator[Parts]:
    """Every part, open for as long as the block runs. Raises: ClaudetrayError."""
    override = console_override(environ)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(http.client(certificates.trusted()))
        source = catalog.anthropic_source(client, clock, override)
        page = catalog.anthropic_page(browser, clock, override)
        sessions = Sessions(kept.request, kept.sessions, source, page, kept.preferences, clock)
        address = override or catalog.ANTHROPIC.address
        connection = Connection(
            kept.request, sessions, kept.accounts, kept.looks, source, catalog.ANTHROPIC, clock, address
        )
        refresher = Refresher(connection, sessions, kept.looks, kept.preferences, clock)
        channels: dict[str, Channel] = {NATIVE: Native(notifiers), SLACK: Slack(client, kept.preferences.webhook)}
        helper = AlertHelper(paths.command(), paths.helper_environ())
        added = ChannelDesk(kept.channels, kept.vault, maker(client, helper.send))
        yield Parts(
            clock=clock,
            kept=kept,
            monitored=MonitorLock(kept.home).taken,
            serving=partial(serving_now, kept.home),
            provider=catalog.ANTHROPIC,
            autostart=autostart(paths.tray_command()),
            connection=connection,
            sessions=sessions,
            sign_in=SignIn(page, connection, kept.preferences),
            refresher=refresher,
            outbox=Outbox(kept.alerts, channels, added.channel, clock, kept.home),
            channels=added,
            updates=Updates(
                GitHubReleases(client, releases_page(environ)),
                kept.preferences,
                clock,
                __version__,
                paths.installed_by(),
            ),
            crash_log=paths.crash_log(kept.home),
            published=published,
            slack_at=lambda url: Slack(client, partial(_itself, url)),
        )


async def published() -> PriceTable:
    """The published prices, read from the library: 8 MiB, paid by who needs them."""
    from claudetray.prices import library

    return library.table()


def built_monitor(parts: Parts, tasks: Tasks, pace: float) -> Monitor:
    """The one monitor of a home, joined to its connection."""
    monitor = Monitor(parts, tasks, pace)
    parts.connection.changed.listen(lambda _: tasks.start(monitor.connection_changed()))
    parts.sessions.ended.listen(lambda _: tasks.start(monitor.session_ended()))
    return monitor


def built_keeper(kept: Kept, environ: Mapping[str, str], tasks: Tasks, clock: Callable[[], datetime]) -> ProxyKeeper:
    """The one keeper of a home's proxy."""
    server = ServeCommand(paths.command(), paths.helper_environ({**os.environ, **environ}), kept.home)
    return ProxyKeeper(kept.preferences, server, lambda: figures(kept.usage, clock), tasks, clock)


def console_override(environ: Mapping[str, str]) -> str | None:
    """`CLAUDETRAY_CONSOLE_URL`, where it names this machine; a cookie is never sent to any other place.

    Raises: ClaudetrayError on any other address but the Console's own.
    """
    named = environ.get("CLAUDETRAY_CONSOLE_URL", "").strip().rstrip("/")
    if named in ("", catalog.ANTHROPIC.address):
        return None
    parts = urlsplit(named)
    if parts.scheme in ("http", "https") and parts.hostname and loopback(parts.hostname) and not parts.path:
        return f"{parts.scheme}://{parts.netloc}"
    raise ClaudetrayError("CLAUDETRAY_CONSOLE_URL may only name this machine, such as http://127.0.0.1:8000.")


def releases_page(environ: Mapping[str, str]) -> str:
    """`CLAUDETRAY_RELEASES_URL`, where it names this machine: for tests; else GitHub's."""
    named = environ.get("CLAUDETRAY_RELEASES_URL", "").strip()
    return named if loopback(urlsplit(named).hostname or "") else LATEST


async def _itself(value: str) -> str:
    return value
