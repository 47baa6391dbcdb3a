import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.redaction import masked, outline, redacted, scrubbed

SECRET = "PLANTED0123456789"


@pytest.mark.parametrize(
    "text",
    [
        f"cookie: sessionKey={SECRET}; other=1",
        f"Cookie: {SECRET}=1",
        f'"cookie": "{SECRET}"',
        f"cf_clearance={SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"x-api-key: {SECRET}",
        f"sk-ant-sid01-{SECRET}",
        f"POST https://hooks.slack.com/services/T0/B0/{SECRET} failed",
        f"bearer {SECRET}",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert SECRET not in redacted(text)


def test_ids_are_shortened() -> None:
    assert "4000-8000" not in redacted("/api/organizations/00000000-0000-4000-8000-000000000001/prepaid")


def test_a_mask_shows_the_host_of_an_address_and_else_nothing() -> None:
    assert masked("short-secret") == "•••"
    assert masked("https://hooks.slack.com/services/T/B/abcd") == "https://hooks.slack.com/•••"
    assert masked("https://user:PLANTED@host/x") == "•••"


def test_an_answer_is_scrubbed_of_what_was_sent() -> None:
    answer = {"a": ["x PLANTED-SECRET y", {"PLANTED-SECRET": 1}], "b": "sk-ant-sid01-else", "c": 5, "d": "short"}
    assert scrubbed(answer, ["PLANTED-SECRET", "short"]) == {
        "a": ["x ••• y", {"•••": 1}],
        "b": "•••",
        "c": 5,
        "d": "short",
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="PLANTED", min_size=7, max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=3),
)


@given(json_values)
def test_an_outline_holds_keys_and_types_and_no_values(value: object) -> None:
    assert not any(letter in outline(value) for letter in "PLANTED")
