"""Pasted text into one request: which form it is, and which of its requests is meant. Pure."""

import re

from claudetray.core.errors import SnippetRefused
from claudetray.core.request import ConsoleRequest, Snippet
from claudetray.snippets import cmd, curl, javascript, posix, powershell
from claudetray.snippets.acceptance import CONSOLE, accepted, is_credits, split_cookies, with_cookies_only
from claudetray.snippets.copied import MOST_TEXT, Copied, several

_PROMPT = re.compile(r"(?:\$ |> |% |PS [^\n>]{0,200}> ?|[A-Za-z]:\\[^\n>]{0,200}>)")
_FETCH = re.compile(r"(?:await\s+)?(?:window\.)?fetch\s*\(")
_CURL = re.compile(r"curl(\.exe)?(?=\s|\^)", re.IGNORECASE)
_POWERSHELL = re.compile(r"\$session\b|Invoke-(?:WebRequest|RestMethod)\b", re.IGNORECASE)
_COOKIE_LINE = re.compile(r"(?:cookie:)?[ \t]{0,10}(?=[^\s=;]{1,200}=)", re.IGNORECASE)
_COMMENTS = re.compile(r"(?:\s|//[^\n]*(?:\n|$))*")
_BASH, _POSIX, _CMD, _WINDOWS = "cURL (bash)", "cURL (POSIX)", "cURL (cmd)", "cURL (Windows)"
HOW = "In the browser's network panel, right-click the credits request and choose Copy as cURL."


def parse(text: str, console_url: str = CONSOLE) -> Snippet:
    """The one credits request in a pasted text.

    `console_url`: a loopback one is allowed beside the Console's own hosts (tests and demo).
    Raises: SnippetRefused.
    """
    if len(text) > MOST_TEXT or len(text.encode("utf-8", "surrogatepass")) > MOST_TEXT:
        raise SnippetRefused("too_large", "The text is larger than 256 KiB.", "Copy just the one credits request.")
    text = _trimmed(text)
    if not text:
        raise SnippetRefused("not_a_request", "There is nothing here yet.", HOW)
    for recognized in (_fetches, _curls, _powershells):
        if (requests := recognized(text)) is not None:
            copied = _meant(requests)
            request = accepted(copied, console_url)
            if not request.cookies:
                raise _no_cookie(copied)
            return Snippet(request=request, copied_as=copied.copied_as, notes=_notes(request, copied))
    return _bare_cookie(text, console_url)


def _trimmed(text: str) -> str:
    text = text.lstrip("\ufeff").strip()
    prompt = _PROMPT.match(text)
    return text[prompt.end() :].lstrip() if prompt else text


def _fetches(text: str) -> list[Copied] | None:
    comments = _COMMENTS.match(text)
    return javascript.requests(text) if _FETCH.match(text, comments.end() if comments else 0) else None


def _curls(text: str) -> list[Copied] | None:
    first = _CURL.match(text)
    if first is None:
        return None
    # In a shell of POSIX it is inside of single quotes, part of a value.
    caret_quoted = '^"' in text.partition("'")[0]
    if first.group(1) or caret_quoted or "^\n" in text or "^\r\n" in text or _double_quoted(text):
        name = _WINDOWS if first.group(1) else _CMD
        commands = cmd.commands(text, firefox=bool(first.group(1)))
    else:
        name = _BASH if "\n  -" in text or " -b " in text else _POSIX
        commands = posix.commands(text)
    if any(words[0].lower() not in ("curl", "curl.exe") for words in commands):
        raise several("a command that is not curl")
    # In "copy all" only the one that is meant is read: its neighbors may post, or name files.
    credits = [words for words in commands if any("://" in word and is_credits(word) for word in words)]
    if len(commands) > 1 and not credits:
        raise _none_of(len(commands))
    return [curl.request(words, name) for words in (credits or commands)[-1:]]


def _double_quoted(text: str) -> bool:
    """Older Chrome for cmd wraps in plain double quotes; a POSIX line like that would continue with a backslash."""
    before, quote, _ = text.partition('"')
    return bool(quote) and "'" not in before and "\\\n" not in text and "\\\r\n" not in text


def _powershells(text: str) -> list[Copied] | None:
    return powershell.requests(text) if _POWERSHELL.match(text) else None


def _meant(requests: list[Copied]) -> Copied:
    """The one request, or among several the last one for the credits."""
    if not requests:
        raise SnippetRefused("not_a_request", "The text prepares a request but holds none.", HOW)
    if len(requests) == 1:
        return requests[0]
    credits = [copied for copied in requests if is_credits(copied.url)]
    if not credits:
        raise _none_of(len(requests))
    return credits[-1]


def _none_of(requests: int) -> SnippetRefused:
    return SnippetRefused(
        "not_credits",
        f"None of these {requests} requests is the credits request.",
        "Open the Console's billing page with the network panel open, then copy again.",
    )


def _no_cookie(copied: Copied) -> SnippetRefused:
    if copied.copied_as == javascript.FETCH:
        return SnippetRefused(
            "no_cookie",
            "Copy as fetch leaves the cookie out, so this text cannot sign in.",
            "Choose Copy as cURL (or Copy as fetch (Node.js)) instead.",
        )
    return SnippetRefused(
        "no_cookie",
        "The Cookie header is missing from this request.",
        "Copy it from a browser that includes it (Chrome, Edge and Firefox do with Copy as cURL), while signed in.",
    )


def _notes(request: ConsoleRequest, copied: Copied) -> tuple[str, ...]:
    notes = list(copied.notes)
    if request.session_key is None:
        notes.append("There is no sessionKey cookie in it, so the Console will probably ask to sign in.")
    if not any(name.lower() == "user-agent" for name, _ in request.headers):
        notes.append("The User-Agent is missing, and Cloudflare ties it to the cookie: Copy as cURL keeps both.")
    if request.host == "claude.ai":
        notes.append("This is the usage credit of a claude.ai subscription, not the Console's API credit.")
    return tuple(notes)


def _bare_cookie(text: str, console_url: str) -> Snippet:
    line = _COOKIE_LINE.match(text)
    if (
        line
        and "\n" not in text
        and any(name == "sessionKey" and value for name, value in split_cookies(text[line.end() :]))
    ):
        request = with_cookies_only(text[line.end() :], console_url)
        note = "Only cookies: claudetray looks the organization up. Copy as cURL also keeps the User-Agent."
        return Snippet(request=request, copied_as="Cookie header", notes=(note,))
    if text.startswith(("sk-ant-api", "sk-ant-admin")):
        raise SnippetRefused("not_a_request", "This is an API key, and the Console does not tell it the balance.", HOW)
    raise SnippetRefused("not_a_request", "This is not a request copied from a browser.", HOW)
