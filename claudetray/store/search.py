"""The search index over calls, and what a person types as a question to it.

`words` holds the text of a call; `marks` hold single tokens that narrow a search down: its state, origin, `s` and
status, `d` and day, `m` and month (UTC), `t` and the number of each tag,
`priced` or `unpriced`. Without them a search for a common
word within a rare filter would read millions of calls. For use inside the store's thread.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from claudetray.core.usage import UsageQuery
from claudetray.store.statements import change, listed, row

MOST_WORDS = 32
MOST_MONTHS = 60
PREFIX = 4  # letters; as the migration made the index
MOST_NAMED = 32
_TERM = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
_DAY = timedelta(days=1)


def learn(ids: Iterable[int]) -> None:
    """Take in the text of these calls as it stands now."""
    change(
        "INSERT INTO usage_search (rowid, words, marks) SELECT id, words, marks FROM usage_words"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (listed(ids),),
    )


def forget(ids: Iterable[int]) -> None:
    """Give up the text of these calls. Before the rows change: the index looks up there what it has to forget."""
    change("DELETE FROM usage_search WHERE rowid IN (SELECT value FROM json_each(?))", (listed(ids),))


def match(query: UsageQuery, tags: Mapping[str, int], first: datetime, last: datetime) -> str | None:
    """The question to the index, a superset of what `query` asks for; None when it names no word to search for.

    `tags` are the numbers of all tags by name; `first` and `last` are the times of the oldest and the newest call.
    Never a syntax error, whatever was typed.
    """
    terms = [f"({_in_words_or_tags(text, prefix, tags)})" for text, prefix in _terms(query.search)]
    if not terms:
        return None
    named = (query.model, query.client, query.session, query.project, query.request_id)
    terms += [f"words : {_phrase(text)}" for text in named if text and _plain(text)]
    marks: list[str | None] = [query.state, query.origin, f"s{query.status}" if query.status is not None else None]
    if query.unpriced is not None:
        marks.append("unpriced" if query.unpriced else "priced")
    if query.tag is not None:
        marks.append(f"t{tags.get(query.tag, 0)}")
    terms += [f'marks : "{mark}"' for mark in marks if mark]
    days = _cover(query.since, query.until, first, last)
    if days:
        terms.append("marks : ({})".format(" OR ".join(f'"{day}"' for day in days)))
    return " AND ".join(terms)


def _terms(search: str) -> list[tuple[str, bool]]:
    """The words and phrases to search for, each with: is it the beginning of a word?"""
    clean = search.encode("utf-8", "replace").decode().replace("\0", " ")
    found = []
    for phrase, star, word in _TERM.findall(clean):
        text, prefix = (phrase, bool(star)) if not word else (word, word.endswith("*"))
        if any(_searchable(character) for character in text):
            found.append((text, prefix))
    return found[:MOST_WORDS]


def _in_words_or_tags(text: str, prefix: bool, tags: Mapping[str, int]) -> str:
    phrases = _beginning(text) if prefix else [_phrase(text)]
    wanted = _tokens(text)
    named = [number for name, number in tags.items() if _occurs(wanted, _tokens(name), prefix)]
    return " OR ".join([*(f"words : {phrase}" for phrase in phrases), *(f'marks : "t{number}"' for number in named)])


def _beginning(text: str) -> list[str]:
    """Phrases whose last word begins so.

    Beginnings up to PREFIX letters are in the index. A longer one the index would answer by reading all calls that
    have such a word: 0.5 s for ten million of `claude*`. Mostly it is that of a few words, which are named instead.
    """
    *whole, last = _tokens(text)
    if text.isascii() and len(last) > PREFIX:
        words = _words_from(last)
        if 0 < len(words) <= MOST_NAMED:
            return [f'"{" ".join((*whole, word))}"' for word in words]
    return [f"{_phrase(text)} *"]


def _words_from(beginning: str) -> list[str]:
    words: list[str] = []
    at = beginning
    while len(words) <= MOST_NAMED:
        found = row("SELECT term FROM usage_search_terms WHERE term >= ? LIMIT 1", (at,))
        if found is None or not found[0].startswith(beginning):
            break
        words.append(found[0])
        at = f"{found[0]}\x01"
    return words


def _occurs(wanted: list[str], tokens: list[str], prefix: bool) -> bool:
    for start in range(len(tokens) - len(wanted) + 1):
        *whole, last = tokens[start : start + len(wanted)]
        if whole == wanted[:-1] and (last.startswith(wanted[-1]) if prefix else last == wanted[-1]):
            return bool(wanted)
    return False


def _phrase(text: str) -> str:
    return '"{}"'.format(text.replace('"', " ").replace("\0", " ").rstrip("*"))


def _tokens(text: str) -> list[str]:
    """As the index's tokenizer cuts a text: letters and digits, without case and accents."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn")
    return "".join(c if _searchable(c) else " " for c in bare.casefold()).split()


def _searchable(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"


def _plain(text: str) -> bool:
    return text.isascii() and any(character.isalnum() for character in text)


def _cover(since: datetime | None, until: datetime | None, first: datetime, last: datetime) -> list[str]:
    """The marks of the days and months that hold the range; empty when it holds every call, or very many months."""
    if (since is None or since <= first) and (until is None or until > last):
        return []
    day = max(since or first, first).astimezone(UTC).date()
    end = min(until or last, last).astimezone(UTC).date()
    marks: list[str] = []
    while day <= end and len(marks) <= MOST_MONTHS + 62:
        if day.day == 1 and (following := _next_month(day)) - _DAY <= end:
            marks.append(f"m{day:%Y%m}")
            day = following
        else:
            marks.append(f"d{day:%Y%m%d}")
            day += _DAY
    if not marks:
        return ["never"]
    return marks if len(marks) <= MOST_MONTHS + 62 else []


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
