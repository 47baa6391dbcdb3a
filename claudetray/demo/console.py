"""A stand-in of the Console: the calls that claudetray makes, and the ways in which they fail.

Source: docs/providers/anthropic-console.md; every value is made up.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from aiohttp import web

ORGANIZATION = "00000000-0000-4000-8000-000000000001"
SESSION = "sk-ant-sid01-demo-session-of-nobody"
_HTML = "text/html"
_CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"


class Mood(StrEnum):
    """How the stand-in answers."""

    FINE = "fine"
    EXPIRED = "expired"
    LOGIN = "login"
    CHALLENGE = "challenge"
    CHALLENGE_PLAIN = "challenge_plain"  # whoever is no browser
    REFUSE_PLAIN = "refuse_plain"  # whoever is no browser, as if the session were over
    WRONG_ORGANIZATION = "wrong_organization"
    WRONG_ORGANIZATION_INSIDE = "wrong_organization_inside"
    NO_WEB_SESSION = "no_web_session"
    RATE_LIMITED = "rate_limited"
    BUSY = "busy"
    SLOW = "slow"
    RESET = "reset"
    HTML = "html"
    TRUNCATED = "truncated"
    NO_AMOUNT = "no_amount"
    REDIRECT = "redirect"


@dataclass
class ConsoleStandIn:
    """What it says. `seen` holds every request: (path, headers). `moods` are used up first, one a request."""

    amount: Decimal = Decimal("60.36")
    answer: dict[str, Any] | None = None  # in place of the usual shape
    spent: Decimal | None = Decimal("151.07")
    mood: Mood = Mood.FINE
    moods: list[Mood] = field(default_factory=list)
    session: str = SESSION
    renew_to: str | None = None
    refused_after_sign_in: int = 0  # how often a fresh session is refused
    retry_after: str | None = "7"
    organizations: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"id": 1, "uuid": ORGANIZATION, "name": "Example", "capabilities": ["api", "api_individual"]},
            {"id": 2, "uuid": ORGANIZATION.replace("1", "2"), "name": "me@example.org", "capabilities": ["chat"]},
        ]
    )
    balances: dict[str, Decimal] = field(default_factory=dict)  # of organizations whose balance is another one
    walled: bool = False  # behind a challenge, which any real browser passes by itself
    cleared: list[str] = field(default_factory=list)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/organizations", self._guarded(self._organizations)),
            web.get("/api/organizations/{org}/prepaid/credits", self._guarded(self._credits)),
            web.get("/api/organizations/{org}/current_spend", self._guarded(self._spend)),
        ]

    def looks(self) -> int:
        """How often the balance was asked for."""
        return sum(1 for path, _ in self.seen if path.endswith("/prepaid/credits"))

    def signed_in(self, request: web.Request) -> bool:
        return request.cookies.get("sessionKey") == self.session

    def stopped(self, request: web.Request) -> bool:
        """Does Cloudflare want to see a browser first?"""
        return self.walled and request.cookies.get("cf_clearance") not in self.cleared

    def credits(self) -> dict[str, Any]:
        """The answer of today, in its usual shape."""
        return self._credits_of(self.amount)

    def _credits_of(self, amount: Decimal) -> dict[str, Any]:
        cents = int(amount * 100)
        promotional = min(cents, 500)
        return {
            "amount": cents,
            "amount_without_scoped_credits": cents - promotional,
            "currency": "USD",
            "balance": {"money": None, "credits": {"amount_minor": cents, "exponent": 2}},
            "auto_reload_settings": None,
            "auto_reload_disabled_reason": None,
            "pending_invoice_amount_cents": None,
            "last_paid_purchase_cents": 5000,
            "next_expires_at": "2027-09-19T00:00:00Z",
            "tranches": [
                {
                    "name": "Purchase",
                    "granted_amount_minor_units": 10000,
                    "remaining_amount_minor_units": cents - promotional,
                    "granted_at": "2026-09-19T00:00:00Z",
                    "expires_at": "2027-09-19T00:00:00Z",
                    "currency": "USD",
                }
            ],
            "promo_tranches": [
                {"remaining_amount_minor_units": promotional, "currency": "USD", "expires_at": "2027-03-01T00:00:00Z"}
            ],
        }

    def _guarded(
        self, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request) -> web.StreamResponse:
            self.seen.append((request.path, {name.lower(): value for name, value in request.headers.items()}))
            response = await self._moody(request) or await answer(request)
            if self.renew_to and response.status == 200:
                response.headers.add("Set-Cookie", f"sessionKey={self.renew_to}; Path=/; HttpOnly")
                self.session, self.renew_to = self.renew_to, None
            return response

        return handler

    async def _organizations(self, request: web.Request) -> web.StreamResponse:
        if self.refused_after_sign_in > 0:
            self.refused_after_sign_in -= 1
            return _error(401, "authentication_error", "Invalid session")
        return web.json_response(self.organizations)

    async def _credits(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["org"] not in {found["uuid"] for found in self.organizations}:
            return _error(403, "permission_error", "Invalid authorization for organization")
        left = self.balances.get(request.match_info["org"], self.amount)
        return web.json_response(self._credits_of(left) if self.answer is None else self.answer)

    async def _spend(self, request: web.Request) -> web.StreamResponse:
        if self.spent is None:
            return web.Response(status=404)
        return web.json_response({"amount": int(self.spent * 100), "resets_at": "2026-12-01T00:00:00.000Z"})

    async def _moody(self, request: web.Request) -> web.StreamResponse | None:
        mood = self.moods.pop(0) if self.moods else self.mood
        if self.stopped(request):
            mood = Mood.CHALLENGE
        if mood is Mood.FINE and not self.signed_in(request):
            mood = Mood.EXPIRED
        match mood:
            case Mood.FINE:
                return None
            case Mood.CHALLENGE_PLAIN | Mood.REFUSE_PLAIN if "Sec-Fetch-Mode" in request.headers:
                return None if self.signed_in(request) else _error(401, "authentication_error", "Invalid session")
            case Mood.EXPIRED | Mood.REFUSE_PLAIN:
                return _error(401, "authentication_error", "Invalid session")
            case Mood.LOGIN:
                return web.Response(status=302, headers={"Location": "/login?returnTo=%2F"})
            case Mood.REDIRECT:
                return web.Response(status=307, headers={"Location": "https://elsewhere.example/steal"})
            case Mood.CHALLENGE | Mood.CHALLENGE_PLAIN:
                return web.Response(
                    status=403, text=_CHALLENGE, content_type=_HTML, headers={"cf-mitigated": "challenge"}
                )
            case Mood.WRONG_ORGANIZATION:
                return _error(403, "permission_error", "Invalid authorization for organization")
            case Mood.WRONG_ORGANIZATION_INSIDE:
                return _error(200, "permission_error", "Invalid authorization for organization")
            case Mood.NO_WEB_SESSION:
                return _error(403, "permission_error", "Not a session", {"error_code": "account_session_invalid"})
            case Mood.RATE_LIMITED:
                headers = {"Retry-After": self.retry_after} if self.retry_after else {}
                return _error(429, "rate_limit_error", "Too many requests", headers=headers)
            case Mood.BUSY:
                headers = {"Retry-After": self.retry_after} if self.retry_after else {}
                return web.Response(status=503, text="upstream connect error", headers=headers)
            case Mood.SLOW:
                await asyncio.sleep(3600)
            case Mood.RESET:
                if request.transport is not None:
                    request.transport.abort()
            case Mood.HTML:
                return web.Response(text="<!DOCTYPE html><html><body>Console</body></html>", content_type=_HTML)
            case Mood.TRUNCATED:
                return web.Response(text='{"amount": 60', content_type="application/json")
            case Mood.NO_AMOUNT:
                return web.json_response({"credits": {"left": "60.36"}, "plan": "new"})
        return web.Response(status=500)


def _error(
    status: int,
    kind: str,
    message: str,
    details: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> web.Response:
    error = {"type": kind, "message": message, "details": {"error_visibility": "user_facing", **(details or {})}}
    body = {"type": "error", "error": error, "request_id": "req_demo"}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json", headers=headers)
