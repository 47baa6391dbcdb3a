import asyncio
import json
import os
import sys

import pytest

from claudetray import paths
from claudetray.desktop import alert_helper
from claudetray.desktop.alert_helper import AlertHelper
from tests.channels.receiver import receiving


def test_this_same_program_sends_and_ends() -> None:
    helper = AlertHelper(paths.command(), paths.helper_environ(os.environ))
    with receiving() as receiver:
        order = {"url": f"json://127.0.0.1:{receiver.port}/x", "title": "T", "body": "B", "kind": "info"}
        answer = json.loads(asyncio.run(helper.send(json.dumps(order).encode())))
    assert (answer["sent"], answer["status"]) == (True, 200)
    assert len(receiver.got) == 1


def test_one_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_helper, "WITHIN_S", 0.3)
    hangs = AlertHelper((sys.executable, "-c", "import time; time.sleep(60)"), os.environ)
    with pytest.raises(TimeoutError):
        asyncio.run(hangs.send(b"{}"))


def test_one_that_cannot_be_started_says_so() -> None:
    with pytest.raises(OSError, match="nowhere"):
        asyncio.run(AlertHelper(("/nowhere/claudetray",), {}).send(b"{}"))
