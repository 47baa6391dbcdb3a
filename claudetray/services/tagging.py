"""Tags by rule: regular expressions matched in linear time (RE2), whatever somebody writes."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from claudetray.core.errors import SettingRefused
from claudetray.core.tag import MOST_PATTERN, MOST_TAG_NAME, Field, Tag, TagRule
from claudetray.core.usage import UsageRecord

MOST_MEMORY = 1024 * 1024  # bytes that one pattern may take, compiled
MOST_REMEMBERED = 512  # texts
MOST_HEADER_TAGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What rules look at, of one call. `prompt` is empty unless the person allows it to be read."""

    model: str = ""
    path: str = ""
    client: str = ""
    metadata: str = ""
    prompt: str = ""


class Tagger:
    """Gives tags by their rules. A rule that cannot be read (from a newer claudetray) gives none."""

    def __init__(self, tags: Iterable[Tag]) -> None:
        self._rules: dict[Field, list[tuple[str, Any]]] = {}
        for tag in tags:
            for rule in tag.rules:
                with suppress(SettingRefused):
                    self._rules.setdefault(rule.field, []).append((tag.name, compiled(rule)))
        # The same models, paths, clients and sessions come again and again; prompts do not, and are not to be kept.
        self._remembered = lru_cache(maxsize=MOST_REMEMBERED)(self._fitting)

    def tags(self, seen: Seen) -> tuple[str, ...]:
        """The names of the tags whose rules fit, each once."""
        found: dict[str, None] = {}
        for field in self._rules:
            text = getattr(seen, field)
            if text:
                fitting = self._fitting if field is Field.PROMPT else self._remembered
                found |= dict.fromkeys(fitting(field, text))
        return tuple(found)

    def _fitting(self, field: Field, text: str) -> tuple[str, ...]:
        return tuple(name for name, pattern in self._rules[field] if pattern.search(text))


def compiled(rule: TagRule) -> Any:
    """The pattern of a rule. Raises: SettingRefused with a sentence when it is none."""
    if not rule.pattern or len(rule.pattern) > MOST_PATTERN:
        raise SettingRefused(f"A pattern has 1 to {MOST_PATTERN} characters.")
    import re2  # nobody who has no rules pays for it

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    try:
        return re2.compile(rule.pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        what = error.args[0] if error.args else ""
        detail = what.decode("utf-8", "replace") if isinstance(what, bytes) else str(what)
        raise SettingRefused(f"The pattern for {rule.field} cannot be used: {detail}.") from error


def seen(record: UsageRecord) -> Seen:
    """What is on record of a call, for trying rules out on it: not all of its metadata, and no prompt."""
    lines = [f"{word}:{value}" for word, value in (("session", record.session), ("project", record.project)) if value]
    lines += [f"tool:{name}" for name in record.tools]
    return Seen(model=record.model or "", path=record.path, client=record.client or "", metadata="\n".join(lines))


def named(header: str) -> tuple[str, ...]:
    """The tags in an `x-claudetray-tags` header: words between commas."""
    names = dict.fromkeys(" ".join(part.split())[:MOST_TAG_NAME] for part in header.split(","))
    return tuple(name for name in names if name and name.isprintable())[:MOST_HEADER_TAGS]
