"""Which copied request is accepted: https to the Console, GET, no body, the credits, with a cookie.

Errors name the place and the cure, never a value.
"""

import re
from urllib.parse import SplitResult, urlsplit

from claudetray.core.cookie import Cookie
from claudetray.core.errors import SnippetRefused
from claudetray.core.request import CREDITS_PATH, ConsoleRequest
from claudetray.core.setting import loopback
from claudetray.snippets.copied import MOST_HEADERS, Copied, malformed, too_many_headers

CONSOLE = "https://platform.claude.com"
HOSTS = ("platform.claude.com", "console.anthropic.com", "claude.ai")
MOST_COOKIES = 200
MOST_VALUE = 32 * 1024
_CREDITS = re.compile(r"/api/organizations/([0-9A-Za-z_-]{1,64})" + CREDITS_PATH + "/?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# Not replayed: hop by hop, made anew by the client, or asking for less than the whole answer.
_DROPPED = {
    "host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection",
    "proxy-authorization", "content-length", "content-type", "accept-encoding", "if-none-match", "if-modified-since",
    "range", "expect", "cookie", "authority", "scheme", "path", "method", "protocol",
}  # fmt: skip


def is_credits(url: str) -> bool:
    """Does the address end in the credits path? For picking the one request out of “copy all”."""
    return url.partition("?")[0].partition("#")[0].rstrip("/").endswith(CREDITS_PATH)


def accepted(copied: Copied, console_url: str = CONSOLE) -> ConsoleRequest:
    """The request to keep. `console_url` is one more place allowed when it is a loopback one.

    Raises: SnippetRefused.
    """
    parts = _address(copied.url)
    origin = _origin(parts, console_url)
    if copied.method.upper() not in ("", "GET") or copied.has_body:
        raise SnippetRefused(
            "not_get",
            "This request would send something: only a GET is used.",
            "Copy the credits request instead.",
        )
    path = _CREDITS.fullmatch(parts.path)
    if path is None:
        raise SnippetRefused(
            "not_credits",
            "This is not the credits request: its address does not end in /prepaid/credits.",
            "Copy that one from the Console's billing page; or paste only the Cookie header of this one, "
            "and claudetray looks the organization up.",
        )
    headers = _headers(copied)
    return ConsoleRequest(origin=origin, organization=path.group(1), headers=headers, cookies=_cookies(copied))


def with_cookies_only(line: str, console_url: str = CONSOLE) -> ConsoleRequest:
    """The request of a bare Cookie header: the organization is looked up later. Raises: SnippetRefused."""
    origin = console_url if _override(console_url) else CONSOLE
    cookies = checked_cookies(split_cookies(line))
    return ConsoleRequest(origin=origin.rstrip("/"), organization=None, headers=(), cookies=cookies)


def split_cookies(header: str) -> list[tuple[str, str]]:
    """(name, value) pairs of a Cookie header; a value is verbatim and may hold `=` and quotes.

    Raises: SnippetRefused when there are too many.
    """
    if header.count(";") > MOST_COOKIES:
        raise too_many_headers()
    pairs = (piece.strip(" \t").partition("=") for piece in header.split(";"))
    return [(name, value) for name, equals, value in pairs if equals and name]


def _override(console_url: str) -> SplitResult | None:
    parts = urlsplit(console_url)
    return parts if parts.hostname and loopback(parts.hostname) else None


def _address(url: str) -> SplitResult:
    if not url or len(url) > 4096 or any(c.isspace() or c == "\\" or not c.isprintable() for c in url):
        raise malformed("at the address")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise malformed("at the address") from None
    if not parts.scheme or not parts.hostname:
        raise malformed("at the address")
    return parts


def _origin(parts: SplitResult, console_url: str) -> str:
    override = _override(console_url)
    if override and (parts.scheme, parts.netloc) == (override.scheme, override.netloc):
        return f"{override.scheme}://{override.netloc}"
    foreign = SnippetRefused(
        "foreign_host",
        "This request goes to another host than the Console's.",
        f"The cookie is only ever sent to {', '.join(HOSTS)}.",
    )
    if "@" in parts.netloc or parts.hostname not in HOSTS or parts.port not in (None, 443):
        raise foreign
    if parts.scheme != "https":
        raise SnippetRefused("not_https", "The address does not start with https://.", "Copy the request again.")
    return f"https://{parts.hostname}"


def _headers(copied: Copied) -> tuple[tuple[str, str], ...]:
    if len(copied.headers) > MOST_HEADERS:
        raise too_many_headers()
    kept: dict[str, tuple[str, str]] = {}
    for name, value in copied.headers:
        if not _TOKEN.fullmatch(name) or _UNSAFE.search(value) or len(value) > MOST_VALUE:
            raise SnippetRefused(
                "bad_header", "A header has a name or a value that no browser sends.", "Copy it again."
            )
        if name.lower() not in _DROPPED and not name.lower().startswith("proxy-"):
            kept[name.lower()] = (name, value)
    return tuple(kept.values())


def _cookies(copied: Copied) -> tuple[Cookie, ...]:
    cookies = list(copied.cookies)
    for name, value in copied.headers:
        if name.lower() == "cookie":
            cookies += split_cookies(value)
    return checked_cookies(cookies)


def checked_cookies(cookies: list[tuple[str, str]]) -> tuple[Cookie, ...]:
    """The cookies, when they can be sent. Raises: SnippetRefused."""
    if len(cookies) > MOST_COOKIES:
        raise too_many_headers()
    for name, value in cookies:
        if not _TOKEN.fullmatch(name) or _UNSAFE.search(value) or ";" in value or len(value) > MOST_VALUE:
            raise SnippetRefused(
                "bad_header", "A cookie has a name or a value that no browser sends.", "Copy it again."
            )
    return tuple(Cookie(name=name, value=value) for name, value in cookies)
