"""Words of a Windows command line, as browsers write them for cmd.exe.

Source: Chromium's NetworkLogView.ts and Firefox's curl.js, rules restated; where an argument ends was checked
on generated lines (facts, "cURL (cmd)").
"""

import re

from claudetray.core.errors import SnippetRefused
from claudetray.snippets.copied import MOST_REQUESTS, MOST_WORD, Steps, malformed, several

_BLANK = re.compile(r"(?:[ \t]|\^\r?\n)+")
_PLAIN = re.compile(r"(?:[^\s^\"&|<>]++|\^[^\s\"])++")
_NEWLINE = r"\"\^\r?\n\r?\n\"|\^\r?\n\r?\n"
# One step inside an argument: a newline, a continued line, a run of harmless characters, or a quote or backslash.
_STEP = re.compile(rf"({_NEWLINE})|(\^\r?\n)|((?:[^^\"\\]++|\^[^\"\\\r\n])++)|\^?([\"\\])|(.)", re.DOTALL)
_CHROME_ESCAPE = re.compile(r"\\([\\\"])")
_END = re.compile(r"[\s&]|\^\r?\n")
_CARETED = re.compile(r"\^(.)", re.DOTALL)


def commands(text: str, firefox: bool) -> list[list[str]]:
    """The commands of a text, each as its words; Firefox does not double backslashes. Raises: SnippetRefused."""
    found: list[list[str]] = [[]]
    at = 0
    steps = Steps()
    while at < len(text):
        steps.take()
        if blank := _BLANK.match(text, at):
            at = blank.end()
        elif text[at] in "&\r\n":
            at += 1
            if found[-1]:
                found.append([])
            if len(found) > MOST_REQUESTS:
                raise SnippetRefused("too_many", f"The text holds more than {MOST_REQUESTS} requests.", "Copy one.")
        elif text[at] in "|<>":
            raise several("a pipe or a redirection")
        elif text.startswith('^"', at) or text[at] == '"':
            word, at = _quoted(text, at + (2 if text[at] == "^" else 1), firefox, steps)
            found[-1].append(word)
        elif plain := _PLAIN.match(text, at):
            found[-1].append(_without_carets(plain.group()))
            at = plain.end()
            if text[at : at + 1] == '"':
                raise malformed("at a quote inside a word")
        else:
            raise malformed("after a caret")
    return [words for words in found if words]


def _quoted(text: str, at: int, firefox: bool, steps: Steps) -> tuple[str, int]:
    pieces: list[str] = []
    odd = False  # an odd number of backslashes stands before this place: a quote here is literal
    while step := _STEP.match(text, at):
        steps.take()
        newline, continued, run, special, stray = step.groups()
        at = step.end()
        if newline:
            pieces.append("\n")
        elif run:
            _check_length(run)
            pieces.append(_without_carets(run))
        elif special == '"' and not odd:
            return _unescaped("".join(pieces), firefox), _after(text, at)
        elif special or stray:
            pieces.append(special or stray)
        if not continued:
            odd = special == "\\" and not odd
    if firefox:
        raise malformed(
            "at the end of an argument",
            "Firefox writes a value that ends in a backslash in a way that cannot be told apart: copy as cURL (POSIX).",
        )
    raise malformed("inside double quotes")


def _without_carets(run: str) -> str:
    """Takes the escaping carets away; the plain case is several times faster than the pattern (measured)."""
    return _CARETED.sub(lambda pair: pair.group(1), run) if "^^" in run else run.replace("^", "")


def _after(text: str, at: int) -> int:
    if at < len(text) and not _END.match(text, at):
        raise malformed("after a closing quote")
    return at


def _unescaped(raw: str, firefox: bool) -> str:
    _check_length(raw)
    return raw.replace('\\"', '"') if firefox else _CHROME_ESCAPE.sub(r"\1", raw)


def _check_length(word: str) -> None:
    if len(word) > MOST_WORD:
        raise SnippetRefused("too_large", "One word of the text is far too long.", "Copy just the credits request.")
