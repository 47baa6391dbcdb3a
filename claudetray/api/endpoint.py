"""An endpoint: what it is called, what it takes and gives, and who answers. Routes and OpenAPI are made from these."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from claudetray.api.desk import Desk
from claudetray.core.errors import NotFound, QueryRefused

MOST_BODY = 1024 * 1024  # bytes
MOST_IMPORT = 64 * 1024 * 1024
Model = TypeVar("Model", bound=msgspec.Struct)
Answer = Callable[[web.Request, Desk], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`media` names the kinds of text that are taken or given where that is not JSON."""

    method: str
    path: str
    summary: str
    answer: Answer
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    gives: type[msgspec.Struct] | None = None
    status: int = 200
    takes_media: tuple[str, ...] = ()
    gives_media: tuple[str, ...] = ()
    ids: bool = False  # does the path end with a number?
    refusals: Mapping[int, str] = field(default_factory=dict)


def queried(request: web.Request, model: type[Model]) -> Model:
    """The query parameters. Raises: QueryRefused with a sentence."""
    names = list(request.query.keys())
    if len(names) != len(set(names)):
        raise QueryRefused("A parameter is given twice.")
    try:
        return msgspec.convert(dict(request.query), model, strict=False)
    except msgspec.ValidationError as error:
        raise QueryRefused(sentence(error)) from error


async def bodied(request: web.Request, model: type[Model]) -> Model:
    """The body, as JSON. Raises: QueryRefused with a sentence."""
    if request.content_type != "application/json":
        raise QueryRefused("The body is to be JSON, with `Content-Type: application/json`.")
    raw = await read(request, MOST_BODY)
    try:
        return msgspec.json.decode(raw, type=model)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise QueryRefused(sentence(error)) from error


async def read(request: web.Request, most: int) -> bytes:
    """The body, if it is not too large. Raises: web.HTTPRequestEntityTooLarge."""
    pieces, size = [], 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if size > most:
            raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=size)
        pieces.append(piece)
    return b"".join(pieces)


def numbered(request: web.Request) -> int:
    """The number in the path. Raises: NotFound."""
    text = request.match_info["id"]
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise NotFound("The path names no number.")


def said(values: Any, status: int = 200) -> web.Response:
    return web.json_response(values, status=status)


def sentence(error: Exception) -> str:
    """What is wrong, and where."""
    what, _, where = str(error).partition(" - at `$.")
    return f"{where.rstrip('`')}: {what}." if where else f"It cannot be read: {what}."
