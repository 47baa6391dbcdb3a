import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claudetray.core.errors import SnippetRefused
from claudetray.snippets.cmd import commands
from tests.snippets.browsers import chrome_cmd, firefox_cmd, old_chrome_cmd

printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)
with_newlines = st.text(st.sampled_from("ab\"\\^%&!\n '|<>()[]{}=;,0A"), max_size=40)
any_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60)


@settings(max_examples=500, deadline=None)
@given(st.one_of(printable, with_newlines), printable)
def test_chrome(one: str, two: str) -> None:
    assert commands(f"curl {chrome_cmd(one)} ^\n  -H {chrome_cmd(two)}", firefox=False) == [["curl", one, "-H", two]]


@settings(max_examples=500, deadline=None)
@given(any_text, printable)
def test_older_chrome(one: str, two: str) -> None:
    line = f"curl {old_chrome_cmd(one)} ^\n  -H {old_chrome_cmd(two)}"
    assert commands(line, firefox=False) == [["curl", one, "-H", two]]


@settings(max_examples=500, deadline=None)
@given(any_text.map(lambda t: t.replace("\\", "/")), with_newlines.map(lambda t: t.replace("\\", "/")))
def test_firefox(one: str, two: str) -> None:
    line = f"curl.exe {firefox_cmd(one)} ^\n  -H {firefox_cmd(two)}"
    assert commands(line, firefox=True) == [["curl.exe", one, "-H", two]]


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ('^"eva=^\\^"Sg4=^\\^"^"', 'eva="Sg4="'),
        ('^"eva=^%^22Sg4^%^3D^%^22^"', "eva=%22Sg4%3D%22"),
        ('^"^{^\\^"a^\\^":1^}^"', '{"a":1}'),
        ('^"^%^PATH^%^"', "%PATH%"),
        ('"^%^PATH^%"', "%PATH%"),
        ('^"a^\\^\\^"', "a\\"),
        ('^"^^^&^|^<^>^"', "^&|<>"),
        ('^"x^\n\ny^"', "x\ny"),
    ],
)
def test_forms(form: str, value: str) -> None:
    assert commands(form, firefox=False) == [[value]]


def test_what_firefox_writes_ambiguously_is_refused_with_a_hint() -> None:
    with pytest.raises(SnippetRefused, match="damaged") as refused:
        commands('curl.exe ^"a^\\^"', firefox=True)
    assert "POSIX" in refused.value.advice
