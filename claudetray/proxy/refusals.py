"""Our own error answers, in the shape of the API's, so that every client can show them. Source: messages-api, 8."""

import json

from aiohttp import web

from claudetray.core.errors import UpstreamFailed
from claudetray.core.exchange import Refusal

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
}
CLOSING = Refusal(
    status=503,
    kind="api_error",
    message="claudetray is stopping and takes no new calls: try again in a moment.",
    headers={"Connection": "close"},
)
OUR_TOKEN = Refusal(
    status=401,
    kind="authentication_error",
    message="This is the token of claudetray's own API, not a key of the Claude API: send a key, or use /api/proxy.",
    headers={},
)
NOT_A_PATH = Refusal(
    status=400,
    kind="invalid_request_error",
    message="claudetray is not a forward proxy: set ANTHROPIC_BASE_URL to its address, and no HTTP_PROXY.",
    headers={"Connection": "close"},
)
BAD_BODY = Refusal(
    status=400,
    kind="invalid_request_error",
    message="The request's body cannot be read: its chunks or its length are wrong.",
    headers={"Connection": "close"},
)
OWN_FAULT = Refusal(
    status=500,
    kind="api_error",
    message="claudetray failed inside; its log says where. Please report it, and try again.",
    headers={"Connection": "close"},
)


def unanswered(failure: UpstreamFailed) -> Refusal:
    """What the client is told when the upstream gave no answer."""
    kind = KINDS.get(failure.status, "api_error")
    return Refusal(status=failure.status, kind=kind, message=failure.message, headers={})


def of_status(status: int, message: str) -> Refusal:
    """A refusal for a status that the server itself came to, as with a line that is too long."""
    headers = {"Connection": "close"} if status == 400 else {}
    return Refusal(status=status, kind=KINDS.get(status, "api_error"), message=message, headers=headers)


def body(refusal: Refusal) -> bytes:
    """Shape: `{"type":"error","error":{"type":…,"message":…}}`."""
    error = {"type": refusal.kind, "message": refusal.message}
    return json.dumps({"type": "error", "error": error}, ensure_ascii=False).encode()


def answer(refusal: Refusal) -> web.Response:
    """The refusal as it goes out; where it closes the connection, it says so."""
    response = web.Response(
        status=refusal.status, headers=refusal.headers, body=body(refusal), content_type="application/json"
    )
    if refusal.headers.get("Connection") == "close":
        response.force_close()
    return response
