"""`fetch(…)` as browsers copy it: data only. Calls, variables, templates and spreads are refused.

Source: Chromium's NetworkLogView.ts and FetchHeaderCommenting.ts, Firefox's RequestListContextMenu.js.
"""

import json
import re
from typing import Any

from claudetray.core.errors import SnippetRefused
from claudetray.snippets.copied import MOST_REQUESTS, Copied, Steps, malformed, mend_surrogates, several

FETCH, FETCH_NODE = "fetch", "fetch (Node.js)"
# json5 reads some 15 kB a second (measured): a longer text must be plain JSON, which browsers write anyway.
MOST_JSON5 = 1000
_GAP = re.compile(r"(?:[\s;]|//[^\n]*(?:\n|$)|/\*(?:[^*]++|\*(?!/))*+\*/)*+")
_CALL = re.compile(r"(?:await\s+)?(?:window\.)?fetch\s*\(\s*")
_STRING = re.compile(r"'(?:[^'\\]++|\\.)*+'", re.DOTALL)
_RAW_URL = re.compile(r"\"([^\"\n]*)\"\s*(?=[,)])")
# What never closes reaches to the end, so that no place is read twice.
_TOKEN = re.compile(
    r"\"(?:[^\"\\]++|\\.)*+(?:\"|\Z|\\)|'(?:[^'\\]++|\\.)*+(?:'|\Z|\\)"
    r"|//[^\n]*|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)|[{}\[\](),`]",
    re.DOTALL,
)
_COMMENTED_COOKIE = re.compile(r"//\s{0,20}\"cookie\"\s{0,20}:\s{0,20}(\"(?:[^\"\\\n]++|\\.)*+\")", re.IGNORECASE)
_DECODER = json.JSONDecoder()


def requests(text: str) -> list[Copied]:
    """Every request in the text. Raises: SnippetRefused."""
    found: list[Copied] = []
    at = _skip(text, 0)
    lenient = len(text) <= MOST_JSON5
    while at < len(text):
        call = _CALL.match(text, at)
        if call is None:
            raise several("something beside requests")
        copied, at = _call(text, call.end(), lenient)
        found.append(copied)
        if len(found) > MOST_REQUESTS:
            raise SnippetRefused(
                "too_many", f"The text holds more than {MOST_REQUESTS} requests.", "Copy just the one."
            )
        at = _skip(text, at)
    return found


def _skip(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def _call(text: str, at: int, lenient: bool) -> tuple[Copied, int]:
    url, at = _url(text, at, lenient)
    at = _skip(text, at)
    options: dict[str, Any] = {}
    source = ""
    if text.startswith(",", at):
        start = _skip(text, at + 1)
        if text.startswith("{", start):
            end = _object_end(text, start)
            source = text[start:end]
            options = _data(source, lenient)
            at = _skip(text, end)
        else:
            at = start
    if not text.startswith(")", at):
        raise malformed("inside fetch(…)")
    return _copied(url, options, source), at + 1


def _url(text: str, at: int, lenient: bool) -> tuple[str, int]:
    """A JSON string; Firefox writes the address raw, so that one with a backslash is no JSON."""
    try:
        if text.startswith('"', at):
            url, end = _DECODER.raw_decode(text, at)
            return mend_surrogates(str(url)), end
        if lenient and (single := _STRING.match(text, at)):
            return str(_lenient(single.group())), single.end()
    except ValueError:
        if raw := _RAW_URL.match(text, at):
            return raw.group(1), raw.end(1) + 1
    raise malformed("at the address of fetch(…)")


def _object_end(text: str, at: int) -> int:
    depth = 0
    steps = Steps()
    for token in _TOKEN.finditer(text, at):
        steps.take()
        mark = token.group()
        if mark in "{[(":
            depth += 1
        elif mark in "}])":
            depth -= 1
            if depth == 0:
                return token.end()
        elif mark == "`":
            raise several("a template literal")
    raise malformed("inside the options of fetch(…)")


def _data(source: str, lenient: bool) -> dict[str, Any]:
    """The options as data: strict JSON, else JSON with comments and trailing commas, else JSON5."""
    for reading in (_strict, _cleaned, _lenient)[: 3 if lenient else 2]:
        try:
            options = reading(source)
        except (ValueError, RecursionError):
            continue
        if isinstance(options, dict):
            return options
    raise SnippetRefused(
        "malformed",
        "The options of fetch(…) are not plain data.",
        "Copy the request again and paste it unchanged.",
    )


def _strict(source: str) -> Any:
    return json.loads(source)


def _cleaned(source: str) -> Any:
    kept: list[str] = []
    at = 0
    for token in _TOKEN.finditer(source):
        mark = token.group()
        kept.append(source[at : token.start()])
        at = token.end()
        if mark.startswith(("//", "/*")):
            continue
        if mark in ("}", "]"):
            _drop_trailing_comma(kept)
        kept.append(mark)
    return json.loads("".join(kept) + source[at:])


def _drop_trailing_comma(kept: list[str]) -> None:
    for index in range(len(kept) - 1, -1, -1):
        if kept[index].strip():
            if kept[index] == ",":
                del kept[index]
            return


def _lenient(source: str) -> Any:
    import json5  # hardly ever needed

    return json5.loads(source)


def _copied(url: str, options: dict[str, Any], source: str) -> Copied:
    copied = Copied(copied_as=FETCH, url=url, method=str(options.get("method") or "GET"))
    headers = options.get("headers") or {}
    if not isinstance(headers, dict):
        raise malformed("at the headers of fetch(…)")
    copied.headers = [(str(name), mend_surrogates(value)) for name, value in headers.items() if isinstance(value, str)]
    copied.has_body = options.get("body") not in (None, "")
    names = {name.lower() for name, _ in copied.headers}
    if "cookie" not in names and (commented := _COMMENTED_COOKIE.search(source)):
        copied.headers.append(("cookie", _commented(commented.group(1))))
        copied.notes.append("The cookie was taken from the commented line.")
    elif "cookie" in names:
        copied.copied_as = FETCH_NODE
    referrer = options.get("referrer")
    if isinstance(referrer, str) and referrer.startswith("https://") and "referer" not in names:
        copied.headers.append(("Referer", referrer))
    return copied


def _commented(text: str) -> str:
    try:
        return mend_surrogates(str(json.loads(text)))
    except ValueError:
        raise malformed("at the commented cookie") from None
