import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from claudetray import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers, root.level = handlers, level


def test_every_line_is_redacted_tracebacks_too(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "x.log"
    logs.start(file, "INFO", on_screen=False)
    try:
        raise ValueError("sessionKey=sk-ant-sid01-PLANTED")
    except ValueError:
        logging.getLogger("x").exception("cookie: %s", "sessionKey=PLANTED; b=PLANTED")
    text = file.read_text()
    assert "ValueError" in text
    assert "PLANTED" not in text


def test_a_log_that_cannot_be_written_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    logs.start(blocked / "logs" / "x.log", "INFO", on_screen=False)
    logging.getLogger("x").warning("still said")
    assert "still said" in capsys.readouterr().err


@pytest.mark.parametrize(("named", "level"), [(None, "INFO"), ("debug", "DEBUG"), ("nonsense", "INFO")])
def test_levels(named: str | None, level: str) -> None:
    assert logs.level(named) == level
