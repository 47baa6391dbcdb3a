"""Records over the local API: search, one, add, delete, export, import."""

from aiohttp import web

from claudetray.api import questions
from claudetray.api.desk import Desk
from claudetray.api.endpoint import MOST_IMPORT, bodied, numbered, queried, read, said
from claudetray.api.gate import refused
from claudetray.api.shapes import ExportFilters, TagsByHand, UsageDeletion, UsageEntry, UsageList
from claudetray.core import usage_contract
from claudetray.core.errors import NotFound, QueryRefused
from claudetray.core.usage import Tokens
from claudetray.services.exporting import FORMATS, exported
from claudetray.services.importing import imported
from claudetray.services.usage_desk import Entry


async def page(request: web.Request, desk: Desk) -> web.StreamResponse:
    asked = queried(request, UsageList)
    await desk.settled()
    return said(usage_contract.page(await desk.kept.usage.page(questions.usage(asked), asked.cursor, asked.limit)))


async def one(request: web.Request, desk: Desk) -> web.StreamResponse:
    await desk.settled()
    record = await desk.kept.usage.one(numbered(request))
    if record is None:
        raise NotFound("There is no record of that number.")
    return said(usage_contract.record(record))


async def add(request: web.Request, desk: Desk) -> web.StreamResponse:
    entry = await bodied(request, UsageEntry)
    record = await desk.usage.add(
        Entry(
            model=entry.model,
            tokens=Tokens(
                input=entry.input_tokens,
                output=entry.output_tokens,
                cache_read=entry.cache_read_tokens,
                cache_write_5m=entry.cache_write_5m_tokens,
                cache_write_1h=entry.cache_write_1h_tokens,
            ),
            at=entry.started_at or desk.clock(),
            tags=tuple(dict.fromkeys(entry.tags)),
            client=entry.client,
            session=entry.session,
            project=entry.project,
            simulated=entry.simulated,
        )
    )
    desk.recorded((record,))
    return said(usage_contract.record(record), 201)


async def delete(request: web.Request, desk: Desk) -> web.StreamResponse:
    asked = queried(request, UsageDeletion)
    query = questions.usage(asked)
    if asked.all != "true" and not questions.narrows(query):
        return refused(409, "no_filter", "That would delete everything", "Name a filter, or `all=true`.")
    await desk.settled()
    return said({"deleted": await desk.kept.usage.delete(query)})


async def delete_one(request: web.Request, desk: Desk) -> web.StreamResponse:
    await desk.settled()
    deleted = await desk.kept.usage.delete([numbered(request)])
    if not deleted:
        raise NotFound("There is no record of that number.")
    return said({"deleted": deleted})


async def bodies(request: web.Request, desk: Desk) -> web.StreamResponse:
    """What was asked and answered, where that is kept."""
    await desk.settled()
    kept = await desk.kept.bodies.one(numbered(request))
    if kept is None:
        raise NotFound("No bodies are kept for that number; the setting `proxy.keep_bodies` does that for later calls.")
    return said(usage_contract.bodies(kept))


async def tag(request: web.Request, desk: Desk) -> web.StreamResponse:
    """Tags by hand: rules do not take away what was given so."""
    number, wanted = numbered(request), await bodied(request, TagsByHand)
    await desk.settled()
    record = await desk.kept.usage.tag(number, add=wanted.add, remove=wanted.remove)
    if record is None:
        raise NotFound("There is no record of that number.")
    return said(usage_contract.record(record))


async def export(request: web.Request, desk: Desk) -> web.StreamResponse:
    asked = queried(request, ExportFilters)
    await desk.settled()
    name = f"claudetray-usage.{asked.format}"
    headers = {"Content-Type": FORMATS[asked.format], "Content-Disposition": f'attachment; filename="{name}"'}
    answer = web.StreamResponse(headers=headers)
    await answer.prepare(request)
    async for text in exported(desk.kept.usage, questions.usage(asked), asked.format):
        await answer.write(text.encode())
    await answer.write_eof()
    return answer


async def import_(request: web.Request, desk: Desk) -> web.StreamResponse:
    raw = await read(request, MOST_IMPORT)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryRefused("The text to import is not UTF-8.") from error
    said_json = {"application/json": True, "text/csv": False}.get(request.content_type)
    if said_json is not None and said_json != text.lstrip().startswith(("[", "{")):
        raise QueryRefused("The text is not what its Content-Type says.")
    done = await imported(desk.usage, text)
    refused = [{"row": row.row, "message": row.message} for row in done.refused]
    return said({"added": done.added, "known": done.known, "refused": refused, "refused_count": done.refused_count})
