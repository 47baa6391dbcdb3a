import asyncio
import json
from collections.abc import Iterator

import pytest

from claudetray.core.errors import Unreachable
from claudetray.core.release import Heard
from claudetray.desktop.certificates import trusted
from claudetray.desktop.releases import GitHubReleases
from claudetray.providers import http
from tests.channels.receiver import Receiver, receiving

ANSWER = {"tag_name": "v1.2.3", "html_url": "https://example.org/elsewhere", "body": "Notes", "draft": False}


@pytest.fixture
def page() -> Iterator[Receiver]:
    with receiving() as receiver:
        receiver.body = json.dumps(ANSWER).encode()
        receiver.headers["ETag"] = 'W/"one"'
        yield receiver


def asked(page: Receiver, etag: str = "") -> Heard:
    async def work() -> Heard:
        async with http.client(trusted()) as client:
            return await GitHubReleases(client, f"{page.url}/latest").latest(etag)

    return asyncio.run(work())


def test_the_latest_version_and_the_tag_of_the_answer(page: Receiver) -> None:
    assert asked(page) == Heard("1.2.3", 'W/"one"')
    [(_, headers, body)] = page.got
    assert "If-None-Match" not in headers
    assert (headers["User-Agent"], body) == ("claudetray", b"")


def test_nothing_changed_since_the_tag(page: Receiver) -> None:
    page.status, page.body = 304, b""
    assert asked(page, 'W/"one"') == Heard(None, 'W/"one"')
    [(_, headers, _)] = page.got
    assert headers["If-None-Match"] == 'W/"one"'


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, b""), (500, b""), (302, b""), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (200, b" " * 600_000)],
)
def test_any_other_answer_is_a_page_that_cannot_be_reached(page: Receiver, status: int, body: bytes) -> None:
    page.status, page.body = status, body
    with pytest.raises(Unreachable):
        asked(page)


def test_nobody_there_is_said(page: Receiver) -> None:
    async def work() -> None:
        async with http.client(trusted()) as client:
            await GitHubReleases(client, "http://127.0.0.1:1/latest").latest("")

    with pytest.raises(Unreachable, match="cannot be reached"):
        asyncio.run(work())
