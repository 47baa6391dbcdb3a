import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from claudetray import __version__
from claudetray.api import openapi, shapes
from claudetray.api.desk import Desk
from claudetray.api.endpoint import Endpoint
from claudetray.api.routes import endpoints
from tests.api.service import Service

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 90
THOROUGHLY = ("--checks", "all", "--max-examples", "15", "--generation-deterministic", "--no-shrink", "--no-color")
CHECKED = (
    ("--exclude-path", "/api/events"),
    ("--include-path", "/api/events", "--request-timeout", "1", "--phases", "coverage"),  # it never ends by itself
)


async def nobody(request: web.Request, desk: Desk) -> web.StreamResponse:
    raise AssertionError("the table is only read")


TABLE = endpoints(nobody)
DOCUMENT = openapi.described(TABLE, __version__)


def test_the_document_in_docs_is_the_one_of_the_table() -> None:
    written = (ROOT / "docs" / "openapi.json").read_text()
    assert written == openapi.text(TABLE, __version__), "scripts/openapi writes it anew"


def test_the_server_gives_the_same_document(service: Service) -> None:
    assert service.json("GET", "/api/openapi.json") == DOCUMENT


@pytest.mark.parametrize("endpoint", TABLE, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_every_endpoint_says_what_it_may_answer(endpoint: Endpoint) -> None:
    operation = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]
    responses = operation["responses"]
    assert {str(endpoint.status), "401", "403", "429", "503"} <= responses.keys()
    assert ("404" in responses) or not endpoint.ids
    assert ({"400", "413", "415"} <= responses.keys()) or endpoint.body is None
    for status, response in responses.items():
        assert response["description"]
        if status != str(endpoint.status):
            assert response["content"]["application/json"]["schema"]["$ref"].endswith("/Refused")


def test_parameters_are_left_out_never_null() -> None:
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                assert "null" not in msgspec.json.encode(parameter["schema"]).decode()


def test_the_record_of_the_contract_is_described() -> None:
    record = DOCUMENT["components"]["schemas"][shapes.Record.__name__]
    assert {field.encode_name for field in msgspec.structs.fields(shapes.Record)} == record["properties"].keys()


@pytest.mark.parametrize("which", CHECKED, ids=["all", "events"])
def test_schemathesis_finds_nothing(service: Service, tmp_path: Path, which: tuple[str, ...]) -> None:
    """Every check it has, on data that the document allows and on data that it does not; the same each time."""
    service.call()
    service.enter(tags=["tried"])
    program = str(Path(sys.executable).with_name("schemathesis"))
    where = ("run", f"{service.url}/api/openapi.json", "--header", f"Authorization: Bearer {service.token}")
    ran = subprocess.run(
        [program, *where, *THOROUGHLY, *which],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert service.json("GET", "/api/health")["ok"]
