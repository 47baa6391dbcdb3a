from claudetray.core.request import ConsoleRequest
from tests.builders import cookies

REQUEST = ConsoleRequest(
    origin="https://platform.claude.com",
    organization="o-1",
    headers=(("accept", "*/*"),),
    cookies=cookies(sessionKey="old", lastActiveOrg="o-1"),
)


def test_it_survives_the_vault() -> None:
    assert ConsoleRequest.from_json(REQUEST.to_json()) == REQUEST


def test_its_repr_shows_no_secret() -> None:
    assert "old" not in repr(REQUEST)


def test_renewed_cookies_take_the_place_of_the_old_in_order() -> None:
    renewed = REQUEST.with_cookies(cookies(sessionKey="new", __cf_bm="x"))
    assert renewed.cookie_header == "sessionKey=new; lastActiveOrg=o-1; __cf_bm=x"


def test_what_it_knows_of_itself() -> None:
    assert REQUEST.path() == "/api/organizations/o-1/prepaid/credits"
    assert (REQUEST.host, REQUEST.session_key, REQUEST.organization_hint) == ("platform.claude.com", "old", "o-1")
    assert REQUEST.for_organization("o-2").path("/current_spend") == "/api/organizations/o-2/current_spend"
