from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.providers.anthropic_console.renewal import CLEARANCE, renewed
from tests.builders import NOW


def test_the_session_and_the_clearance_are_renewed_and_nothing_else() -> None:
    headers = ["sessionKey=new; Path=/; HttpOnly; Secure; Max-Age=2419200", "__cf_bm=x=y; Path=/", "tracking=1; Path=/"]
    session, clearance = renewed(headers, 200, NOW)
    assert (session.name, session.value, session.http_only) == ("sessionKey", "new", True)
    assert session.expires_at == NOW + timedelta(days=28)
    assert (clearance.name, clearance.value, clearance.expires_at) == ("__cf_bm", "x=y", None)


@pytest.mark.parametrize(
    "header",
    ["sessionKey=; Path=/", "sessionKey=x; Max-Age=0", "sessionKey=x; Max-Age=-1", "sessionKey", "", "=x",
     "sessionKey=a\x07b", "sessionKey=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
)  # fmt: skip
def test_a_logout_is_never_kept(header: str) -> None:
    assert renewed([header], 200, NOW) == ()


@pytest.mark.parametrize("status", [401, 403, 302])
def test_what_a_sign_in_page_sets_is_no_session(status: int) -> None:
    headers = ["sessionKey=anonymous", "cf_clearance=good"]
    assert [cookie.name for cookie in renewed(headers, status, NOW)] == ["cf_clearance"]


def test_a_broken_answer_renews_all_the_same() -> None:
    assert renewed(["sessionKey=new"], 500, NOW)


def test_an_expiry_date_and_a_domain_are_read() -> None:
    [cookie] = renewed(["sessionKey=a; expires=Wed, 09 Dec 2026 10:00:00 GMT; Domain=claude.com; path=/x"], 200, NOW)
    assert cookie.expires_at == datetime(2026, 12, 9, 10, tzinfo=UTC)
    assert (cookie.domain, cookie.path) == (".claude.com", "/x")


@given(st.text(max_size=80), st.integers(100, 599))
def test_no_header_breaks_it(text: str, status: int) -> None:
    for cookie in renewed([f"sessionKey=v; {text}", text], status, NOW):
        assert cookie.name in ("sessionKey", "sessionKeyV3", *CLEARANCE)
        assert cookie.value.isprintable()
