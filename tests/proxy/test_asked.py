import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.proxy import asked
from claudetray.proxy.asked import Asked

SAID = (b"x-claude-code-session-id", b"from the header")


def read(request: Any, *headers: tuple[bytes, bytes], prompt: bool = False) -> Asked:
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    return asked.asked(body, headers, prompt)


def test_model_and_streaming() -> None:
    assert read({"model": "claude-opus-5", "stream": True}) == Asked(model="claude-opus-5", streaming=True)
    assert read({"model": 5, "stream": "yes"}) == Asked()


@pytest.mark.parametrize(
    ("user", "session", "project"),
    [
        ("user_1_account_2_session_3f", "3f", None),
        ('{"device_id": "d", "session_id": "3f"}', "3f", None),
        ('{"session_id": "3f", "project": "p", "other": 5}', "3f", "p"),
        ("somebody", None, None),
        ("_session_", None, None),
        ("{not json", None, None),
        ("[1]", None, None),
        ("", None, None),
    ],
)
def test_session_and_project_are_where_claude_code_writes_them(
    user: str, session: str | None, project: str | None
) -> None:
    found = read({"metadata": {"user_id": user}})
    assert (found.session, found.project) == (session, project)


def test_headers_come_before_metadata() -> None:
    found = read({"metadata": {"user_id": "x_session_y"}}, SAID, (b"X-Claudetray-Project", b" mine "))
    assert (found.session, found.project) == ("from the header", "mine")


def test_what_rules_on_metadata_look_at() -> None:
    request = {"metadata": {"user_id": "u_session_s"}, "tools": [{"name": "Bash"}, {"type": "x"}, {"name": 5}]}
    found = read(request, (b"Anthropic-Beta", b"a-1, b-2,"), (b"x-claudetray-project", b"p"))
    assert found.metadata.splitlines() == [
        "user:u_session_s",
        "session:s",
        "project:p",
        "beta:a-1",
        "beta:b-2",
        "tool:Bash",
    ]


def test_the_prompt_is_read_only_where_that_is_allowed() -> None:
    request = {"messages": [{"role": "user", "content": "secret words"}]}
    assert read(request).prompt == ""
    assert read(request, prompt=True).prompt == "secret words"


@pytest.mark.parametrize(
    ("messages", "prompt"),
    [
        ([{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}], "one"),
        (
            [
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}],
                },
                {"role": "user", "content": [{"type": "tool_result", "content": "no words of a person"}]},
            ],
            "a\nb",
        ),
        ([{"role": "user", "content": "x" * 20_000 + "end"}], "x" * (asked.MOST_PROMPT - 3) + "end"),
        ([5, {"role": "user"}, {"role": "user", "content": 5}], ""),
        ("none", ""),
        (None, ""),
    ],
)
def test_the_prompt_is_the_last_thing_that_the_person_wrote(messages: object, prompt: str) -> None:
    assert read({"messages": messages}, prompt=True).prompt == prompt


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"messages":' + b"[" * 100_000, b'{"metadata":5}'],
    ids=lambda body: repr(body[:20]),
)
def test_what_cannot_be_read_is_left_out_and_the_headers_stay(body: bytes) -> None:
    found = read(body, SAID, prompt=True)
    assert (found.model, found.session) == (None, "from the header")


def test_a_user_that_is_nested_without_end_is_none() -> None:
    nested = '{"a":' * 50_000
    assert read({"model": "m", "metadata": {"user_id": nested}}).model == "m"


def test_names_are_cut_to_a_length() -> None:
    request = {"model": "m" * 999, "tools": [{"name": "t" * 999}] * 500, "metadata": {"user_id": "u" * 9_999}}
    found = read(request, (b"x-claudetray-project", b"p" * 9_999))
    assert len(found.model or "") == 200
    assert len(found.metadata) < 30_000


@given(st.binary(max_size=200), st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=30)), max_size=3))
def test_no_request_is_too_odd(body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    for prompt in (True, False):
        read(body, *headers, prompt=prompt)
