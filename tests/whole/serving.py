"""A `claudetray serve` as its user starts it: a process of its own, in a home of the test's own."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.whole.desktop import Desktop, _end

STOPS_WITHIN_S = 40.0


class Serve:
    """A process that is ready. Asked over HTTP with the token that it made."""

    def __init__(self, process: subprocess.Popen[str], home: Path) -> None:
        self.process, self.home = process, home
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, self.stopped()
        self.ready: dict[str, Any] = json.loads(line)
        self.url: str = self.ready["url"]
        self.token = (home / "api-token").read_text()

    def json(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.request(method, f"{self.url}{path}", headers=headers, trust_env=False, timeout=30, **more)
        assert answer.status_code < 400, answer.text
        return answer.json()

    def records(self, **query: str | int) -> list[dict[str, Any]]:
        """The calls on record, oldest first."""
        query = {"limit": 500, **query}
        found: list[dict[str, Any]] = self.json("GET", "/api/usage", params=query)["items"]
        return found[::-1]

    def stopped(self) -> tuple[int, str, str]:
        """Exit code and output, once it has ended by itself."""
        out, err = self.process.communicate(timeout=STOPS_WITHIN_S)
        return self.process.returncode, out, err

    def terminate(self) -> tuple[int, str, str]:
        self.process.terminate()
        return self.stopped()


Serves = Callable[[], Serve]


@contextmanager
def serves(bare: Desktop) -> Iterator[Serves]:
    """Starts one, as often as asked; none outlives the block."""
    started: list[Serve] = []

    def start() -> Serve:
        started.append(Serve(bare.claudetray("serve", "--port", "0"), bare.folder / "claudetray"))
        return started[-1]

    try:
        yield start
    finally:
        for one in started:
            _end(one.process)
