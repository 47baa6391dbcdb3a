import io
import json
import threading

import pytest

from claudetray.console_login.line import Line
from claudetray.core.browser import Event


def test_events_and_commands_are_lines_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.BytesIO()
    line = Line(io.BytesIO(b'first\n{"do": "raise"}\nrubbish\n[]\n{"do": "finish"}\n'), said)
    assert line.first() == "first\n"
    heard: list[object] = []
    ended = threading.Event()
    monkeypatch.setattr(threading.Timer, "start", lambda _: None)  # it would end this process
    line.hear(heard.append, ended.set)
    assert ended.wait(10)
    assert heard == [{"do": "raise"}, {"do": "finish"}]
    line.say(Event.CHOSEN, uuid="ü")
    assert json.loads(said.getvalue()) == {"event": "chosen", "uuid": "ü"}


def test_what_others_print_does_not_reach_the_tray() -> None:
    import subprocess
    import sys

    program = (
        "from claudetray.console_login.line import Line; from claudetray.core.browser import Event; import os\n"
        "line = Line.on_standard_streams(); print('a stray print'); os.write(1, b'a stray write')\n"
        "line.say(Event.AGREED)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=True)
    assert json.loads(ran.stdout) == {"event": "agreed"}
    assert b"a stray print" in ran.stderr
    assert b"a stray write" in ran.stderr
