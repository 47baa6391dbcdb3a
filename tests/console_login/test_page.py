"""What a page is refused, and what it cannot reach, in a real engine against a nosy page on loopback."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from claudetray import paths
from claudetray.console_login import typing_in
from claudetray.core.browser import Mode, Opening
from claudetray.desktop.login_helper import HelperVisit, LoginHelper
from tests.builders import cookies
from tests.desktop.test_login_helper import ENVIRON, settled

NOSY = """<!DOCTYPE html><html><body><script>
const refused = (asked) => Promise.race([
  asked.then(() => "given", (error) => error.name ?? "refused"), new Promise((done) => setTimeout(done, 3000, "silent"))
]);
const told = new URLSearchParams();
(async () => {
  const none = () => Promise.reject({name: "none"});
  for (const [name, wish] of [["camera", {video: true}], ["microphone", {audio: true}]])
    told.set(name, await refused(navigator.mediaDevices?.getUserMedia(wish) ?? none()));
  told.set("location", await refused(new Promise((ok, no) => navigator.geolocation.getCurrentPosition(ok, no))));
  told.set("notifications", await Notification.requestPermission());
  told.set("clipboard", await refused(navigator.clipboard?.readText() ?? none()));
  told.set("cookie", document.cookie);
  told.set("plain", await refused(fetch("http://localhost.example/x", {mode: "no-cors"})));
  const link = document.createElement("a");
  link.href = "/file"; link.download = "file.txt"; link.click();
  window.fetch = () => { throw new Error("put in the way"); };
  window.claudetray = new Proxy({}, {get: () => "taken"});
  navigator.sendBeacon("/report?" + told);
})();
</script></body></html>"""
BOXES = """<!DOCTYPE html><html><body><script>
const typed = () => navigator.sendBeacon("/report?" + new URLSearchParams({
  code: [...document.querySelectorAll("input")].map((box) => box.value).join("")
}));
</script>%s</body></html>"""


def seen(page: str, work: Callable[[HelperVisit, "asyncio.Queue[dict[str, str]]"], Awaitable[None]]) -> None:
    """Open a page in a hidden visit; what it reports comes in the queue."""

    async def run() -> None:
        reports: asyncio.Queue[dict[str, str]] = asyncio.Queue()

        async def report(request: web.Request) -> web.Response:
            reports.put_nowait(dict(request.query))
            return web.Response()

        async def billing(_: web.Request) -> web.Response:
            return web.Response(text=page, content_type="text/html")

        async def file(_: web.Request) -> web.Response:
            return web.Response(body=b"x", content_type="application/octet-stream")

        async def organizations(_: web.Request) -> web.Response:
            return web.json_response([])

        app = web.Application()
        app.add_routes(
            [
                web.get("/settings/billing", billing),
                web.post("/report", report),
                web.get("/file", file),
                web.get("/api/organizations", organizations),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        told = Opening(
            mode=Mode.LOOK, origin=origin, address=f"{origin}/settings/billing", cookies=cookies(sessionKey="k")
        )
        try:
            helper = LoginHelper(paths.command(), paths.helper_environ({**os.environ, **ENVIRON}))
            async with asyncio.timeout(60), helper.visit(told) as visit:
                await settled(visit)
                await work(visit, reports)
        finally:
            await runner.cleanup()

    asyncio.run(run())


def test_a_nosy_page_gets_nothing_and_cannot_put_itself_in_the_way(home: Path) -> None:
    async def work(visit: HelperVisit, reports: "asyncio.Queue[dict[str, str]]") -> None:
        told = await reports.get()
        assert told.pop("notifications") == "denied"
        assert told.pop("cookie") == ""  # HttpOnly
        assert "given" not in told.values()
        [answer] = await visit.fetched(["/api/organizations"])
        assert (answer.status, json.loads(answer.body)) == (200, [])

    seen(NOSY, work)
    assert not list(home.rglob("file*"))


def test_a_code_is_typed_as_a_person_would() -> None:
    """The script alone, in the page's own world: the window hands it to the engine as it is."""
    one = BOXES % '<form onsubmit="typed(); return false"><input autocomplete="one-time-code"></form>'
    boxes = BOXES % ('<input maxlength="1" oninput="typed()">' * 6)
    for page in (one, boxes):
        script = typing_in.script("424242")
        page = page.replace("</body>", f"<script>{script}</script></body>")

        async def work(visit: HelperVisit, reports: "asyncio.Queue[dict[str, str]]") -> None:
            while (await reports.get())["code"] != "424242":
                pass

        seen(page, work)
