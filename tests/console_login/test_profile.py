import pytest

from claudetray.console_login.profile import allowed

CONSOLE, STAND_IN = "https://platform.claude.com", "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("address", "origin", "there"),
    [
        ("https://platform.claude.com/login", CONSOLE, True),
        ("https://accounts.google.com.tr/x", CONSOLE, True),
        ("http://platform.claude.com/login", CONSOLE, False),
        ("http://127.0.0.1:8000/login", CONSOLE, False),
        ("http://127.0.0.1:9000/other-port", STAND_IN, True),
        ("http://localhost:9000/other-name", STAND_IN, True),
        ("http://localhost:9000/", CONSOLE, False),
        ("http://elsewhere.example/", STAND_IN, False),
        ("https://elsewhere.example/", STAND_IN, True),
        ("ftp://platform.claude.com/", CONSOLE, False),
        ("file:///etc/passwd", CONSOLE, False),
        ("javascript:alert(1)", CONSOLE, False),
        ("about:blank", CONSOLE, True),
        ("data:text/html,x", CONSOLE, True),
        ("ws://platform.claude.com/", CONSOLE, False),
        ("wss://platform.claude.com/", CONSOLE, True),
    ],
)
def test_only_https_is_opened_and_a_stand_in_on_this_machine(address: str, origin: str, there: bool) -> None:
    assert allowed(address, origin) is there
