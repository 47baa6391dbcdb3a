import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.cookie import Cookie, belongs
from tests.builders import NOW


@given(
    st.builds(
        Cookie,
        name=st.text(),
        value=st.text(),
        domain=st.text(),
        path=st.text(),
        expires_at=st.none() | st.integers(0, 10**9).map(lambda s: NOW + timedelta(seconds=s)),
        http_only=st.booleans(),
    )
)
def test_it_survives_the_vault_and_the_line(cookie: Cookie) -> None:
    assert Cookie.from_dict(json.loads(json.dumps(cookie.to_dict()))) == cookie


def test_its_value_is_never_shown() -> None:
    assert "PLANTED" not in repr(Cookie(name="sessionKey", value="PLANTED"))


@pytest.mark.parametrize(
    ("domain", "host", "there"),
    [
        ("", "platform.claude.com", True),
        ("platform.claude.com", "platform.claude.com", True),
        (".claude.com", "platform.claude.com", True),
        (".platform.claude.com", "platform.claude.com", True),
        ("audeclaude.com", "claude.com", False),
        ("claude.com", "evilclaude.com", False),
        (".google.com", "platform.claude.com", False),
    ],
)
def test_it_goes_where_a_browser_would_send_it(domain: str, host: str, there: bool) -> None:
    assert belongs(domain, host) is there
