import pytest

from claudetray.providers.anthropic_console.renewal import renewed


def test_the_session_and_the_clearance_are_renewed_and_nothing_else() -> None:
    headers = ["sessionKey=new; Path=/; HttpOnly; Secure; Max-Age=2419200", "__cf_bm=x=y; Path=/", "tracking=1; Path=/"]
    assert renewed(headers) == {"sessionKey": "new", "__cf_bm": "x=y"}


@pytest.mark.parametrize(
    "header", ["sessionKey=; Path=/", "sessionKey=x; Max-Age=0", "sessionKey", "", "sessionKey=a\x07b", "=x"]
)
def test_a_logout_is_never_kept(header: str) -> None:
    assert renewed([header]) == {}
