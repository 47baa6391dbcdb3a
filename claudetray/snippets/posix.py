"""Words of a POSIX shell line, as browsers write them: quoting only. Whatever a shell would *do* is refused.

Source: Chromium's NetworkLogView.ts and Firefox's curl.js, rules restated; the bash manual, "Quoting".
"""

import re

from claudetray.core.errors import SnippetRefused
from claudetray.snippets.copied import MOST_REQUESTS, MOST_WORD, Steps, malformed, mend_surrogates, several

_BLANK = re.compile(r"(?:[ \t]|\\\r?\n)+")
_PLAIN = re.compile(r"[^\s'\"\\$`;&|<>(){}#*?!~]+")
_LOOSE = re.compile(r"[{}*?!~#]+")  # harmless inside a word that a person typed, since nothing here expands them
_ANSI = re.compile(
    r"[^\\']+|\\(?:([abefnrtv\\'\"?E])|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3}))"
)
_ANSI_NAMED = dict(zip("abefnrtv\\'\"?E", "\a\b\x1b\f\n\r\t\v\\'\"?\x1b", strict=True))
_DOUBLE = re.compile(r"[^\\\"$`]+|\\(?:([\\\"$`])|(\r?\n)|)")


def commands(text: str) -> list[list[str]]:
    """The commands of a text, each as its words. Raises: SnippetRefused."""
    found: list[list[str]] = []
    words: list[str] = []
    at = 0
    steps = Steps()
    while at < len(text):
        steps.take()
        if blank := _BLANK.match(text, at):
            at = blank.end()
        elif text[at] in ";\n\r":
            at += 1
            words = _ended(found, words)
        elif text[at] == "#":  # a comment: Chrome writes "# Unsupported URL scheme"
            at = _line_end(text, at)
        else:
            word, at = _word(text, at, steps)
            words.append(word)
    _ended(found, words)
    return found


def _ended(found: list[list[str]], words: list[str]) -> list[str]:
    if words:
        found.append(words)
    if len(found) > MOST_REQUESTS:
        raise SnippetRefused("too_many", f"The text holds more than {MOST_REQUESTS} requests.", "Copy just the one.")
    return []


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _word(text: str, at: int, steps: Steps) -> tuple[str, int]:
    pieces: list[str] = []
    while at < len(text):
        steps.take()
        if plain := _PLAIN.match(text, at) or _LOOSE.match(text, at):
            pieces.append(plain.group())
            at = plain.end()
            continue
        character = text[at]
        if character == "'":
            end = text.find("'", at + 1)
            if end < 0:
                raise malformed("inside single quotes")
            pieces.append(text[at + 1 : end])
            at = end + 1
        elif character == '"':
            piece, at = _double(text, at + 1, steps)
            pieces.append(piece)
        elif text.startswith("$'", at):
            piece, at = _ansi(text, at + 2, steps)
            pieces.append(piece)
        elif character == "\\":
            if at + 1 == len(text):
                raise malformed("after the last backslash")
            continued = text.startswith("\\\r\n", at)
            pieces.append("" if continued or text[at + 1] == "\n" else text[at + 1])
            at += 3 if continued else 2
        elif character in "$`":
            raise several("a variable or a command substitution")
        elif character in "&|<>()":
            raise several("a pipe, a redirection or a second command")
        else:
            break
    word = "".join(pieces)
    if len(word) > MOST_WORD:
        raise SnippetRefused("too_large", "One word of the text is far too long.", "Copy just the credits request.")
    return mend_surrogates(word), at


def _double(text: str, at: int, steps: Steps) -> tuple[str, int]:
    pieces: list[str] = []
    while piece := _DOUBLE.match(text, at):
        steps.take()
        if piece.group(1):
            pieces.append(piece.group(1))
        elif not piece.group(2):
            pieces.append(piece.group())
        at = piece.end()
    if text.startswith('"', at):
        return "".join(pieces), at + 1
    if at < len(text):
        raise several("a variable or a command substitution")
    raise malformed("inside double quotes")


def _ansi(text: str, at: int, steps: Steps) -> tuple[str, int]:
    """`$'…'`. `\\xHH` and octal name characters below 256, as both browsers mean them."""
    pieces: list[str] = []
    while piece := _ANSI.match(text, at):
        steps.take()
        named, *codes = piece.groups()
        code = next((code for code in codes if code), None)
        if named:
            pieces.append(_ANSI_NAMED[named])
        elif code:
            pieces.append(_character(int(code, 8 if piece.group(5) else 16)))
        else:
            pieces.append(piece.group())
        at = piece.end()
    if text.startswith("'", at):
        return "".join(pieces), at + 1
    raise malformed("inside $'…'")


def _character(code: int) -> str:
    if code > 0x10FFFF:
        raise malformed("inside an escaped character")
    return chr(code)
