"""The composition root of `claudetray serve`: proxy, local API, and the monitor while no tray has it."""

import asyncio
import gc
import json
import logging
import os
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from aiohttp import web

from claudetray import __version__, paths
from claudetray.api.desk import Desk
from claudetray.api.events import Listeners
from claudetray.api.gate import Gate, refused
from claudetray.api.routes import routes
from claudetray.core import setting, settings
from claudetray.core.announcement import Announcement
from claudetray.core.browser import Browser
from claudetray.core.channel import NATIVE
from claudetray.core.errors import ClaudetrayError, ServeFailed, SettingRefused
from claudetray.core.look import Trigger
from claudetray.core.rates import PriceTable
from claudetray.core.serving import RATES, READY, Serving
from claudetray.core.status import Status
from claudetray.core.usage import UsageRecord
from claudetray.desktop import certificates
from claudetray.desktop.monitor_lock import MonitorLock
from claudetray.desktop.serve_lock import ServeLock, api_token
from claudetray.desktop.serve_process import serving_now
from claudetray.desktop.unseen import unseen
from claudetray.prices import text as price_text
from claudetray.proxy import guard
from claudetray.proxy.listener import Listener
from claudetray.proxy.relay import Relay, own_port
from claudetray.proxy.upstream import Upstream
from claudetray.services.budget_guard import BudgetGuard
from claudetray.services.kept import Kept
from claudetray.services.local_zone import local_zone
from claudetray.services.look_now import looked
from claudetray.services.parts import Parts
from claudetray.services.recorder import Measures, UsageRecorder
from claudetray.services.standby import Standby
from claudetray.services.tagging import Tagger
from claudetray.services.tasks import Tasks
from claudetray.services.usage_desk import UsageDesk
from claudetray.store.journal import Journal, leftovers

if TYPE_CHECKING:
    from claudetray.services.monitor import Monitor

HOST = "127.0.0.1"
OURS = ("/api", "/metrics")
RATES_WITHIN_S = 60.0
FINISH_WITHIN_S = 30.0  # for the streams that are under way at the end
BEAT_S = 2.0  # how soon what another process kept (tags, prices, settings) holds here
FOLD_WITHIN_S = 10.0
BELIEVABLE = timedelta(days=2)
MONITOR_EVERY = 15  # beats
RECOUNT_EVERY = 30
UPKEEP_EVERY = 1800
# A thread that computes (a batch of rows) hands over to the event loop this soon: the default of 5 ms shows in the
# slowest calls, and much less makes all calls a little slower (measured).
SWITCH_S = 0.0005
log = logging.getLogger(__name__)


class Server:
    """Everything of one `claudetray serve`. `published` finds the published prices, once."""

    def __init__(
        self,
        kept: Kept,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        browser: Browser,
        published: Callable[[], Awaitable[PriceTable]] | None = None,
    ) -> None:
        self._kept, self._environ, self._clock, self._browser = kept, environ, clock, browser
        self._read_published = published or _published_apart
        self._stack = AsyncExitStack()
        self._tasks = Tasks()
        self._out_of_credit_heard = asyncio.Lock()
        self._lock, self._monitor_lock = ServeLock(kept.home), MonitorLock(kept.home)
        self._standby = Standby(self._monitor_lock, self._anything_to_watch, self._built_monitor, time.monotonic)
        self._folded = False
        self._parts: Parts | None = None
        self._building = asyncio.Lock()
        self._published: PriceTable | None = None
        self._seen_changes = -1
        self.status_changed: Announcement[Status] = Announcement()

    async def run(self, port: int | None, ready: Callable[[Serving], None], quit_asked: asyncio.Event) -> None:
        """Serve until it is asked to end. Raises: ClaudetrayError when it cannot."""
        if not self._lock.acquire():
            there = serving_now(self._kept.home)
            where = f" at {there.url} (process {there.pid})" if there else ""
            raise ServeFailed(f"A claudetray serve runs for this home already{where}. Stop that one first, or use it.")
        async with self._stack:
            self._stack.callback(self._lock.release)
            self._stack.push_async_callback(self._tasks.close)
            preferences = await self._kept.preferences.now()
            address = self._upstream_address(preferences.upstream)
            # Certificates take 4 MiB, and loopback needs none.
            trusted = certificates.trusted() if address.startswith("https:") else None
            upstream = self._upstream(address, trusted)
            self._stack.push_async_callback(upstream.close)
            token = self._token()
            if await self._kept.vault.kept(settings.PROXY_KEY.key):  # else the cipher, 6 MiB, is not needed yet
                await self._kept.vault.ready()
                if not self._kept.vault.lasting:  # calls need no secret of ours, so this is a word and no refusal
                    log.warning("%s", self._kept.vault.why)
            recorder = await self._recorder(token)
            self._guard = guard_of_budgets = self._budget_guard(recorder)
            await guard_of_budgets.refresh()
            relay = Relay(upstream, recorder, never=token, stops=guard_of_budgets)
            port = preferences.port if port is None else port
            listeners = await self._listening(relay, recorder, upstream, token, port, ready)
            self._stack.push_async_callback(self._standby.close)
            beat = asyncio.get_running_loop().create_task(self._beat(recorder))
            gc.collect()
            gc.freeze()  # what stands now stays: no collection need look at it again
            await quit_asked.wait()
            log.info("stopping: %d calls are under way", relay.busy)
            relay.closing()
            listeners.close()
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)
            await self._standby.close()  # before anything that it looks with
            try:
                async with asyncio.timeout(FINISH_WITHIN_S):
                    await relay.idle()
            except TimeoutError:
                relay.break_off()
                log.warning("%d calls were broken off", relay.busy)

    def _budget_guard(self, recorder: UsageRecorder) -> BudgetGuard:
        made = BudgetGuard(
            self._kept.outlook,
            self._account_id,
            lambda: recorder.measures.tagger,
            lambda: recorder.measures.read_prompts,
            self._clock,
            local_zone,
        )
        recorder.heard.listen(made.heard)
        recorder.heard.listen(self._on_heard)
        recorder.recorded.listen(made.kept)
        return made

    async def _account_id(self) -> int | None:
        account = await self._kept.accounts.watched()
        return account.id if account else None

    def _on_heard(self, records: list[UsageRecord]) -> None:
        if any(record.out_of_credit for record in records) and not self._out_of_credit_heard.locked():
            self._tasks.start(self._out_of_credit())

    async def _out_of_credit(self) -> None:
        """Said at once, by whoever can: nobody waits for the next look."""
        async with self._out_of_credit_heard:
            if await self._kept.watcher.out_of_credit():  # else it was said, and looked after
                await self._look_after_refusal()

    async def _look_after_refusal(self) -> None:
        parts = await self._built()
        if await self._kept.request.kept():
            await looked(parts, Trigger.REFUSED)
        await parts.outbox.deliver_due(leave=(NATIVE,) if parts.monitored() else ())

    async def _anything_to_watch(self) -> bool:
        return (
            await self._kept.request.kept()
            or await self._kept.accounts.watched() is not None
            or bool(await self._kept.budgets.all())
        )

    async def _listening(
        self,
        relay: Relay,
        recorder: UsageRecorder,
        upstream: Upstream,
        token: str,
        port: int,
        ready: Callable[[Serving], None],
    ) -> Listeners:
        desk = self._desk(relay, recorder, upstream, token)
        listeners = Listeners(desk)
        gate = Gate(token, time.monotonic, lambda request: guard.refusal(request.headers, own_port(request)))
        app = web.Application()
        app.add_routes([*routes(desk, gate, listeners), relay.route])
        listener = Listener(app, own=_ours, others=relay.handle)
        self._stack.push_async_callback(listener.cleanup)
        await listener.setup()
        site = web.TCPSite(listener, HOST, port, backlog=2048)
        try:
            await site.start()
        except OSError as error:
            raise ServeFailed(
                f"Port {port} on {HOST} cannot be used ({os.strerror(error.errno or 0)}). Choose another one."
            ) from error
        url = f"http://{HOST}:{listener.addresses[0][1]}"
        if setting.same_place(upstream.address, url):
            raise ServeFailed("The upstream is this very proxy: calls would go round for ever. Set another one.")
        serving = Serving(url=url, pid=os.getpid(), version=__version__)
        try:
            self._lock.say(serving)
        except OSError as error:
            raise ServeFailed(f"The folder {self._kept.home} cannot be written to ({error.strerror}).") from error
        ready(serving)
        return listeners

    def _desk(self, relay: Relay, recorder: UsageRecorder, upstream: Upstream, token: str) -> Desk:
        kept = self._kept
        return Desk(
            clock=self._clock,
            kept=kept,
            usage=UsageDesk(kept.usage, kept.tags, kept.prices, self._prices),
            token=token,
            version=__version__,
            pid=os.getpid(),
            upstream=upstream.address,
            settled=recorder.settled,
            under_way=lambda: recorder.under_way,
            waiting=lambda: recorder.waiting,
            monitored=self._monitored,
            parts=self._built,
            changed=lambda: self._changed(recorder),
            release_monitor=self._standby.release,
            pass_on=lambda request: self._with_our_key(request, relay),
            recorded=recorder.recorded,
            status_changed=self.status_changed,
        )

    async def _recorder(self, token: str) -> UsageRecorder:
        """The recorder, mostly after what a killed process left behind was kept."""
        await self._prices()
        journal = Journal(self._kept.home)
        self._stack.callback(journal.close)
        # Not the token itself, but as secret as it is: fingerprints of keys cannot be guessed without it.
        self._fingerprint_key = sha256(b"fingerprint of keys " + token.encode()).digest()
        measures = await self._measures()
        recorder = UsageRecorder(journal, self._kept.usage, self._kept.bodies, measures, self._clock, time.monotonic)
        self._stack.push_async_callback(recorder.close)
        with suppress(TimeoutError):
            async with asyncio.timeout(FOLD_WITHIN_S):  # a store that is busy must not keep calls waiting
                await self._fold_in(recorder)
        return recorder

    async def _fold_in(self, recorder: UsageRecorder) -> None:
        """Keep what killed processes left behind; what cannot be kept now is tried again at a later beat."""
        for leftover in leftovers(self._kept.home):
            try:
                await recorder.fold_in(leftover.records)
            except BaseException as error:
                leftover.close()
                if not isinstance(error, ClaudetrayError):
                    raise
                log.warning("calls of a killed process wait: %s", error.message)
                return
            if leftover.records:
                log.info("%d calls of a killed process are kept", len(leftover.records))
            leftover.remove()
        self._folded = True

    async def _measures(self) -> Measures:
        table = (await self._prices()).overridden(await self._kept.prices.all())
        tagger = Tagger(await self._kept.tags.all())
        preferences = await self._kept.preferences.now()
        return Measures(table, tagger, self._fingerprint_key, preferences.read_prompts, preferences.keep_bodies)

    async def _remeasure(self, recorder: UsageRecorder) -> None:
        recorder.measures = await self._measures()

    async def _changed(self, recorder: UsageRecorder) -> None:
        """Something was kept here: other processes' changes are noticed, ours are not."""
        await self._remeasure(recorder)
        await self._guard.refresh()

    async def _prices(self) -> PriceTable:
        if self._published is None:
            self._published = await self._read_published()
        return self._published

    async def _beat(self, recorder: UsageRecorder) -> None:
        """What others kept is noticed; the monitor is taken up when nobody has it; old records go."""
        beats = 0
        while True:
            try:
                changes = await self._kept.database.changes()
                if changes != self._seen_changes:
                    self._seen_changes = changes
                    await self._remeasure(recorder)
                    await self._guard.refresh()
                elif self._guard.due or beats % RECOUNT_EVERY == 0:
                    await self._guard.refresh()
                if beats % MONITOR_EVERY == 0:
                    await self._standby.take_up()
                    if not self._folded:
                        await self._fold_in(recorder)
                if beats % UPKEEP_EVERY == 1:
                    await self._tidy(recorder)
            except ClaudetrayError as error:
                log.warning("%s: %s", error.title, error.message)
            except Exception:
                log.exception("a beat failed")
            beats += 1
            await asyncio.sleep(BEAT_S)

    async def _tidy(self, recorder: UsageRecorder) -> None:
        newest, now = await self._kept.usage.latest(1), self._clock()
        if not newest or now - newest[0].started_at > BELIEVABLE:  # perhaps the clock is wrong: nothing is in a hurry
            return
        preferences = await self._kept.preferences.now()
        keep = timedelta(days=preferences.keep_days) if preferences.keep_days else None
        gone = await self._kept.upkeep.purge(keep, preferences.keep_records or None, now)
        if gone:
            log.info("%d old records are deleted; their sums stay", gone)
        if recorder.under_way == 0:
            await self._kept.upkeep.shrink()

    async def _built(self) -> Parts:
        """What looks, built when it is first needed: it doubles the memory of a server that only relays."""
        async with self._building:
            if self._parts is None:
                from claudetray import assembly
                from claudetray.desktop.notifications import DesktopNotifications

                notifier = DesktopNotifications(paths.resource("icons/claudetray.svg"))
                self._parts = await self._stack.enter_async_context(
                    assembly.parts_opened(self._kept, self._environ, [notifier], self._browser, self._clock)
                )
            return self._parts

    def _monitored(self) -> bool:
        return self._standby.monitors or self._monitor_lock.taken()

    async def _built_monitor(self) -> "Monitor":
        parts = await self._built()
        from claudetray import assembly

        monitor = assembly.built_monitor(parts, self._tasks, 1.0)
        monitor.status_changed.listen(self.status_changed)
        return monitor

    async def _with_our_key(self, request: web.Request, relay: Relay) -> web.StreamResponse:
        key = await self._kept.vault.secret(settings.PROXY_KEY.key)
        if not key:
            return refused(
                409,
                "no_key",
                "No key is kept",
                "Set one in the settings, or with `claudetray settings set proxy.key -`.",
            )
        _, mark, query = request.raw_path.partition("?")  # the SDKs ask for betas with ?beta=true
        return await relay.pass_on(request, target=f"/v1/messages{mark}{query}", own_headers={"x-api-key": key})

    def _upstream_address(self, kept: str) -> str:
        """Raises: ServeFailed."""
        try:
            return setting.upstream_url(self._environ.get("CLAUDETRAY_UPSTREAM", "").strip() or kept)
        except (SettingRefused, ValueError) as error:
            raise ServeFailed(f"CLAUDETRAY_UPSTREAM cannot be used. {error}") from error

    def _upstream(self, address: str, trusted: ssl.SSLContext | None) -> Upstream:
        try:
            return Upstream(address, trusted=trusted)
        except ValueError as error:  # a proxy of the system's that is none of http
            raise ServeFailed(f"The upstream cannot be used: {error}.") from error

    def _token(self) -> str:
        try:
            return api_token(self._kept.home)
        except OSError as error:
            raise ServeFailed(f"The API token cannot be kept ({error.strerror}).") from error


def _ours(path: str) -> bool:
    """Is that a path of the local API, and not one that goes upstream?"""
    if not path.startswith(OURS):  # nearly always
        return False
    plain = path.partition("?")[0]
    return plain in OURS or plain.startswith("/api/")


async def _published_apart() -> PriceTable:
    """The published prices, read in a process of its own: the library would take 8 MiB of this one."""
    process = await asyncio.create_subprocess_exec(
        *paths.command(),
        RATES,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=paths.helper_environ(),
        **unseen(),
    )
    try:
        async with asyncio.timeout(RATES_WITHIN_S):
            output, _ = await process.communicate()
        return price_text.from_json(output)
    except (TimeoutError, ValueError) as error:
        raise ServeFailed("The published prices cannot be read; this installation is not whole.") from error


def ready_line(serving: Serving) -> str:
    """Shape: `{"event": "ready", "url": str, "pid": int}`."""
    return json.dumps({"event": READY, "url": serving.url, "pid": serving.pid})
