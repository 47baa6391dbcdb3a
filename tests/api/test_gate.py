"""Who may ask, how often, and how every refusal is said."""

import asyncio
import json

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from claudetray.api.gate import BURST, PER_SECOND, Gate, Handler
from claudetray.core.errors import (
    ClaudetrayError,
    NotConfigured,
    NotFound,
    QueryRefused,
    SettingRefused,
    StoreFailed,
    Unreachable,
    VaultError,
)
from claudetray.core.exchange import Refusal
from tests.api.service import Service, everywhere, sentence

EVERYWHERE = pytest.mark.parametrize(("method", "path"), everywhere())
PROXIED = (("POST", "/v1/messages"), ("GET", "/v1/models"), ("OPTIONS", "/v1/messages"), ("GET", "/"))
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "evil.example"},
    {"Host": "rebound.example:8377"},
    {"Host": "127.0.0.1.evil.example"},
)
TOKEN = "token-of-nobody"


@EVERYWHERE
def test_without_the_token_nothing_is_answered(shared: Service, method: str, path: str) -> None:
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {shared.token}x"},
        {"Authorization": f"Bearer {shared.token[:-1]}"},
        {"Authorization": f"Basic {shared.token}"},
        {"Authorization": shared.token},
        {"x-api-key": shared.token},
        {"Cookie": f"token={shared.token}"},
    )
    for headers in wrong:
        answer = shared.stranger.request(method, path, headers=headers, params={"token": shared.token})
        assert "api-token" in sentence(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert shared.token not in answer.text


@EVERYWHERE
def test_a_web_page_from_elsewhere_is_refused_whatever_it_knows(shared: Service, method: str, path: str) -> None:
    for headers in FOREIGN:
        answer = shared.client.request(method, path, headers=headers)
        sentence(answer, 403)
        assert not any(name.startswith("access-control") for name in answer.headers)


@EVERYWHERE
def test_a_preflight_is_refused(shared: Service, method: str, path: str) -> None:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}
    for client, headers, status in (
        (shared.stranger, {"Origin": "https://evil.example"}, 403),
        (shared.stranger, {}, 401),
        (shared.client, {"Origin": shared.url}, 404 if path == "/api/nothing" else 405),
    ):
        answer = client.options(path, headers={**asked, **headers})
        sentence(answer, status)
        assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(("method", "path"), PROXIED)
def test_a_web_page_from_elsewhere_cannot_spend_through_the_proxy(shared: Service, method: str, path: str) -> None:
    before = len(shared.world.claude.seen)
    for headers in FOREIGN:
        plain = {"Content-Type": "text/plain", **headers}  # what a simple POST may say
        answer = shared.stranger.request(method, path, headers=plain, content=b"{}" if method == "POST" else None)
        assert answer.status_code == 403
        error = answer.json()
        assert (error["type"], error["error"]["type"]) == ("error", "permission_error")
        assert not any(name.startswith("access-control") for name in answer.headers)
    assert len(shared.world.claude.seen) == before


def test_its_own_pages_and_the_address_bar_may_ask(shared: Service) -> None:
    port = shared.url.rpartition(":")[2]
    for headers in (
        {"Origin": shared.url, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"},
        {"Host": f"[::1]:{port}"},
    ):
        assert shared.json("GET", "/api/health", headers=headers)["ok"]


def test_the_scheme_may_be_written_in_any_case(shared: Service) -> None:
    answer = shared.stranger.get("/api/health", headers={"Authorization": f"bearer  {shared.token}"})
    assert answer.status_code == 200


def asked(gate: Gate, handler: Handler, token: str = TOKEN) -> web.Response:
    return asked_often(gate, handler, 1, token)[0]


def asked_often(gate: Gate, handler: Handler, times: int, token: str = TOKEN) -> list[web.Response]:
    async def ask() -> list[web.Response]:
        request = make_mocked_request("GET", "/api/health", headers={"Authorization": f"Bearer {token}"})
        answers = [await gate.guarded(handler)(request) for _ in range(times)]
        return [answer for answer in answers if isinstance(answer, web.Response)]

    return asyncio.run(ask())


def refusal(answer: web.Response) -> dict[str, str]:
    assert answer.text is not None
    said = json.loads(answer.text)
    assert said["ok"] is False
    error: dict[str, str] = said["error"]
    return error


async def fine(request: web.Request) -> web.StreamResponse:
    return web.json_response({"ok": True})


def nobody(request: web.Request) -> Refusal | None:
    return None


def test_who_asks_too_often_waits_a_second() -> None:
    now = 0.0
    gate = Gate(TOKEN, lambda: now, nobody)
    assert {answer.status for answer in asked_often(gate, fine, int(BURST))} == {200}
    slowed = asked(gate, fine)
    assert (slowed.status, slowed.headers["Retry-After"]) == (429, "1")
    assert "again" in refusal(slowed)["message"]
    now = 1.0
    assert [answer.status for answer in asked_often(gate, fine, int(PER_SECOND) + 1)][-2:] == [200, 429]


def test_who_has_no_token_uses_nothing_up() -> None:
    gate = Gate(TOKEN, lambda: 0.0, nobody)
    assert {answer.status for answer in asked_often(gate, fine, int(BURST) + 1, "wrong")} == {401}
    assert asked(gate, fine).status == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("It is gone."), 404),
        (QueryRefused("No."), 400),
        (SettingRefused("Taken."), 409),
        (NotConfigured("Nothing to ask with."), 409),
        (VaultError("It is closed."), 409),
        (StoreFailed("The disk is full."), 503),
        (Unreachable("Nobody there."), 502),
    ],
    ids=lambda value: value.kind if isinstance(value, ClaudetrayError) else "",
)
def test_each_error_has_its_status_and_its_own_words(error: ClaudetrayError, status: int) -> None:
    async def failing(request: web.Request) -> web.StreamResponse:
        raise error

    answer = asked(Gate(TOKEN, lambda: 0.0, nobody), failing)
    assert answer.status == status
    assert refusal(answer) == {"kind": error.kind, "title": error.title, "message": error.message}


def test_a_bug_is_said_without_its_details_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        raise ZeroDivisionError("the secret of the house")

    answer = asked(Gate(TOKEN, lambda: 0.0, nobody), broken)
    assert answer.status == 500
    assert "secret" not in (answer.text or "")
    assert "ZeroDivisionError" in caplog.text


def test_what_aiohttp_refuses_is_json_too() -> None:
    async def full(request: web.Request) -> web.StreamResponse:
        raise web.HTTPServiceUnavailable(reason="Too many are listening already.")

    answer = asked(Gate(TOKEN, lambda: 0.0, nobody), full)
    assert (answer.status, refusal(answer)["message"]) == (503, "Too many are listening already.")


def test_a_connection_that_is_gone_is_no_error_of_ours() -> None:
    async def gone(request: web.Request) -> web.StreamResponse:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asked(Gate(TOKEN, lambda: 0.0, nobody), gone)
