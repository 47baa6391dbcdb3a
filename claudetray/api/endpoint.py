"""An endpoint: what it is called, what it takes and gives, and who answers. Routes and OpenAPI are made from these."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pydantic
from aiohttp import web
from pydantic import BaseModel

from claudetray.api.desk import Desk
from claudetray.core.errors import QueryRefused

MOST_BODY = 1024 * 1024  # bytes
MOST_IMPORT = 64 * 1024 * 1024
Model = TypeVar("Model", bound=BaseModel)
Answer = Callable[[web.Request, Desk], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`media` names the kinds of text that are taken or given where that is not JSON."""

    method: str
    path: str
    summary: str
    answer: Answer
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    takes_media: tuple[str, ...] = ()
    gives_media: tuple[str, ...] = ()
    ids: bool = False  # does the path end with a number?
    refusals: Mapping[int, str] = field(default_factory=dict)


class NotFound(QueryRefused):
    kind = "not_found"
    title = "There is no such thing"


def queried(request: web.Request, model: type[Model]) -> Model:
    """The query parameters. Raises: QueryRefused with a sentence."""
    names = list(request.query.keys())
    if len(names) != len(set(names)):
        raise QueryRefused("A parameter is given twice.")
    return _validated(model, dict(request.query))


async def bodied(request: web.Request, model: type[Model]) -> Model:
    """The body, as JSON. Raises: QueryRefused with a sentence."""
    if request.content_type != "application/json":
        raise QueryRefused("The body is to be JSON, with `Content-Type: application/json`.")
    raw = await read(request, MOST_BODY)
    try:
        return model.model_validate_json(raw)
    except pydantic.ValidationError as error:
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


def sentence(error: pydantic.ValidationError) -> str:
    """The first of the problems, in a sentence; values are not repeated."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    what = str(first["msg"]).removeprefix("Value error, ")
    return f"`{where}`: {what}." if where else f"The body cannot be read: {what}."


def _validated(model: type[Model], values: dict[str, Any]) -> Model:
    try:
        return model.model_validate(values)
    except pydantic.ValidationError as error:
        raise QueryRefused(sentence(error)) from error
