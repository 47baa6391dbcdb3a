import faulthandler
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from claudetray import crashes, paths
from claudetray.core.errors import StoreDamaged

DIES = "import sys; from pathlib import Path; from claudetray import crashes; import faulthandler\n"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    faulthandler.enable(sys.__stderr__)  # as pytest has it


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "claudetray"
    made.mkdir(mode=0o700)
    return made


def logged(home: Path) -> str:
    file = paths.crash_log(home)
    return file.read_text() if file.exists() else ""


def test_an_error_that_nobody_caught_is_noted_without_secrets_and_names(home: Path) -> None:
    with crashes.noted(home):
        try:
            raise ValueError(f"sessionKey=sk-ant-sid01-PLANTED in {Path.home()}/file")
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    text = logged(home)
    assert "ValueError" in text
    assert "in ~/file" in text
    assert "PLANTED" not in text


def test_threads_and_tasks_are_noted_and_mere_warnings_are_not(home: Path) -> None:
    def breaks() -> None:
        raise RuntimeError("in a thread")

    with crashes.noted(home):
        thread = threading.Thread(target=breaks)
        thread.start()
        thread.join()
        logging.getLogger("claudetray.services.tasks").error("a task failed", exc_info=KeyError("of a task"))
        logging.getLogger("claudetray").error("no traceback")
        logging.getLogger("claudetray").warning("only a warning", exc_info=KeyError("warned"))
    text = logged(home)
    assert "in a thread" in text
    assert "of a task" in text
    assert "no traceback" not in text
    assert "warned" not in text


def test_without_a_crash_nothing_is_left(home: Path) -> None:
    before = sys.excepthook
    with crashes.noted(home):
        assert list(paths.crash_log(home).parent.glob(crashes.FAULTS))
    assert list(paths.crash_log(home).parent.iterdir()) == []
    assert sys.excepthook is before


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_a_process_that_died_is_in_the_log_after_the_next_start(home: Path) -> None:
    program = f"{DIES}\nwith crashes.noted(Path(sys.argv[1])):\n    faulthandler._sigsegv()"
    died = subprocess.run([sys.executable, "-c", program, str(home)], check=False, timeout=60)
    assert died.returncode == -signal.SIGSEGV
    assert logged(home) == ""
    with crashes.noted(home):
        pass
    text = logged(home)
    assert "Segmentation fault" in text
    assert "File" in text
    assert list(paths.crash_log(home).parent.glob(crashes.FAULTS)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="processes are told apart otherwise there")
def test_the_file_of_a_process_that_lives_is_left_alone(home: Path) -> None:
    folder = paths.crash_log(home).parent
    folder.mkdir()
    living = folder / f"fault-{os.getppid()}.txt"
    living.write_text("not yet")
    (folder / "fault-rubbish.txt").write_text("whatever")
    with crashes.noted(home):
        pass
    assert living.read_text() == "not yet"
    assert "whatever" in logged(home)


def test_the_log_rotates(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crashes, "MOST_BYTES", 2000)
    with crashes.noted(home):
        for number in range(100):
            logging.getLogger("x").error("number %d", number, exc_info=ValueError("again"))
    files = sorted(paths.crash_log(home).parent.glob("crashes.log*"))
    assert len(files) == crashes.KEPT_FILES + 1
    assert all(file.stat().st_size < 3000 for file in files)


def test_a_folder_that_cannot_be_written_to_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file is in the way")
    with crashes.noted(tmp_path):
        logging.getLogger("x").error("lost", exc_info=ValueError("x"))


def test_what_ends_the_program_is_noted_and_still_said(home: Path) -> None:
    raises = "raise ValueError('the end, with sk-ant-sid01-PLANTED')"
    program = f"{DIES}\nwith crashes.noted(Path(sys.argv[1])):\n    {raises}"
    ended = subprocess.run([sys.executable, "-c", program, str(home)], check=False, timeout=60, capture_output=True)
    assert ended.returncode == 1
    assert b"the end" in ended.stderr
    assert "ValueError: the end" in logged(home)
    assert "PLANTED" not in logged(home)
    assert list(paths.crash_log(home).parent.glob(crashes.FAULTS)) == []


def test_what_was_said_to_the_person_is_no_crash(home: Path) -> None:
    with pytest.raises(StoreDamaged), crashes.noted(home):
        raise StoreDamaged("The file is no database.")
    assert logged(home) == ""
