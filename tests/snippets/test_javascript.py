import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claudetray.core.errors import SnippetRefused
from claudetray.snippets.javascript import requests

names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=20)
values = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(names, values, max_size=6), st.sampled_from([None, 2, 4]), st.booleans())
def test_any_headers_are_read_back(headers: dict[str, str], indent: int | None, ascii_only: bool) -> None:
    options = json.dumps({"headers": headers, "method": "GET"}, indent=indent, ensure_ascii=ascii_only)
    (copied,) = requests(f'await fetch("https://x/y", {options});')
    assert dict(copied.headers) == headers


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(names, values, min_size=1, max_size=6))
def test_comments_and_trailing_commas_are_no_matter(headers: dict[str, str]) -> None:
    lines = "".join(
        f"  {json.dumps(n)}: {json.dumps(v)}, // {{ a comment, }}\n  /* and ] another */\n" for n, v in headers.items()
    )
    (copied,) = requests(f'// before\nfetch("https://x/y", {{ "headers": {{\n{lines} }}, }})')
    assert dict(copied.headers) == headers


def test_firefox_writes_the_address_raw() -> None:
    (copied,) = requests('await fetch("https://x/a\\q", {"method": "GET"});')
    assert copied.url == "https://x/a\\q"


@pytest.mark.parametrize(
    "text",
    ["fetch(url)", "fetch()", 'fetch("u", options)', 'fetch("u", {a: f()})', 'fetch("u", [1])', 'fetch("u"',
     'fetch("u", {})x', 'fetch("u", {"headers": [1]})'],
)  # fmt: skip
def test_what_is_no_data_is_refused(text: str) -> None:
    with pytest.raises(SnippetRefused):
        requests(text)


def test_many_small_json5_texts_do_not_add_up() -> None:
    text = " ;\n".join(["fetch('u', {a:[" + "1," * 700 + "]})"] * 60)
    began = time.process_time()
    with pytest.raises(SnippetRefused):
        requests(text)
    assert time.process_time() - began < 0.1
