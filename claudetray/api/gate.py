"""The gate before the local API: the token, the pace, and every refusal in JSON with a sentence."""

import logging
from collections.abc import Awaitable, Callable
from hmac import compare_digest

from aiohttp import web

from claudetray.core.errors import (
    ClaudetrayError,
    NotConfigured,
    NotFound,
    QueryRefused,
    SettingRefused,
    SnippetRefused,
    StoreError,
    VaultError,
)
from claudetray.core.exchange import Refusal

PER_SECOND, BURST = 500.0, 2000.0  # requests: far above what people and dashboards ask, far below what would harm
SCHEME = "bearer "
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_STATUS: tuple[tuple[type[ClaudetrayError], int], ...] = (
    (NotFound, 404),
    (QueryRefused, 400),
    (SettingRefused, 409),
    (SnippetRefused, 400),
    (NotConfigured, 409),
    (VaultError, 409),
    (StoreError, 503),
)
log = logging.getLogger(__name__)


class Gate:
    """Lets through who may speak to this server and holds the token, at a bearable pace. `monotonic` is in seconds."""

    def __init__(
        self, token: str, monotonic: Callable[[], float], stranger: Callable[[web.Request], Refusal | None]
    ) -> None:
        self._token, self._monotonic, self._stranger = token.encode(), monotonic, stranger
        self._left, self._at = BURST, monotonic()

    def guarded(self, handler: Handler) -> Handler:
        """The handler, behind the gate."""

        async def answer(request: web.Request) -> web.StreamResponse:
            if (refusal := self._stranger(request)) is not None:
                return refused(refusal.status, "forbidden", "Not from there", refusal.message)
            if not self._known(request.headers.get("Authorization", "")):
                return refused(
                    401,
                    "unauthorized",
                    "The token is missing or wrong",
                    "Send the text of the file `api-token` in claudetray's home as `Authorization: Bearer …`.",
                    {"WWW-Authenticate": 'Bearer realm="claudetray"'},
                )
            if not self._in_time():
                return refused(429, "too_many", "Too many requests", "Ask again in a second.", {"Retry-After": "1"})
            try:
                return await handler(request)
            except ClaudetrayError as error:
                status = next((status for kind, status in _STATUS if isinstance(error, kind)), 502)
                return refused(status, error.kind, error.title, error.message)
            except web.HTTPRequestEntityTooLarge:
                return refused(413, "too_large", "The body is too large", "Send it in smaller parts.")
            except web.HTTPException as error:
                return refused(error.status, "refused", "Refused", error.reason)
            except ConnectionResetError:
                raise
            except Exception:  # a bug of ours must not look like the end of the connection
                log.exception("the local API failed")
                return refused(500, "failed", "Something went wrong", "This is a defect: `claudetray doctor` has more.")

        return answer

    def _known(self, header: str) -> bool:
        given = header[len(SCHEME) :].strip() if header[: len(SCHEME)].lower() == SCHEME else ""
        return compare_digest(given.encode("utf-8", "surrogateescape"), self._token)

    def _in_time(self) -> bool:
        now = self._monotonic()
        self._left, self._at = min(BURST, self._left + (now - self._at) * PER_SECOND), now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def refused(status: int, kind: str, title: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """A refusal, as every command says it with --json."""
    error = {"kind": kind, "title": title, "message": message}
    return web.json_response({"ok": False, "error": error}, status=status, headers=headers)
