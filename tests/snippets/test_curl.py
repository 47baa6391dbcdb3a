import pytest

from claudetray.core.errors import SnippetRefused
from claudetray.snippets.curl import request


@pytest.mark.parametrize(
    ("words", "headers"),
    [
        (["-H", "a: b"], [("a", "b")]),
        (["-Ha: b"], [("a", "b")]),
        (["-H", "a;"], [("a", "")]),
        (["-H", ":authority: h"], [("authority", "h")]),
        (["-A", "agent", "-e", "ref"], [("User-Agent", "agent"), ("Referer", "ref")]),
        (["-sSL", "--compressed", "--http2", "-m", "5"], []),
        (["-b", "a=b"], [("Cookie", "a=b")]),
    ],
)
def test_flags(words: list[str], headers: list[tuple[str, str]]) -> None:
    assert request(["curl", "https://x", *words], "").headers == headers


def test_brackets_are_unglobbed_unless_curl_would_not_glob() -> None:
    assert request(["curl", "https://x/\\[\\]\\{\\}"], "").url == "https://x/[]{}"
    assert request(["curl", "-g", "https://x/\\[\\]"], "").url == "https://x/\\[\\]"


def test_an_unknown_flag_is_refused_by_name_and_without_its_value() -> None:
    with pytest.raises(SnippetRefused) as refused:
        request(["curl", "https://x", "--secret=PLANTED"], "")
    assert "--secret" in refused.value.message
    assert "PLANTED" not in refused.value.message
