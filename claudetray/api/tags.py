"""Tags and their rules over the local API."""

from collections.abc import Iterable

from aiohttp import web

from claudetray.api.desk import Desk
from claudetray.api.endpoint import bodied, numbered, said
from claudetray.api.shapes import RuleEntry, TagEntry, TagTrial
from claudetray.core import usage_contract
from claudetray.core.errors import NotFound, QueryRefused, SettingRefused
from claudetray.core.tag import Tag, TagRule
from claudetray.services.tagging import Tagger, compiled, seen

TRIED_ON = 500  # of the latest calls


async def all_(request: web.Request, desk: Desk) -> web.StreamResponse:
    return said({"items": [usage_contract.tag(tag) for tag in await desk.kept.tags.all()], "next_cursor": None})


async def add(request: web.Request, desk: Desk) -> web.StreamResponse:
    tag = await desk.kept.tags.add(_tag(await bodied(request, TagEntry)))
    await desk.changed()
    return said(usage_contract.tag(tag), 201)


async def change(request: web.Request, desk: Desk) -> web.StreamResponse:
    number = numbered(request)
    tag = _tag(await bodied(request, TagEntry), number)
    if not await desk.kept.tags.change(tag):
        raise NotFound("There is no tag of that number.")
    await desk.changed()
    return said(usage_contract.tag(tag))


async def delete(request: web.Request, desk: Desk) -> web.StreamResponse:
    if not await desk.kept.tags.delete(numbered(request)):
        raise NotFound("There is no tag of that number.")
    await desk.changed()
    return said({"deleted": 1})


async def trial(request: web.Request, desk: Desk) -> web.StreamResponse:
    """Which of the latest calls would have a tag with these rules? Prompts are not on record: those cannot be tried."""
    rules = _rules((await bodied(request, TagTrial)).rules)
    tagger = Tagger([Tag(name="trial", color="#000000", rules=rules)])
    await desk.settled()
    latest = await desk.kept.usage.latest(TRIED_ON)
    found = [usage_contract.record(record) for record in latest if tagger.tags(seen(record))]
    return said({"looked_at": len(latest), "items": found, "next_cursor": None})


def _tag(entry: TagEntry, number: int | None = None) -> Tag:
    return Tag(id=number, name=entry.name, color=entry.color.lower(), rules=_rules(entry.rules))


def _rules(entries: Iterable[RuleEntry]) -> tuple[TagRule, ...]:
    """Raises: QueryRefused for a pattern that is none."""
    rules = tuple(TagRule(field=entry.field, pattern=entry.pattern) for entry in entries)
    try:
        for rule in rules:
            compiled(rule)
    except SettingRefused as error:
        raise QueryRefused(str(error)) from error
    return rules
