"""`Invoke-WebRequest` as Chrome and Firefox copy it: exactly their literals, and no other PowerShell.

Source: Chromium's NetworkLogView.ts and Firefox's powershell.js.
"""

import re
from dataclasses import dataclass, field

from claudetray.core.errors import SnippetRefused
from claudetray.snippets.copied import (
    MOST_HEADERS,
    MOST_REQUESTS,
    Copied,
    Steps,
    malformed,
    mend_surrogates,
    several,
    too_many_headers,
)

NAME = "PowerShell"
_BLANK = re.compile(r"(?:[ \t]|`\r?\n)*")
_SPACE = re.compile(r"(?:\s|`\r?\n|;)*")
_STRING = re.compile(r"[^`$\"]+|`(.)|\$\(\[char\](\d{1,5})\)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_SESSION = re.compile(r"\$session\s*=\s*New-Object\s+Microsoft\.PowerShell\.Commands\.WebRequestSession", re.IGNORECASE)
_AGENT = re.compile(r"\$session\.UserAgent\s*=\s*(?=\")", re.IGNORECASE)
_COOKIE = re.compile(r"\$session\.Cookies\.Add\(\(New-Object\s+System\.Net\.Cookie\(\s*", re.IGNORECASE)
_INVOKE = re.compile(r"Invoke-(?:WebRequest|RestMethod)\b", re.IGNORECASE)
_PARAMETER = re.compile(r"-([A-Za-z]+)")
_BYTES = re.compile(r"\(\[System\.Text\.Encoding\]::UTF8\.GetBytes\(\s*", re.IGNORECASE)
_CLOSE = re.compile(r"\s*\)\s*\)")
_COMMA = re.compile(r"\s*,\s*")
_EQUALS = re.compile(r"\s*=\s*")
_PSEUDO = {"authority", "method", "path", "scheme"}


@dataclass(slots=True)
class _Session:
    agent: str | None = None
    cookies: list[tuple[str, str]] = field(default_factory=list)


def requests(text: str) -> list[Copied]:
    """Every request in the text. Raises: SnippetRefused."""
    found: list[Copied] = []
    session = _Session()
    at = _past(_SPACE, text, 0)
    while at < len(text):
        if opened := _SESSION.match(text, at):
            session, at = _Session(), opened.end()
        elif agent := _AGENT.match(text, at):
            session.agent, at = _string(text, agent.end())
        elif cookie := _COOKIE.match(text, at):
            at = _cookie(text, cookie.end(), session)
        elif invoke := _INVOKE.match(text, at):
            copied, at = _invoke(text, invoke.end(), session)
            found.append(copied)
        else:
            raise several("PowerShell beyond a copied request")
        if len(found) > MOST_REQUESTS:
            raise SnippetRefused(
                "too_many", f"The text holds more than {MOST_REQUESTS} requests.", "Copy just the one."
            )
        at = _past(_SPACE, text, at)
    return found


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _expect(pattern: re.Pattern[str], text: str, at: int, where: str) -> int:
    match = pattern.match(text, at)
    if match is None:
        raise malformed(where)
    return match.end()


def _string(text: str, at: int) -> tuple[str, int]:
    if not text.startswith('"', at):
        raise malformed("where a text in double quotes should be")
    at += 1
    pieces: list[str] = []
    steps = Steps()
    while piece := _STRING.match(text, at):
        steps.take()
        escaped, unit = piece.groups()
        if escaped:
            pieces.append(_ESCAPES.get(escaped, escaped))
        elif unit:
            if int(unit) > 0xFFFF:
                raise malformed("inside $([char]…)")
            pieces.append(chr(int(unit)))
        else:
            pieces.append(piece.group())
        at = piece.end()
    if text.startswith('"', at):
        return mend_surrogates("".join(pieces)), at + 1
    if at < len(text):
        raise several("a PowerShell variable or expression")
    raise malformed("inside double quotes")


def _cookie(text: str, at: int, session: _Session) -> int:
    values: list[str] = []
    for index in range(4):
        if index:
            at = _expect(_COMMA, text, at, "inside a cookie")
        value, at = _string(text, at)
        values.append(value)
    at = _expect(_CLOSE, text, at, "after a cookie")
    if len(session.cookies) > 2 * MOST_HEADERS:
        raise too_many_headers()
    session.cookies.append((values[0], values[1]))
    return _expect(re.compile(r"\s*\)"), text, at, "after a cookie")


def _invoke(text: str, at: int, session: _Session) -> tuple[Copied, int]:
    copied = Copied(copied_as=NAME, method="GET", cookies=list(session.cookies))
    if session.agent is not None:
        copied.headers.append(("User-Agent", session.agent))
    at = _past(_BLANK, text, at)
    while parameter := _PARAMETER.match(text, at):
        at = _past(_BLANK, text, parameter.end())
        match parameter.group(1).lower():
            case "usebasicparsing":
                pass
            case "uri":
                copied.url, at = _string(text, at)
            case "method":
                copied.method, at = _string(text, at)
            case "useragent":
                agent, at = _string(text, at)
                copied.headers.append(("User-Agent", agent))
            case "contenttype":
                _, at = _string(text, at)
            case "websession":
                at = _expect(re.compile(r"\$session\b", re.IGNORECASE), text, at, "after -WebSession")
            case "headers":
                at = _headers(text, at, copied)
            case "body":
                at = _body(text, at)
                copied.has_body = True
            case name:
                raise SnippetRefused(
                    "unknown_flag",
                    f"The PowerShell parameter -{name[:30]} is not known here.",
                    "Copy the request again.",
                )
        at = _past(_BLANK, text, at)
    if at < len(text) and text[at] not in ";\r\n":
        raise several("PowerShell beyond a copied request")
    return copied, at


def _headers(text: str, at: int, copied: Copied) -> int:
    at = _expect(re.compile(r"@\{"), text, at, "after -Headers")
    at = _past(_SPACE, text, at)
    while not text.startswith("}", at):
        name, at = _string(text, at)
        value, at = _string(text, _expect(_EQUALS, text, at, "inside the headers"))
        if len(copied.headers) > MOST_HEADERS:
            raise too_many_headers()
        if name.lower() not in _PSEUDO:
            copied.headers.append((name, value))
        at = _past(_SPACE, text, at)
    return at + 1


def _body(text: str, at: int) -> int:
    if opened := _BYTES.match(text, at):
        _, at = _string(text, opened.end())
        return _expect(_CLOSE, text, at, "after -Body")
    _, at = _string(text, at)
    return at
