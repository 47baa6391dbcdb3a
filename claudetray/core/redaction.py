"""The redactor: takes secrets out of text before anybody sees it. The second line of defence, not the first."""

import re
from collections.abc import Collection
from typing import Any

HIDDEN = "•••"
SHORTEST_SECRET = 8
# Linear patterns only: one unbounded character class each.
_PATTERNS = (
    re.compile(r"sk-ant-[A-Za-z0-9_-]{4,}"),
    re.compile(r"(?<=hooks\.slack\.com/)[A-Za-z0-9/_-]+"),
    re.compile(r"(?i)(\bcookie[\"']?\s{0,3}[=:]\s{0,3})[^\r\n]+"),  # to the end of the line: it may hold several
    re.compile(r"(?i)(\b(?:authorization|x-api-key)[\"']?\s{0,3}[=:]\s{0,3}(?:bearer |basic )?)[^\s;,]+"),
    re.compile(
        r"(?i)(\b(?:session_?key\w{0,4}|cf_clearance|__cf_bm|_cfuvid|routinghint)[\"']?\s{0,3}[=:]\s{0,3})[^\s;,]+"
    ),
    re.compile(r"(?i)(bearer\s{1,3})[A-Za-z0-9._~+/=-]{6,}"),
)
_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


def redacted(text: str) -> str:
    """`text` without session keys, cookies, tokens, webhook paths and ids."""
    for pattern in _PATTERNS:
        text = pattern.sub(lambda found: (found.group(1) if found.lastindex else "") + HIDDEN, text)
    return _ID.sub(lambda found: found.group()[:4] + "…", text)


def masked(secret: str) -> str:
    """A secret as a form shows it: of an address the host, of anything else nothing."""
    address = re.match(r"https?://[^/@\s]{1,100}/", secret)
    return (address.group() if address else "") + HIDDEN


def scrubbed(value: Any, secrets: Collection[str]) -> Any:
    """A JSON value in which no text holds one of those secrets (of 8 characters or more) or a session key."""
    match value:
        case str():
            for secret in secrets:
                if len(secret) >= SHORTEST_SECRET:
                    value = value.replace(secret, HIDDEN)
            return _PATTERNS[0].sub(HIDDEN, value)
        case dict():
            return {scrubbed(key, secrets): scrubbed(item, secrets) for key, item in value.items()}
        case list():
            return [scrubbed(item, secrets) for item in value]
    return value


def outline(value: Any, depth: int = 4) -> str:
    """The shape of an answer: keys and types, never values. For a report about a changed format."""
    if isinstance(value, dict):
        if depth == 0:
            return "{…}"
        inner = (f"{redacted(str(key))[:60]}: {outline(item, depth - 1)}" for key, item in list(value.items())[:40])
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return f"[{outline(value[0], depth - 1)} × {len(value)}]" if value and depth else "[]"
    return "null" if value is None else type(value).__name__
