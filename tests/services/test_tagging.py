import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.errors import SettingRefused
from claudetray.core.tag import MOST_PATTERN, STARTERS, Field, Tag, TagRule
from claudetray.services import tagging
from claudetray.services.tagging import Seen, Tagger, compiled, named
from tests.builders import a_record


def tag(name: str, *patterns: str, field: Field = Field.MODEL) -> Tag:
    return Tag(name=name, color="#000000", rules=tuple(TagRule(field=field, pattern=one) for one in patterns))


def test_a_call_has_every_tag_whose_rule_fits_each_once() -> None:
    tagger = Tagger([tag("one", "opus", "claude"), tag("two", "OPUS"), tag("three", "^opus"), tag("none")])
    assert tagger.tags(Seen(model="claude-opus-5")) == ("one", "two")


@pytest.mark.parametrize("field", list(Field))
def test_a_rule_looks_at_its_own_field(field: Field) -> None:
    tagger = Tagger([tag("x", "word", field=field)])
    assert tagger.tags(Seen(**{field: "a Word."})) == ("x",)
    others = {str(other): "word" for other in Field if other is not field}
    assert tagger.tags(Seen(**others)) == ()


def test_what_is_not_there_fits_no_pattern() -> None:
    assert Tagger([tag("x", ".*", field=Field.PROMPT)]).tags(Seen(model="m")) == ()


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "((a{1,20}){1,20})$"])
def test_no_pattern_takes_more_than_a_moment(pattern: str) -> None:
    tagger = Tagger([tag("x", pattern, field=Field.PROMPT)])
    began = time.monotonic()
    tagger.tags(Seen(prompt="a" * 16_000 + "!"))
    assert time.monotonic() - began < 2  # backtracking would take longer than the universe is old


@pytest.mark.parametrize(
    "pattern", ["", "(", "[z-a]", r"(?=x)", r"(a)\1", "a{1001}", "x" * (MOST_PATTERN + 1), "\ud800"]
)
def test_a_pattern_that_is_none_is_refused_with_a_sentence(pattern: str) -> None:
    with pytest.raises(SettingRefused, match=r"\."):
        compiled(TagRule(field=Field.MODEL, pattern=pattern))
    assert Tagger([tag("x", pattern, "opus")]).tags(Seen(model="opus")) == ("x",)


@pytest.mark.parametrize(
    ("seen", "tags"),
    [
        (Seen(client="claude-cli/2.1.197 (external, cli)"), ("coding",)),
        (Seen(metadata="tool:Bash"), ("coding",)),
        (Seen(metadata="tool:web_search"), ("research",)),
        (Seen(path="/v1/messages/batches/b/results"), ("batch",)),
        (Seen(prompt="There is a Traceback, please refactor"), ("debugging", "refactor")),
        (Seen(prompt="proofread this e-mail"), ("writing",)),
        (Seen(client="Anthropic/Python 2.11.0", path="/v1/messages"), ()),
    ],
)
def test_the_starters_fit_what_they_are_for(seen: Seen, tags: tuple[str, ...]) -> None:
    assert Tagger(STARTERS).tags(seen) == tags


def test_what_is_on_record_can_be_tried_out() -> None:
    record = a_record(client="c", session="s", project="p", tools=("Bash",))
    assert tagging.seen(record) == Seen(
        model="claude-opus-5", path="/v1/messages", client="c", metadata="session:s\nproject:p\ntool:Bash"
    )


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("a, b", ("a", "b")),
        (" a  b ,a b,, ", ("a b",)),
        ("", ()),
        ("x" * 99, ("x" * 60,)),
        ("bell\x07, ok", ("ok",)),
        (",".join(map(str, range(50))), tuple(map(str, range(20)))),
    ],
)
def test_tags_in_a_header_are_words_between_commas(header: str, tags: tuple[str, ...]) -> None:
    assert named(header) == tags


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_pattern_and_no_text_is_too_odd(pattern: str, text: str) -> None:
    Tagger([tag("x", pattern)]).tags(Seen(model=text.encode("utf-8", "replace").decode()))
    assert all(len(name) <= 60 for name in named(text))
