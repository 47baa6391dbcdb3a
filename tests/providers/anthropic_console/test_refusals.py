import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.errors import (
    Challenged,
    RateLimited,
    SessionExpired,
    SourceError,
    UnexpectedAnswer,
    Unreachable,
    WrongOrganization,
)
from claudetray.providers.anthropic_console.refusals import refusal, retry_after
from tests.builders import NOW


def error(kind: str, **details: str) -> bytes:
    return json.dumps({"type": "error", "error": {"type": kind, "message": "m", "details": details}}).encode()


HTML = b"<!DOCTYPE html><title>Just a moment...</title>"
JSON_TYPE = {"content-type": "application/json"}
HTML_TYPE = {"content-type": "text/html; charset=UTF-8"}


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (401, JSON_TYPE, error("authentication_error"), SessionExpired),
        (401, {}, b"", SessionExpired),
        (302, {"location": "/login?returnTo=x"}, b"", SessionExpired),
        (307, {"location": "https://platform.claude.com/login"}, b"", SessionExpired),
        (302, {"location": "https://elsewhere.example/"}, b"", UnexpectedAnswer),
        (403, JSON_TYPE, error("permission_error", error_code="account_session_invalid"), SessionExpired),
        (403, JSON_TYPE, error("account_session_invalid"), SessionExpired),
        (403, JSON_TYPE, error("permission_error"), WrongOrganization),
        (403, JSON_TYPE, error("something_new"), UnexpectedAnswer),
        (403, {"cf-mitigated": "challenge", **HTML_TYPE}, b"", Challenged),
        (403, HTML_TYPE, HTML, Challenged),
        (403, HTML_TYPE, b"<html>Attention Required! | Cloudflare</html>", Challenged),
        (503, HTML_TYPE, HTML, Challenged),
        (429, JSON_TYPE, error("rate_limit_error"), RateLimited),
        (429, HTML_TYPE, HTML, RateLimited),
        (500, JSON_TYPE, error("api_error"), Unreachable),
        (522, HTML_TYPE, b"<html>timed out</html>", Unreachable),
        (529, JSON_TYPE, error("overloaded_error"), Unreachable),
        (404, JSON_TYPE, error("not_found_error"), UnexpectedAnswer),
        (418, {}, b"teapot", UnexpectedAnswer),
    ],
)
def test_each_failure_has_its_own_cure(
    status: int, headers: dict[str, str], body: bytes, expected: type[SourceError]
) -> None:
    assert type(refusal(status, httpx.Headers(headers), body, NOW)) is expected


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("7", timedelta(seconds=7)),
        ("Sat, 21 Nov 2026 09:31:00 GMT", timedelta(minutes=1)),
        ("Sat, 21 Nov 2026 09:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_retry_after(header: str | None, wait: timedelta | None) -> None:
    assert retry_after(header, NOW) == wait


answers = st.recursive(
    st.none() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "error", "code"]), inner),
)
names = st.sampled_from(["content-type", "location", "retry-after"])


@given(
    st.integers(100, 599),
    st.dictionaries(names, st.text(max_size=20)),
    st.binary(max_size=50) | answers.map(lambda answer: json.dumps(answer).encode()),
)
def test_any_refusal_is_an_error_of_ours(status: int, headers: dict[str, str], body: bytes) -> None:
    found: Any = refusal(status, headers, body, NOW)
    assert isinstance(found, SourceError)
    assert found.message
