"""The stand-in's sign-in: e-mail, then code or link; by pop-up; slow; behind a challenge. HttpOnly cookies with expiry.

Source: docs/providers/anthropic-console.md; every value is made up.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from html import escape

from aiohttp import web

from claudetray.demo.console import ORGANIZATION, ConsoleStandIn

CODE = "424242"
TOKEN = "made-up-link-of-nobody"
CLEARANCE = "made-up-clearance-of-nobody"
_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 sans-serif; max-width: 24em; margin: 12vh auto; padding: 0 1em; }}
input, button {{ font: inherit; padding: .5em; width: 100%; box-sizing: border-box; margin: .4em 0; }}
small {{ opacity: .7; }}
</style></head><body><h1>{title}</h1>{body}<p><small>A stand-in of the Console on this machine.
Everything here is made up.</small></p>
<script>
  const waiting = setInterval(() => {{
    const wanted = document.querySelector("[autofocus]");
    if (document.readyState !== "complete" || !document.hasFocus()) return;
    if (wanted && document.activeElement !== wanted) return;
    clearInterval(waiting);
    fetch("/shown" + location.pathname);
  }}, 30);
</script></body></html>"""
_CHALLENGE = """<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Just a moment…</h1>
<script>setTimeout(() => fetch("/cdn-cgi/challenge-platform/passed").then(() => location.reload()), 300)</script>
</body></html>"""


class Variant(StrEnum):
    """How one signs in."""

    EMAIL = "email"
    POPUP = "popup"
    SLOW = "slow"


@dataclass
class SignInStandIn:
    """The pages beside the calls. `renews`: opening the billing page brings a fresh session, even to a dead one."""

    console: ConsoleStandIn
    variant: Variant = Variant.EMAIL
    lifetime: timedelta | None = timedelta(days=28)
    renews: bool = False
    slow_s: float = 1.5
    signed_in: int = 0
    visits: int = 0
    shown: list[str] = field(default_factory=list)  # the paths of the pages that are ready for a person

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._home),
            web.get("/login", self._login),
            web.post("/login/email", self._email),
            web.post("/login/code", self._code),
            web.get("/magic-link", self._link),
            web.get("/login/other", self._other),
            web.get("/login/done", self._done),
            web.get("/settings/billing", self._billing),
            web.get("/shown{path:.*}", self._shown),
            web.get("/cdn-cgi/challenge-platform/passed", self._passed),
        ]

    async def _home(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/settings/billing" if self.console.signed_in(request) else "/login")

    async def _login(self, request: web.Request) -> web.StreamResponse:
        if self.console.stopped(request):
            return self._challenge()
        if self.variant is Variant.SLOW:
            await asyncio.sleep(self.slow_s)
        if self.variant is Variant.POPUP:
            body = """<button onclick="window.open('/login/other', 'other', 'width=420,height=360')">
                Continue with your company</button>
                <script>window.addEventListener("message", (told) => {
                  if (told.origin === location.origin && told.data === "signed in") location.href = "/login/done";
                });</script>"""
        else:
            body = """<form method="post" action="/login/email"><label>E-mail
                <input name="email" type="email" required autofocus value="me@example.org"></label>
                <button>Continue with e-mail</button></form>"""
        return _page("Sign in", body)

    async def _email(self, request: web.Request) -> web.StreamResponse:
        address = escape(str((await request.post()).get("email", "")))
        body = f"""<p>We would have sent an e-mail to {address}. It says: <b>{CODE}</b>,
            or <a href="/magic-link?token={TOKEN}" target="_blank">this link</a>.</p>
            <form method="post" action="/login/code"><label>Code
            <input name="code" autocomplete="one-time-code" required autofocus></label>
            <button>Verify</button></form>"""
        return _page("Check your e-mail", body)

    async def _code(self, request: web.Request) -> web.StreamResponse:
        if (await request.post()).get("code") != CODE:
            return _page("Check your e-mail", '<p>This code is wrong.</p><p><a href="/login">Again</a></p>')
        return self._welcome()

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("token") != TOKEN:
            return _page("Sign in", "<p>This link is over.</p>")
        return self._welcome()

    async def _other(self, request: web.Request) -> web.StreamResponse:
        body = """<button autofocus onclick="window.opener.postMessage('signed in', location.origin); window.close()">
            Yes, it is me</button>"""
        return _page("Your company", body)

    async def _done(self, request: web.Request) -> web.StreamResponse:
        return self._welcome()

    async def _billing(self, request: web.Request) -> web.StreamResponse:
        self.visits += 1
        if self.console.stopped(request):
            return self._challenge()
        if self.renews and "sessionKey" in request.cookies:
            response = _page("Billing", "<p>Welcome back.</p>")
            self._give_session(response)
            return response
        if not self.console.signed_in(request):
            raise web.HTTPFound("/login?returnTo=%2Fsettings%2Fbilling")
        return _page("Billing", f"<p>{self.console.amount} of made-up credit.</p>")

    async def _shown(self, request: web.Request) -> web.StreamResponse:
        self.shown.append(request.match_info["path"])
        return web.Response(text="ok")

    async def _passed(self, request: web.Request) -> web.StreamResponse:
        response = web.Response(text="ok")
        value = f"{CLEARANCE}-{len(self.console.cleared)}"
        self.console.cleared.append(value)
        response.set_cookie("cf_clearance", value, httponly=True, max_age=1800, path="/")
        return response

    def _welcome(self) -> web.StreamResponse:
        response = web.Response(status=303, headers={"Location": "/settings/billing"})
        self._give_session(response)
        response.set_cookie("lastActiveOrg", ORGANIZATION, path="/")
        return response

    def _give_session(self, response: web.StreamResponse) -> None:
        self.signed_in += 1
        self.console.session = f"sk-ant-sid01-made-up-session-{self.signed_in:04}"
        age = None if self.lifetime is None else int(self.lifetime.total_seconds())
        response.set_cookie("sessionKey", self.console.session, httponly=True, max_age=age, path="/", samesite="Lax")

    def _challenge(self) -> web.StreamResponse:
        return web.Response(
            status=403, text=_CHALLENGE, content_type="text/html", headers={"cf-mitigated": "challenge"}
        )


def _page(title: str, body: str) -> web.Response:
    return web.Response(text=_PAGE.format(title=title, body=body), content_type="text/html")
