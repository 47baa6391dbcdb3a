"""Which calls a query wants, as SQL: one index gives the order, and what follows is asked of each row.

For use inside the store's thread.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from claudetray.core.errors import NotFound, QueryRefused
from claudetray.core.times import from_millis, to_millis
from claudetray.core.usage import CallState, Origin, UsageQuery
from claudetray.store import search
from claudetray.store.statements import Row, number, row, rows

_OK = 200
_MOST_STATUS = 999
_CURSOR = re.compile(rb"([st]):(-?\d{1,18}):(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Selection:
    """Calls from their newest to their oldest: by when they began, or by when they were kept (`searched`).

    `at` and `id` are the columns that give the order.
    """

    source: str
    where: str
    values: tuple[Any, ...]
    at: str = "u.started_at"
    id: str = "u.id"
    searched: bool = False

    def page(self, columns: str, limit: int, after: str | None = None) -> list[Row]:
        """Some rows, newest first, after the cursor. Raises: NotFound on a cursor that is none of ours."""
        beyond, values = ("true", ()) if after is None else self._beyond("<", *_position(after, self.searched))
        order = f"{self.id} DESC" if self.searched else f"{self.at} DESC, {self.id} DESC"
        return self._rows(columns, beyond, values, order, limit)

    def oldest(self, columns: str, limit: int, after: tuple[int, int] | None, last: int) -> list[Row]:
        """Some rows, oldest first, after that time and number, up to the number `last`."""
        beyond, values = ("true", ()) if after is None else self._beyond(">", *after)
        order = self.id if self.searched else f"{self.at}, {self.id}"
        return self._rows(columns, f"{beyond} AND {self.id} <= ?", (*values, last), order, limit)

    def cursor(self, started_at: int, id: int) -> str:
        """Where the rows after this one begin; it stays so while calls are added."""
        text = f"{'s' if self.searched else 't'}:{started_at}:{id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _beyond(self, sign: str, started_at: int, id: int) -> tuple[str, tuple[int, ...]]:
        if self.searched:
            return f"{self.id} {sign} ?", (id,)
        return f"({self.at}, {self.id}) {sign} (?, ?)", (started_at, id)

    def _rows(self, columns: str, beyond: str, values: tuple[int, ...], order: str, limit: int) -> list[Row]:
        return rows(
            f"SELECT {columns} FROM {self.source} WHERE {self.where} AND {beyond} ORDER BY {order} LIMIT ?",
            (*self.values, *values, limit),
        )


def refuse_half(*texts: str | None) -> None:
    """Raises: QueryRefused on half a character, which SQLite is not to be asked for."""
    try:
        "".join(filter(None, texts)).encode()
    except UnicodeEncodeError as error:
        raise QueryRefused("This text has half a character in it.") from error


def selection(query: UsageQuery) -> Selection | None:
    """The calls that a query wants; None when there can be none. Raises: QueryRefused."""
    refuse_half(query.model, query.client, query.tag, query.session, query.project, query.request_id)
    if query.status is not None and not 0 <= query.status <= _MOST_STATUS:
        return None
    tag_id = None
    if query.tag is not None:
        found = row("SELECT id FROM tag WHERE name = ?", (query.tag,))
        if found is None:
            return None
        tag_id = found[0]
    question = _question(query, tag_id)
    if question is not None:
        terms, values = _terms(query, tag_id)
        return Selection(
            "usage_search CROSS JOIN usage AS u ON u.id = usage_search.rowid",
            " AND ".join(["usage_search MATCH ?", *terms]),
            (question, *values),
            id="usage_search.rowid",
            searched=True,
        )
    index = _narrowest(query)
    if index == "tag":
        terms, values = _terms(query, None, at="t.started_at")
        source = "usage_tag AS t INDEXED BY usage_tag_newest CROSS JOIN usage AS u ON u.id = t.usage_id"
        return Selection(
            source, " AND ".join(["t.tag_id = ?", *terms]), (tag_id, *values), at="t.started_at", id="t.usage_id"
        )
    terms, values = _terms(query, tag_id)
    return Selection(f"usage AS u INDEXED BY usage_{index}", " AND ".join(["true", *terms]), values)


def _terms(query: UsageQuery, tag_id: int | None, at: str = "u.started_at") -> tuple[list[str], tuple[Any, ...]]:
    asked = [
        (f"u.{name} = ?", value)
        for name in ("model", "client", "origin", "state", "status", "session", "project", "request_id")
        if (value := getattr(query, name)) is not None
    ]
    if query.since is not None:
        asked.append((f"{at} >= ?", to_millis(query.since)))
    if query.until is not None:
        asked.append((f"{at} < ?", to_millis(query.until)))
    if tag_id is not None:
        asked.append(("EXISTS (SELECT 1 FROM usage_tag WHERE usage_id = u.id AND tag_id = ?)", tag_id))
    terms = [term for term, _ in asked]
    if query.unpriced is not None:
        terms.append(f"u.cost_pico IS {'' if query.unpriced else 'NOT '}NULL")
    return terms, tuple(value for _, value in asked)


def _narrowest(query: UsageQuery) -> str:
    """The index that leaves the fewest rows, mostly: what SQLite cannot know of single values."""
    candidates = (
        ("request", query.request_id is not None),
        ("session", query.session is not None),
        ("project", query.project is not None),
        ("unpriced", query.unpriced is True),
        ("status", query.status not in (None, _OK)),
        ("state", query.state not in (None, CallState.COMPLETE)),
        ("tag", query.tag is not None),
        ("origin", query.origin not in (None, Origin.PROXY)),
        ("client", query.client is not None),
        ("model", query.model is not None),
        ("status", query.status is not None),
        ("state", query.state is not None),
        ("origin", query.origin is not None),
    )
    return next((index for index, asked in candidates if asked), "started")


def _question(query: UsageQuery, tag_id: int | None) -> str | None:
    if not query.search.strip():
        return None
    tags = dict(rows("SELECT name, id FROM tag"))
    if query.tag is not None and tag_id is not None:
        tags[query.tag] = tag_id  # as the query spells it
    first, last = (number(f"SELECT {end}(started_at) FROM usage") for end in ("min", "max"))
    return search.match(query, tags, from_millis(first), from_millis(last))


def _position(cursor: str, searched: bool) -> tuple[int, int]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotFound("This cursor is not one of ours.") from error
    found = _CURSOR.fullmatch(text)
    if found is None or (found[1] == b"s") is not searched:
        raise NotFound("This cursor does not belong to this query.")
    return int(found[2]), int(found[3])
