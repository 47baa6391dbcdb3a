"""Cookies that an answer renews. Pure. Source: docs/providers/anthropic-console.md, "Renewal"."""

from collections.abc import Iterable

# The session slides, and Cloudflare's clearance is renewed; no other cookie is ours to keep.
RENEWABLE = ("sessionKey", "sessionKeyV3", "cf_clearance", "__cf_bm", "_cfuvid")


def renewed(set_cookies: Iterable[str]) -> dict[str, str]:
    """The new values in `Set-Cookie` headers. An empty value or `Max-Age=0` is a logout: never kept."""
    found: dict[str, str] = {}
    for header in set_cookies:
        name, equals, rest = header.partition("=")
        name = name.strip()
        value, _, attributes = rest.partition(";")
        value = value.strip()
        if not equals or name not in RENEWABLE or not value or not value.isprintable() or len(value) > 8192:
            continue
        if any(_attribute(part) == ("max-age", "0") for part in attributes.split(";")):
            continue
        found[name] = value
    return found


def _attribute(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip().lower(), value.strip()
