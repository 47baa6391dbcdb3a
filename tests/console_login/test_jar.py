from datetime import timedelta

from PySide6.QtNetwork import QNetworkCookie

from claudetray.console_login.jar import belongs_together, made, told
from claudetray.core.cookie import Cookie
from tests.builders import NOW

HOST = "platform.claude.com"


def test_a_cookie_survives_the_engine() -> None:
    for cookie in (
        Cookie(name="sessionKey", value='a=b"c', expires_at=NOW + timedelta(days=28)),
        Cookie(name="lastActiveOrg", value="o-1", domain=".claude.com", path="/settings", http_only=False),
    ):
        assert told(made(cookie, secure=True)) == cookie


def test_an_engine_tells_a_host_only_cookie_by_its_bare_domain() -> None:
    qt = QNetworkCookie(b"sessionKey", b"x")
    qt.setDomain(HOST)
    qt.setPath("/")
    assert told(qt).domain == ""


def test_two_of_one_name_are_told_apart_by_domain_and_path() -> None:
    bare = Cookie(name="a", value="1")
    assert belongs_together(bare, Cookie(name="a", value="2"), HOST)
    assert not belongs_together(bare, Cookie(name="a", value="2", domain=".platform.claude.com"), HOST)
    assert not belongs_together(bare, Cookie(name="a", value="2", path="/x"), HOST)
