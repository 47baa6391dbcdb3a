"""Cookies that an answer renews. Pure. Source: docs/providers/anthropic-console.md, "Renewal"."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from claudetray.core.cookie import Cookie
from claudetray.providers.anthropic_console.provider import SESSION_COOKIES

# The session slides, and Cloudflare's clearance is renewed; no other cookie is ours to keep.
CLEARANCE = ("cf_clearance", "__cf_bm", "_cfuvid")
MOST_VALUE = 8192
# What comes with these is not the session's next cookie: a sign-in page may set one of nobody's.
NOT_SIGNED_IN = {401, 403, *range(300, 400)}


def renewed(set_cookies: Iterable[str], status: int, now: datetime) -> tuple[Cookie, ...]:
    """The cookies in `Set-Cookie` headers (RFC 6265, 5.2). One that is empty or over is a logout: never kept."""
    names = CLEARANCE if status in NOT_SIGNED_IN else (*SESSION_COOKIES, *CLEARANCE)
    found = (_cookie(header, now) for header in set_cookies)
    return tuple(cookie for cookie in found if cookie is not None and cookie.name in names)


def _cookie(header: str, now: datetime) -> Cookie | None:
    pair, *rest = header.split(";")
    name, equals, value = (part.strip() for part in pair.partition("="))
    if not equals or not value or not value.isprintable() or len(value) > MOST_VALUE:
        return None
    attributes = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in rest)}
    expires_at = _expiry(attributes, now)
    if expires_at is not None and expires_at <= now:
        return None
    domain = attributes.get("domain", "").lower().lstrip(".")
    return Cookie(
        name=name,
        value=value,
        domain=f".{domain}" if domain else "",
        path=attributes.get("path") or "/",
        expires_at=expires_at,
        http_only="httponly" in attributes,
    )


def _expiry(attributes: dict[str, str], now: datetime) -> datetime | None:
    """When it ends, to the second; `Max-Age` before `Expires`; None where neither says anything usable."""
    seconds = attributes.get("max-age", "")
    if seconds.removeprefix("-").isascii() and seconds.removeprefix("-").isdigit():
        length = timedelta(seconds=max(-1, min(int(seconds[:12]), 400 * 86_400)))  # browsers keep none longer
        return (now + length).replace(microsecond=0)
    try:
        at = parsedate_to_datetime(attributes["expires"])
    except (KeyError, ValueError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
