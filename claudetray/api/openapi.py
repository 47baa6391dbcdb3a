"""The OpenAPI document of the local API, made from the table of endpoints and the structs that they take and give."""

import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.json import schema_components

from claudetray.api import shapes
from claudetray.api.endpoint import Endpoint

REF = "#/components/schemas/{name}"
EVERYWHERE = {
    401: "The token is missing or wrong.",
    403: "The request comes from a web page, or names another host.",
    429: "Too many requests.",
    503: "The data file cannot be used now.",
}


def described(table: Iterable[Endpoint], version: str) -> dict[str, Any]:
    """The document (OpenAPI 3.1)."""
    endpoints = tuple(table)
    given = [model for endpoint in endpoints for model in (endpoint.gives, endpoint.body) if model]
    wanted = list(dict.fromkeys([*given, shapes.Refused]))
    found, components = schema_components(wanted, ref_template=REF)
    keys = dict(zip(wanted, found, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, keys)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "claudetray",
            "version": version,
            "description": "The local API of claudetray. See docs/api.md.",
        },
        "servers": [{"url": "http://127.0.0.1:8377"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def text(table: Iterable[Endpoint], version: str) -> str:
    """The document as docs/openapi.json has it; `scripts/openapi` writes that anew."""
    return f"{json.dumps(described(table, version), indent=1, ensure_ascii=False)}\n"


def _operation(endpoint: Endpoint, keys: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": f"{endpoint.method.lower()} {endpoint.path}",
        "responses": _responses(endpoint, keys),
    }
    parameters = [*_path_parameters(endpoint), *_query_parameters(endpoint.query)]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        schema = keys[endpoint.body]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif endpoint.takes_media:
        taken = {media: {"schema": schema} for media, schema in endpoint.takes_media.items()}
        operation["requestBody"] = {"required": True, "content": taken}
    return operation


def _responses(endpoint: Endpoint, keys: Any) -> dict[str, Any]:
    content: dict[str, Any] = {media: {"schema": {}} for media in endpoint.gives_media}
    if endpoint.gives is not None:
        content = {"application/json": {"schema": keys[endpoint.gives]}}
    responses: dict[str, Any] = {str(endpoint.status): {"description": "Done.", "content": content}}
    refusals = dict(EVERYWHERE)
    if endpoint.query or endpoint.body or endpoint.takes_media:
        refusals[400] = "It cannot be understood; the answer says why."
    if endpoint.body or endpoint.takes_media:
        refusals[413] = "The body is too large."
    if endpoint.body:
        refusals[415] = "The body is not said to be JSON."
    if endpoint.ids:
        refusals[404] = "There is no such thing."
    if endpoint.body or endpoint.path == "/api/fetch":
        refusals[409] = "It cannot be done as things are; the answer says why."
    refusals.update(endpoint.refusals)
    problem = {"application/json": {"schema": keys[shapes.Refused]}}
    for status, what in sorted(refusals.items()):
        responses[str(status)] = {"description": what, "content": problem}
    return responses


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    if not endpoint.ids:
        return []
    schema = {"type": "integer", "minimum": 1, "maximum": 2**62}
    return [{"name": "id", "in": "path", "required": True, "schema": schema}]


def _query_parameters(model: type[Struct] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    (found,), definitions = schema_components([model], ref_template=REF)
    whole = _resolved(found, definitions)
    parameters = []
    for name, schema in whole["properties"].items():
        plain = _without_null(_resolved(schema, definitions))
        description = plain.pop("description", None)
        parameter = {"name": name, "in": "query", "required": name in whole.get("required", ()), "schema": plain}
        parameters.append({**parameter, **({"description": description} if description else {})})
    return parameters


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Enums stand in place, for a parameter's schema is small."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**definitions[name], **rest}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_resolved(one, definitions) for one in schema["anyOf"]]}
    return dict(schema)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, never null."""
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "title", "default")}
    if schema.get("default") is not None:
        rest["default"] = schema["default"]
    return {**options[0], **rest} if len(options) == 1 else ({**rest, "anyOf": options} if options else rest)
