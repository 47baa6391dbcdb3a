"""The helper process that delivers one message through Apprise, and ends: nothing else imports it.

A process of its own, since Apprise takes 30 to 45 MB, blocks, and cannot be broken off. Told on standard input, so that
no address is seen in a list of processes; what it answers has no secret in it.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apprise
import requests
from apprise.manager_plugins import NotificationManager

CONNECT_S, ANSWER_S, WHOLE_S = 5, 10, 25
# Keys by which an address could have files read, or keys made, on this machine; or be redirected.
FORBIDDEN = ("template", "pgp_key", "pgp_privkey", "attach", "redirect", "vapid_keyfile", "keyfile")
_ASSET = apprise.AppriseAsset(
    app_id="claudetray",
    app_desc="claudetray",
    app_url="",
    image_url_mask=None,
    image_url_logo=None,
    image_path_mask=None,
    storage_mode="memory",
    http_redirects=False,
    service_timeout=WHOLE_S,
    pgp_autogen=False,
    pem_autogen=False,
)


def main() -> int:
    """Shapes: `Order` in, `Result` out, as JSON; see `through_apprise.py`."""
    os.environ["NETRC"] = os.devnull  # else a person's ~/.netrc goes before the token of the address
    logging.disable()  # its lines may hold tokens
    order = json.loads(sys.stdin.buffer.read())
    result = deliver(order["url"], order["title"], order["body"], order["kind"])
    sys.stdout.write(json.dumps(result))
    sys.stdout.flush()
    os._exit(0)  # Apprise's threads may still wait for an answer; nobody waits for them


def deliver(url: str, title: str, body: str, kind: str) -> dict[str, Any]:
    """Send one message. Shape: `{"sent": bool, "known": bool, "status": int | None, "retry_after": str | None,
    "error": str}`; `known=False` where the address is none, `error` is an exception's type.
    """
    seen: dict[str, Any] = {"status": None, "retry_after": None, "error": ""}
    try:
        service = _service(url)
    except Exception as error:
        return {"sent": False, "known": False, **seen, "error": type(error).__name__}
    if service is None:
        return {"sent": False, "known": False, **seen}
    with _watched(seen):
        told = apprise.Apprise(asset=_ASSET)
        told.add(service)
        try:
            sent = bool(told.notify(title=title, body=_unmentioned(url, body), body_format="text", notify_type=kind))
        except Exception as error:
            sent, seen["error"] = False, type(error).__name__
    return {"sent": sent, "known": True, **seen}


def _service(url: str) -> apprise.NotifyBase | None:
    """The one service of an address; None where there is none."""
    known = NotificationManager()  # type: ignore[no-untyped-call]
    schema = url.partition("://")[0].lower()
    plugin = known[schema] if schema in known else None  # noqa: SIM401  # it is no dict, and has no get
    parsed = plugin.parse_url(url.replace("/#", "/%23")) if plugin is not None else None
    if plugin is None or not parsed:
        return None
    for key in FORBIDDEN:
        parsed.pop(key, None)
    made: apprise.NotifyBase = plugin(**parsed, asset=_ASSET, cto=CONNECT_S, rto=ANSWER_S, tag=set())
    made.request_rate_per_sec = 0
    return made


def _unmentioned(url: str, body: str) -> str:
    """Discord would call everybody whom a text names."""
    return body.replace("@", "@\u200b") if url.startswith("discord:") else body


@contextmanager
def _watched(seen: dict[str, Any]) -> Iterator[None]:
    """Apprise says that it failed, and not how: the last answer or failure of the wire is noted here."""
    asked = requests.Session.request

    def request(self: requests.Session, *args: Any, **named: Any) -> requests.Response:
        try:
            answer = asked(self, *args, **named)
        except Exception as error:
            seen["error"] = type(error).__name__
            raise
        seen["status"], seen["retry_after"] = answer.status_code, answer.headers.get("Retry-After")
        return answer

    requests.Session.request = request  # type: ignore[method-assign]
    try:
        yield
    finally:
        requests.Session.request = asked  # type: ignore[method-assign]
