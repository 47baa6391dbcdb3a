"""Writes docs/openapi.json: the local API as its table of endpoints has it."""

import sys
from pathlib import Path

from aiohttp import web

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from claudetray import __version__
from claudetray.api import openapi
from claudetray.api.desk import Desk
from claudetray.api.routes import endpoints

PAGE = ROOT / "docs" / "openapi.json"


async def nobody(request: web.Request, desk: Desk) -> web.StreamResponse:
    raise AssertionError("the table is only read")


if __name__ == "__main__":
    PAGE.write_text(openapi.text(endpoints(nobody), __version__))
    print(f"{PAGE.relative_to(ROOT)} is written")
