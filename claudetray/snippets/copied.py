"""One request as it was copied, before anybody judged it; and the marks that cut a text into words."""

import re
from dataclasses import dataclass, field

from claudetray.core.errors import SnippetRefused

MOST_TEXT = 256 * 1024
MOST_REQUESTS = 64
MOST_WORD = 64 * 1024
MOST_HEADERS = 100
# "Copy all" of 64 requests needs up to 22,000; more is no browser's text, and would take over 100 ms (measured).
MOST_STEPS = 25_000
_SURROGATE = re.compile("[\ud800-\udfff]")


class Steps:
    """Counts what a scanner does, so that hostile text ends in a refusal, not in a wait."""

    def __init__(self) -> None:
        self._taken = 0

    def take(self) -> None:
        """Raises: SnippetRefused when there were too many."""
        self._taken += 1
        if self._taken > MOST_STEPS:
            raise SnippetRefused("too_large", "The text is far too tangled.", "Copy just the one credits request.")


@dataclass(slots=True, kw_only=True)
class Copied:
    """Shape: `headers` are (name, value) as written, the cookie among them or not; `cookies` came apart."""

    copied_as: str
    url: str = ""
    method: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list, repr=False)
    cookies: list[tuple[str, str]] = field(default_factory=list, repr=False)
    has_body: bool = False
    notes: list[str] = field(default_factory=list)


def malformed(where: str, advice: str = "Copy the request again, whole, and paste it unchanged.") -> SnippetRefused:
    """The refusal of text that breaks its own format. `where` names a place, never a value."""
    return SnippetRefused("malformed", f"The text breaks off or is damaged {where}.", advice)


def too_many_headers() -> SnippetRefused:
    """The refusal of a request with more headers or cookies than any browser sends."""
    return SnippetRefused(
        "bad_header", "The request has more headers or cookies than a browser sends.", "Copy it again."
    )


def several(what: str) -> SnippetRefused:
    """The refusal of text that would do more than send one request."""
    return SnippetRefused(
        "not_a_request",
        f"The text holds {what}, and claudetray reads requests only: nothing pasted is ever run.",
        "Paste what the browser copied, and nothing else.",
    )


def mend_surrogates(text: str) -> str:
    """Joins surrogate pairs that were written as two escapes. Raises: SnippetRefused on half a pair."""
    if not _SURROGATE.search(text):
        return text
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise malformed("inside a character") from None
