import sys

import pytest

from claudetray.desktop import last_words


def test_they_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    last_words.say("The data file is damaged.")
    assert capsys.readouterr().err == "The data file is damaged.\n"


def test_without_one_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "platform", "linux")
    last_words.say("Nobody hears it.")
