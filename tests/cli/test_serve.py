from contextlib import AbstractAsyncContextManager

import pytest

from claudetray.cli import main
from claudetray.cli.context import Launcher
from claudetray.core.errors import ServeFailed
from claudetray.desktop.autostart import autostart
from claudetray.services.parts import Parts


def no_parts() -> AbstractAsyncContextManager[Parts]:
    raise AssertionError("serving opens its own parts")


class Serves:
    """A server that only remembers what it was asked for."""

    def __init__(self, code: int = 0) -> None:
        self.code, self.ports = code, list[int | None]()

    def __call__(self, port: int | None) -> int:
        self.ports.append(port)
        return self.code


def ran(*arguments: str, serves: Serves) -> object:
    launcher = Launcher(
        parts=no_parts,
        display=lambda: False,
        serve=serves,
        autostart=autostart(("claudetray",)),
        self_test=lambda say: True,
    )
    with pytest.raises(SystemExit) as ended:
        main.main(["serve", *arguments], launcher)
    return ended.value.code


@pytest.mark.parametrize(
    ("arguments", "port"), [((), None), (("--port", "0"), 0), (("--port", "8377"), 8377), (("--port", "65535"), 65535)]
)
def test_the_port_is_handed_on(arguments: tuple[str, ...], port: int | None) -> None:
    serves = Serves()
    assert ran(*arguments, serves=serves) == 0
    assert serves.ports == [port]


def test_the_exit_code_is_that_of_the_server() -> None:
    assert ran(serves=Serves(code=3)) == 3


@pytest.mark.parametrize("arguments", [("--port", "-1"), ("--port", "65536"), ("--port", "x"), ("now",)])
def test_wrong_usage_starts_no_server(arguments: tuple[str, ...]) -> None:
    serves = Serves()
    assert (ran(*arguments, serves=serves), serves.ports) == (2, [])


def test_a_server_that_cannot_start_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    class Refuses(Serves):
        def __call__(self, port: int | None) -> int:
            raise ServeFailed("Port 8377 on 127.0.0.1 cannot be used.")

    assert ran(serves=Refuses()) == 1
    assert "Port 8377" in capsys.readouterr().err
