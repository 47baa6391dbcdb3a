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
NUMBERS = ("limit", "status")  # the parameters that are numbers; all others are taken as they are written
MOST_DIGITS = 9
Model = TypeVar("Model", bound=msgspec.Struct)
Answer = Callable[[web.Request, Desk], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`media` names the kinds of text that are taken or given where that is not a struct of ours.

    Shape: `takes_media` is the JSON schema of each kind.
    """

    method: str
    path: str
    summary: str
    answer: Answer
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    gives: type[msgspec.Struct] | None = None
    status: int = 200
    takes_media: Mapping[str, Any] = field(default_factory=dict)
    gives_media: tuple[str, ...] = ()
    ids: bool = False  # does the path end with a number?
    refusals: Mapping[int, str] = field(default_factory=dict)


def queried(request: web.Request, model: type[Model]) -> Model:
    """The query parameters. Raises: QueryRefused with a sentence."""
    values = {name: _number(text) if name in NUMBERS else text for name, text in request.query.items()}
    if len(values) != len(request.query):
        raise QueryRefused("A parameter is given twice.")
    try:
        return msgspec.convert(values, model)
    except msgspec.ValidationError as error:
        raise QueryRefused(sentence(error)) from error


async def bodied(request: web.Request, model: type[Model]) -> Model:
    """The body, as JSON. Raises: QueryRefused with a sentence; web.HTTPUnsupportedMediaType."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="The body is to be JSON, with `Content-Type: application/json`.")
    raw = await read(request, MOST_BODY)
    try:
        return msgspec.convert(_DECODER.decode(raw), model)
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


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else text


def _whole(text: str) -> int | float:
    """JSON does not tell 1.0 from 1."""
    number = float(text)
    return int(number) if number.is_integer() else number


_DECODER = msgspec.json.Decoder(float_hook=_whole)


def sentence(error: Exception) -> str:
    """What is wrong, and where."""
    what, _, where = str(error).partition(" - at `$.")
    return f"{where.rstrip('`')}: {what}." if where else f"It cannot be read: {what}."
