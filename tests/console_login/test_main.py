import os
import subprocess
import sys

import pytest

from claudetray.console_login.main import FLAGS, HARMFUL, NO_SANDBOX, protected

CONSOLE, STAND_IN = "https://platform.claude.com", "http://127.0.0.1:8000"


def test_the_sandbox_stays_on_for_the_console_itself() -> None:
    flags = "-no-sandbox --no-sandbox --disable-gpu --ignore-certificate-errors --disable-gpu-sandbox --log-net-log=/x"
    environ = {NO_SANDBOX: "1", FLAGS: flags, **dict.fromkeys(HARMFUL, "9")}
    protected(environ, CONSOLE)
    assert environ == {FLAGS: "--disable-gpu"}


def test_against_a_stand_in_tests_may_switch_it_off() -> None:
    environ = {NO_SANDBOX: "1", FLAGS: "--disable-gpu --no-sandbox", **dict.fromkeys(HARMFUL, "9")}
    protected(environ, STAND_IN)
    assert environ == {NO_SANDBOX: "1", FLAGS: "--disable-gpu --no-sandbox"}


@pytest.mark.parametrize("origin", ["https://127.0.0.1.evil.example", "https://localhost.evil.example", "rubbish"])
def test_what_only_looks_like_this_machine_is_not(origin: str) -> None:
    environ = {NO_SANDBOX: "1"}
    protected(environ, origin)
    assert environ == {}


@pytest.mark.parametrize("first", ["", "{}", '{"mode": "look"}', "rubbish"])
def test_started_by_hand_it_says_whose_it_is(first: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "claudetray", "console-login", "look"],
        input=first + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert "claudetray's own" in ran.stdout


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root has no sandbox")
def test_root_is_told_why_there_is_no_window() -> None:
    from claudetray.core.browser import Mode, Opening

    opening = Opening(mode=Mode.LOOK, origin=CONSOLE, address=CONSOLE).to_json()
    ran = subprocess.run(
        [sys.executable, "-m", "claudetray", "console-login", "look"],
        input=opening + "\n",
        env={**os.environ, NO_SANDBOX: "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "does not work for root" in ran.stdout


def test_the_lite_build_says_what_it_lacks() -> None:
    from claudetray.core.browser import Mode, Opening

    without = "claudetray.console_login.engine"
    program = f"import sys; sys.modules['{without}'] = None; from claudetray import app; app.main(sys.argv[1:])"
    ran = subprocess.run(
        [sys.executable, "-c", program, "console-login", "look"],
        input=Opening(mode=Mode.LOOK, origin=STAND_IN, address=STAND_IN).to_json() + "\n",
        env={**os.environ, NO_SANDBOX: "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert "lite build, without a web engine" in ran.stdout
