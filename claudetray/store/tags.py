"""Tags: the words that calls are grouped by, their rules, and which calls have them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from claudetray.core.errors import SettingRefused
from claudetray.core.tag import MOST_TAG_NAME, MOST_TAGS, Field, Tag, TagRule
from claudetray.store import rollups
from claudetray.store.database import Database
from claudetray.store.derived import following
from claudetray.store.schema import TagRow
from claudetray.store.statements import change, listed, rows

CHUNK = 1_000
MOST_MADE = 100  # without rules, while calls make some: a local program cannot use up all there may be
# Told apart beside the starters' colours, on a light and on a dark ground.
PALETTE = ("#0ea5a4", "#d946ef", "#84a31a", "#e11d48", "#6366f1", "#b45309", "#0284c7", "#16a34a", "#be185d", "#64748b")


class TagsKept:
    """The tags. No two have the same name, whatever the case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Tag, ...]:
        """By name."""
        return await self._database.read(_all)

    async def add(self, tag: Tag) -> Tag:
        """Keep a new tag; it comes back with its number. Raises: SettingRefused."""

        def work() -> Tag:
            known = _all()
            if len(known) >= MOST_TAGS:
                raise SettingRefused(f"There are {MOST_TAGS} tags already; delete one first.")
            _refuse_taken(tag, known)
            return replace(tag, id=TagRow.insert(name=tag.name, color=tag.color, rules=_rules_json(tag)).execute())

        return await self._database.run(work)

    async def change(self, tag: Tag) -> bool:
        """Give the tag of that number this name, colour and these rules; False when there is none.

        The calls that have it keep it. Raises: SettingRefused.
        """

        def work() -> bool:
            known = _all()
            _refuse_taken(tag, known)
            TagRow.update(name=tag.name, color=tag.color, rules=_rules_json(tag)).where(TagRow.id == tag.id).execute()
            return any(one.id == tag.id for one in known)

        return await self._database.run(work)

    async def delete(self, id: int) -> bool:
        """Take the tag from every call that has it, then forget it; False when there is none.

        In many small transactions, so that other writers get their turn.
        """
        while (was_there := await self._database.run(lambda: _deleted(id))) is None:
            pass
        return was_there


def numbers(names: Iterable[str]) -> dict[str, int]:
    """The number of the tag of each name; names that no tag has are left out. For use inside the store's thread."""
    known = {name.casefold(): id for id, name in rows("SELECT id, name FROM tag")}
    return {name: known[folded] for name in names if (folded := _plain(name).casefold()) in known}


def make(names: Iterable[str], most: int = MOST_TAGS) -> None:
    """Make a tag of each name that none has, as long as there are fewer than `most` without rules.

    For use inside the store's thread, in a transaction.
    """
    found = rows("SELECT name, rules FROM tag")
    known, without = {name.casefold() for name, _ in found}, sum(rules == "[]" for _, rules in found)
    for name in map(_plain, names):
        if name and name.casefold() not in known and without < most and len(known) < MOST_TAGS:
            TagRow.insert(name=name, color=PALETTE[len(known) % len(PALETTE)], rules="[]").execute()
            known.add(name.casefold())
            without += 1


def names() -> Mapping[int, str]:
    """For use inside the store's thread."""
    return dict(rows("SELECT id, name FROM tag"))


def in_order(tags: Iterable[str]) -> tuple[str, ...]:
    """As the tags of a call are listed."""
    return tuple(sorted(tags, key=lambda name: (name.casefold(), name)))


def _deleted(id: int) -> bool | None:
    """Take the tag from some calls; once none has it, forget it: was there one? None while there may be more calls."""
    some = [one for (one,) in rows("SELECT usage_id FROM usage_tag WHERE tag_id = ? LIMIT ?", (id, CHUNK))]
    with following(some):
        change(
            "DELETE FROM usage_tag WHERE tag_id = ? AND usage_id IN (SELECT value FROM json_each(?))",
            (id, listed(some)),
        )
    if len(some) == CHUNK:
        return None
    rollups.forget_tag(id)
    return bool(TagRow.delete().where(TagRow.id == id).execute())


def _plain(name: str) -> str:
    return " ".join(name.split())[:MOST_TAG_NAME]


def _all() -> tuple[Tag, ...]:
    tags = (
        Tag(
            id=row.id,
            name=row.name,
            color=row.color,
            rules=tuple(
                TagRule(field=Field(field), pattern=pattern)
                for field, pattern in json.loads(row.rules)
                if field in set(Field)
            ),
        )
        for row in TagRow.select()
    )
    return tuple(sorted(tags, key=lambda tag: tag.name.casefold()))


def _refuse_taken(tag: Tag, known: Iterable[Tag]) -> None:
    if any(one.name.casefold() == tag.name.casefold() and one.id != tag.id for one in known):
        raise SettingRefused(f"There is a tag named “{tag.name}” already.")


def _rules_json(tag: Tag) -> str:
    return json.dumps([[rule.field, rule.pattern] for rule in tag.rules], ensure_ascii=False, separators=(",", ":"))
