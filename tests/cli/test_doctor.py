import json

from claudetray.demo.console import Mood
from claudetray.demo.world import World
from tests.cli.conftest import Runs


def test_a_diagnosis_tells_much_and_no_secret(run: Runs, set_up: World) -> None:
    run("fetch")
    set_up.console.mood = Mood.NO_AMOUNT
    run("fetch")
    ran = run("doctor")
    assert ran.code == 0
    for word in ("PySide6", "check: ok", "sessionKey", "unexpected_answer", "credits: {left: str}"):
        assert word in ran.out
    shown = json.loads(run("doctor", "--json").out)
    assert shown["schema"] == "claudetray.doctor.v1"
    for text in (ran.out, json.dumps(shown)):
        assert set_up.console.session not in text
        assert "made-up-token" not in text
