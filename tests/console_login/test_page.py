"""What a page is refused, and what it cannot reach, in a real engine against a nosy page on loopback."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from claudetray import paths
from claudetray.console_login import typing_in
from claudetray.core.browser import AWAY, Mode, Opening
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


Reports = asyncio.Queue[dict[str, str]]
Work = Callable[[HelperVisit, Reports], Awaitable[None]]


def seen(page: str, work: Work, given: str = "") -> list[str]:
    """Open a page in a hidden visit; what it reports comes in the queue. Beside it stands another host, `localhost`.

    The paths that the other host was asked for. `given`: a `Set-Cookie` of the page.
    """
    asked: list[str] = []

    async def run() -> None:
        reports: Reports = asyncio.Queue()

        async def report(request: web.Request) -> web.Response:
            reports.put_nowait(dict(request.query))
            return web.Response()

        async def billing(request: web.Request) -> web.Response:
            other = f"http://localhost:{request.url.port}"
            headers = {"Set-Cookie": given} if given else {}
            return web.Response(text=page.replace("OTHER", other), content_type="text/html", headers=headers)

        async def elsewhere(request: web.Request) -> web.Response:
            headers = {"Set-Cookie": "sessionKey=of-somebody-else; HttpOnly"}
            return web.Response(text="<h1>Elsewhere</h1>", content_type="text/html", headers=headers)

        @web.middleware
        async def noted(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.Response]]
        ) -> web.Response:
            if request.host.startswith("localhost"):
                asked.append(request.path)
            return await handler(request)

        async def file(_: web.Request) -> web.Response:
            return web.Response(body=b"x", content_type="application/octet-stream")

        async def organizations(request: web.Request) -> web.Response:
            return web.json_response({"cookies": dict(request.cookies)})

        app = web.Application(middlewares=[noted])
        app.add_routes(
            [
                web.get("/settings/billing", billing),
                web.get("/elsewhere", elsewhere),
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
    return asked


def test_a_nosy_page_gets_nothing_and_cannot_put_itself_in_the_way(home: Path) -> None:
    async def work(visit: HelperVisit, reports: Reports) -> None:
        told = await reports.get()
        assert told.pop("notifications") == "denied"
        assert told.pop("cookie") == ""  # HttpOnly
        assert "given" not in told.values()
        [answer] = await visit.fetched(["/api/organizations"])
        assert (answer.status, json.loads(answer.body)) == (200, {"cookies": {"sessionKey": "k"}})

    seen(NOSY, work)
    assert not list(home.rglob("file*"))


def test_a_code_is_typed_as_a_person_would() -> None:
    """The script alone, in the page's own world: the window hands it to the engine as it is."""
    one = BOXES % '<form onsubmit="typed(); return false"><input autocomplete="one-time-code"></form>'
    boxes = BOXES % ('<input maxlength="1" oninput="typed()">' * 6)
    for page in (one, boxes):
        script = typing_in.script("424242")
        page = page.replace("</body>", f"<script>{script}</script></body>")

        async def work(visit: HelperVisit, reports: Reports) -> None:
            while (await reports.get())["code"] != "424242":
                pass

        seen(page, work)


def test_another_hosts_cookies_are_neither_told_nor_in_the_way() -> None:
    async def work(visit: HelperVisit, _: Reports) -> None:
        for _ in range(1000):  # all the while that the page is left
            if (await visit.fetched(["/api/organizations"]))[0].trouble == AWAY:
                break
        assert visit.cookies == ()

    page = "<script>setTimeout(() => location.href = 'OTHER/elsewhere', 300)</script>"
    asked = seen(page, work)
    assert "/elsewhere" in asked
    assert "/api/organizations" not in asked  # which only the Console may be asked


def test_a_frame_of_another_host_changes_nothing() -> None:
    async def work(visit: HelperVisit, _: Reports) -> None:
        [answer] = await visit.fetched(["/api/organizations"])
        assert json.loads(answer.body) == {"cookies": {"sessionKey": "k"}}
        assert visit.cookies == ()

    assert seen('<iframe src="OTHER/elsewhere"></iframe>', work).count("/elsewhere") == 1


def test_of_two_cookies_of_one_name_only_the_new_one_is_sent() -> None:
    """A snippet does not say that the session's cookie was for a whole domain or another path; its renewal may be."""

    async def work(visit: HelperVisit, _: Reports) -> None:
        [answer] = await visit.fetched(["/api/organizations"])
        assert json.loads(answer.body) == {"cookies": {"sessionKey": "k1"}}
        assert [(cookie.value, cookie.path) for cookie in visit.cookies] == [("k1", "/api")]

    seen("<p>Billing</p>", work, given="sessionKey=k1; Path=/api; HttpOnly")
