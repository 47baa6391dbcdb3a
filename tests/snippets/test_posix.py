import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claudetray.snippets.posix import commands
from tests.snippets.browsers import chrome_posix, firefox_posix, safari_posix

any_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60)


@pytest.mark.parametrize("quoted", [chrome_posix, firefox_posix, safari_posix])
@settings(max_examples=400, deadline=None)
@given(text=any_text)
def test_what_a_browser_quotes_is_read_back(quoted: object, text: str) -> None:
    assert commands(f"x {quoted(text)} y") == [["x", text, "y"]]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("$'1234\\r\\n00\\u0002\\'\"\\u0021'", "1234\r\n00\x02'\"!"),
        ("$'a\\041b'", "a!b"),
        ("$'\\xe9\\u6f22\\ud83d\\ude00'", "é漢😀"),
        ("'a'\\''b'", "a'b"),
        ('"a\\$b\\`c\\"d\\\\e\\f"', 'a$b`c"d\\e\\f'),
        ("a\\\nb", "ab"),
        ("a\\ b", "a b"),
        ("'@/etc/passwd'", "@/etc/passwd"),
    ],
)
def test_forms(form: str, value: str) -> None:
    assert commands(form) == [[value]]


def test_lines_and_commands() -> None:
    assert commands("a 'b' \\\r\n  c ;\nd\n# comment\n") == [["a", "b", "c"], ["d"]]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is the judge here")
@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(min_codepoint=1, max_codepoint=0x7E), max_size=40))
def test_bash_agrees(text: str) -> None:
    words = f"{chrome_posix(text)} {firefox_posix(text)}"
    printed = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {words}"], capture_output=True, env={"LC_ALL": "C.UTF-8"}, check=True
    )
    assert printed.stdout.decode().split("\0")[:2] == commands(words)[0]
