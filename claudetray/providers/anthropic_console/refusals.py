"""What a refusal of the Console means: three different cures hide behind a 403. Pure.

Source: docs/providers/anthropic-console.md, "Telling failures apart".
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from claudetray.core.errors import (
    Challenged,
    RateLimited,
    SessionExpired,
    SourceError,
    UnexpectedAnswer,
    Unreachable,
    WrongOrganization,
)
from claudetray.core.redaction import outline

_CHALLENGE_MARKS = ("just a moment", "challenge-platform", "cf-challenge", "cf_chl_")


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> SourceError:
    """The error behind an answer whose status is not 200.

    Shape: `headers` finds names whatever their case.
    """
    told = retry_after(headers.get("retry-after"), now)
    if status == 429:  # Cloudflare's own has a page like a challenge's, but the cure is to wait all the same
        return RateLimited("The Console says: too many requests.", told)
    if is_challenge(headers, body):
        return Challenged("Cloudflare stopped the request and wants to see a browser.")
    answer = parsed(body)
    error = error_type(answer)
    match status:
        case 401:
            return SessionExpired("The Console does not accept this session any more.")
        case 403 if error == "permission_error" and not _session_invalid(answer):
            return WrongOrganization("This session has no access to the credits of that organization.")
        case 403 if _session_invalid(answer) or error == "authentication_error":
            return SessionExpired("The Console does not accept this session any more.")
        case 403 if error is None:
            return Challenged("The request was stopped before it reached the Console.")
        case _ if 300 <= status < 400:
            return _redirected(headers.get("location", ""))
        case 408 | 425 | 529:
            return Unreachable(f"The Console is busy (status {status}).", told)
        case _ if status >= 500:
            return Unreachable(f"The Console is in trouble (status {status}).", told)
    return UnexpectedAnswer(f"The Console answered with status {status}.", outline(answer))


def answer(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Any:
    """The JSON of an answer. Raises: SourceError, when it is a refusal or no JSON.

    Shape: `headers` finds names whatever their case.
    """
    if status != 200:
        raise refusal(status, headers, body, now)
    found = parsed(body)
    if found is not None:
        return found
    if is_challenge(headers, body):  # in disguise
        raise refusal(status, headers, body, now)
    html = "html" in headers.get("content-type", "")
    what = "a web page" if html else "something that is not JSON"
    raise UnexpectedAnswer(f"The Console answered with {what}.", f"{len(body)} bytes")


def refused_inside(answer: Any) -> SourceError | None:
    """The error inside an answer with status 200, or None where there is none."""
    match error_type(answer):
        case None:
            return None
        case "permission_error":
            if _session_invalid(answer):
                return SessionExpired("The Console does not accept this session any more.")
            return WrongOrganization("This session has no access to the credits of that organization.")
        case "authentication_error":
            return SessionExpired("The Console does not accept this session any more.")
        case "rate_limit_error":
            return RateLimited("The Console says: too many requests.")
        case "overloaded_error" | "api_error" | "timeout_error":
            return Unreachable("The Console is in trouble.")
    return UnexpectedAnswer("The Console answered with an error that is not known here.", outline(answer))


def error_type(answer: Any) -> str | None:
    """The `error.type` of Anthropic's error shape, or None."""
    match answer:
        case {"type": "error", "error": {"type": str(kind)}}:
            return kind
        case {"type": "error"} | {"error": {"type": _}}:
            return ""
    return None


def parsed(body: bytes) -> Any:
    """The JSON in a body, or None where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """What `Retry-After` says: seconds or a date (RFC 9110, 10.2.3); None where it says nothing usable."""
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return timedelta(seconds=min(int(header.strip()[:9]), 10**8))
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Is this Cloudflare asking for a browser, whatever the status says?"""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    if "html" not in headers.get("content-type", "html"):
        return False
    start = body[:20_000].decode("utf-8", "replace").lower()
    return any(mark in start for mark in _CHALLENGE_MARKS)


def _session_invalid(answer: Any) -> bool:
    # Where in the answer the code stands is known from one report only, so any place will do.
    return "account_session_invalid" in json.dumps(answer)


def _redirected(location: str) -> SourceError:
    path = location.partition("?")[0].lower()
    if any(word in path for word in ("/login", "/logout", "/signin", "/sign-in", "/oauth")):
        return SessionExpired("The Console asks to sign in.")
    return UnexpectedAnswer("The Console sent us to another address, and a cookie is never taken along.")
