import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claudetray.core.errors import SnippetRefused
from claudetray.core.request import ConsoleRequest
from claudetray.snippets.reader import parse
from tests.builders import cookies
from tests.snippets import browsers
from tests.snippets.browsers import JOINTS, ORGANIZATION, URL, WITH_COOKIE, WITHOUT_COOKIE, Sent

NASTY = "a'b!c\"d\\e%20%PATH%f$HOME`g^&|<>h[i]{j}=k"
LOSSY = {"chrome cmd"}  # turns what is not ASCII into spaces
NO_BACKSLASH = {"firefox windows"}  # does not double them: ambiguous, and so refused or left alone

value = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters=";"), max_size=40)
ascii_value = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters=";"), max_size=40)


def refusal(text: str) -> SnippetRefused:
    with pytest.raises(SnippetRefused) as refused:
        parse(text)
    return refused.value


def header(request: ConsoleRequest, name: str) -> str | None:
    return next((value for key, value in request.headers if key.lower() == name), None)


@pytest.mark.parametrize("dialect", WITH_COOKIE)
def test_every_dialect_gives_the_request_back(dialect: str) -> None:
    sent = Sent()
    snippet = parse(WITH_COOKIE[dialect](sent))
    request = snippet.request
    assert request.organization == ORGANIZATION
    assert request.origin == "https://platform.claude.com"
    assert request.cookie_header == sent.cookie
    assert header(request, "accept") == "*/*"
    assert header(request, "user-agent") == sent.agent
    assert request.session_key == "sk-ant-sid01-abc"


def test_a_caret_before_a_quote_inside_a_value_is_no_sign_of_windows() -> None:
    sent = Sent(headers=(("x-any", '^"'),), cookie='sessionKey=a; other=^"')
    assert header(parse(WITH_COOKIE["chrome bash, older"](sent)).request, "x-any") == '^"'


@pytest.mark.parametrize("dialect", WITH_COOKIE)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_survives_the_way_through_a_dialect(dialect: str, data: st.DataObject) -> None:
    text = data.draw(ascii_value if dialect in LOSSY else value)
    if dialect in NO_BACKSLASH:
        text = text.replace("\\", "/")
    sent = Sent(headers=(("x-any", f"<{text}>"),), cookie=f"sessionKey=<{text}>; other=1")
    request = parse(WITH_COOKIE[dialect](sent)).request
    assert header(request, "x-any") == f"<{text}>"
    assert request.cookies == cookies(sessionKey=f"<{text}>", other="1")


@pytest.mark.parametrize("dialect", [d for d in WITH_COOKIE if d not in NO_BACKSLASH])
def test_the_characters_that_shells_love_survive(dialect: str) -> None:
    sent = Sent(headers=(("x-any", NASTY),), cookie=f"sessionKey={NASTY}")
    request = parse(WITH_COOKIE[dialect](sent)).request
    assert header(request, "x-any") == NASTY
    assert request.cookies == cookies(sessionKey=NASTY)


@pytest.mark.parametrize("dialect", WITHOUT_COOKIE)
def test_a_form_without_the_cookie_is_answered_with_what_to_copy_instead(dialect: str) -> None:
    refused = refusal(WITHOUT_COOKIE[dialect](Sent()))
    assert refused.reason == "no_cookie"
    assert "Copy as cURL" in refused.message


@pytest.mark.parametrize("dialect", WITH_COOKIE)
def test_copy_all_takes_the_credits_request(dialect: str) -> None:
    joint = next((mark for word, mark in JOINTS.items() if word in dialect), " ;\n")
    write = WITH_COOKIE[dialect]
    others = [Sent(url="https://platform.claude.com/api/organizations"), Sent(url="https://elsewhere.example/track")]
    text = joint.join([write(others[0]), write(Sent(cookie="sessionKey=right")), write(others[1])])
    assert parse(text).request.session_key == "right"


@pytest.mark.parametrize("dialect", WITH_COOKIE)
def test_copy_all_takes_the_last_of_several_credits_requests(dialect: str) -> None:
    joint = next((mark for word, mark in JOINTS.items() if word in dialect), " ;\n")
    write = WITH_COOKIE[dialect]
    text = joint.join([write(Sent(cookie="sessionKey=old")), write(Sent(cookie="sessionKey=new"))])
    assert parse(text).request.session_key == "new"


def test_copy_all_without_the_credits_request_says_so() -> None:
    other = browsers.chrome_bash(Sent(url="https://platform.claude.com/api/organizations"))
    refused = refusal(f"{other} ;\n{other}")
    assert refused.reason == "not_credits"
    assert "None of these" in refused.message or "not the credits request" in refused.message


def test_a_neighbor_in_copy_all_may_post_a_body() -> None:
    post = "curl 'https://platform.claude.com/x' -H 'a: b' --data-raw '{}' --weird"
    assert parse(f"{post} ;\n{browsers.chrome_bash(Sent())}").request.organization == ORGANIZATION


def test_a_bare_cookie_header_is_accepted_without_an_organization() -> None:
    for line in ("sessionKey=abc; lastActiveOrg=o", "Cookie: sessionKey=abc; lastActiveOrg=o"):
        snippet = parse(line)
        assert snippet.request.organization is None
        assert snippet.request.organization_hint == "o"
        assert snippet.copied_as == "Cookie header"


def curl(*words: str, url: str = URL) -> str:
    return " ".join([f"curl '{url}' -H 'cookie: sessionKey=a'", *words])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_a_request"),
        ("hello", "not_a_request"),
        ("sk-ant-api03-abc", "not_a_request"),
        ("x" * (256 * 1024 + 1), "too_large"),
        ("é" * (128 * 1024 + 1), "too_large"),
        (curl(url=URL.replace("https", "http")), "not_https"),
        (curl(url=URL.replace("https", "ftp")), "not_https"),
        (curl(url="https://platform.claude.com@evil.example/prepaid/credits"), "foreign_host"),
        (curl(url=URL.replace("platform.claude.com", "platform.claude.com.evil.example")), "foreign_host"),
        (curl(url=URL.replace(".com", ".com.")), "foreign_host"),
        (curl(url=URL.replace(".com", ".com:8443")), "foreign_host"),
        (curl(url=URL.replace("platform", "xn--pltform-8fg")), "foreign_host"),
        (curl(url=URL.replace("https://platform.claude.com", "http://127.0.0.1:9")), "foreign_host"),
        (curl("-X POST"), "not_get"),
        (curl("-XDELETE"), "not_get"),
        (curl("-I"), "not_get"),
        (curl("--data-raw '@/etc/passwd'"), "not_get"),
        (curl("-d @/etc/passwd"), "reads_file"),
        (curl("--data-binary @x"), "reads_file"),
        (curl("-b jar.txt"), "reads_file"),
        (curl("-H @headers"), "reads_file"),
        (curl("-o out"), "reads_file"),
        (curl("-K conf"), "reads_file"),
        (curl("--netrc-file x"), "reads_file"),
        (curl("-T x"), "reads_file"),
        (curl("-x http://p"), "foreign_host"),
        (curl("--resolve a:443:1.2.3.4"), "foreign_host"),
        (curl("--next"), "foreign_host"),
        (curl("--frobnicate"), "unknown_flag"),
        (curl("-H 'x: $(id)' -H \"y: $(id)\""), "not_a_request"),
        (curl("; rm -rf /"), "not_a_request"),
        (curl("| sh"), "not_a_request"),
        (curl("> /tmp/x"), "not_a_request"),
        (curl("`id`"), "not_a_request"),
        (curl("$HOME"), "not_a_request"),
        (curl("-H 'open"), "malformed"),
        (curl("-H"), "malformed"),
        (curl("https://claude.ai/x"), "malformed"),
        (curl("-H $'x: a\\nb'"), "bad_header"),
        (curl(url="https://platform.claude.com/api/organizations"), "not_credits"),
        (f"curl '{URL}' -H 'accept: */*'", "no_cookie"),
        (f'fetch("{URL}", {{"headers": {{"cookie": `${{x}}`}}}})', "not_a_request"),
        (f'fetch("{URL}", {{...options}})', "malformed"),
        (f'fetch("{URL}", {{"headers": {{"cookie": document.cookie}}}})', "malformed"),
        (f'fetch("{URL}", {{"headers": {{"cookie": "sessionKey=a"}}}}).then(r => r.json())', "not_a_request"),
        (f'Invoke-WebRequest -Uri "{URL}" -OutFile "x"', "unknown_flag"),
        (f'Invoke-WebRequest -Uri "{URL}" -Headers @{{"cookie"="$env:X"}}', "not_a_request"),
        ("$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession", "not_a_request"),
        (" ;\n".join(["curl 'https://claude.ai/x'"] * 65), "too_many"),
    ],
)
def test_a_refusal_has_its_reason_and_is_a_sentence(text: str, reason: str) -> None:
    refused = refusal(text)
    assert refused.reason == reason
    assert refused.message.endswith(".")


def test_insecure_is_dropped_with_a_note() -> None:
    snippet = parse(curl("--insecure"))
    assert any("--insecure" in note for note in snippet.notes)


def test_a_loopback_console_is_allowed_only_where_it_was_named() -> None:
    local = "http://127.0.0.1:8123"
    text = curl(url=URL.replace("https://platform.claude.com", local))
    assert parse(text, local).request.origin == local
    assert refusal(text).reason == "foreign_host"
    with pytest.raises(SnippetRefused):
        parse(curl(url=URL.replace("platform.claude.com", "evil.example")), "https://evil.example")


def test_a_subscription_is_told_from_the_console() -> None:
    snippet = parse(curl(url=URL.replace("platform.claude.com", "claude.ai")))
    assert any("subscription" in note for note in snippet.notes)


def test_prompt_signs_and_a_byte_order_mark_do_not_matter() -> None:
    for prefix in ("\ufeff", "$ ", "> ", "PS C:\\Users\\me> ", "C:\\Users\\me>"):
        assert parse(prefix + browsers.chrome_bash(Sent())).request.organization == ORGANIZATION


def test_conditional_and_hop_by_hop_headers_are_not_replayed() -> None:
    request = parse(
        curl("-H 'If-None-Match: x' -H 'Connection: close' -H 'Accept-Encoding: zstd' -H 'X-Kept: 1'")
    ).request
    assert request.headers == (("X-Kept", "1"),)


def test_neither_a_repr_nor_a_refusal_shows_the_secret() -> None:
    assert "sid01" not in repr(parse(browsers.chrome_bash(Sent())))
    refused = refusal(f"curl '{URL}' -H 'cookie: sessionKey=sk-ant-sid01-abc' --frobnicate=sid01")
    assert "sid01" not in refused.message


pieces = st.sampled_from(
    ["curl ", "curl.exe ", "fetch(", "await ", '"', "'", "$'", "\\", "^", '^"', "^\n", "`", "$", "(", ")", "{", "}",
     "[", "]", ",", ":", ";", "&", "|", "<", ">", "\n", "\r\n", " ", "//", "/*", "*/", "-H ", "-b ", "--url ", "@",
     "=", "%", "Invoke-WebRequest ", "-Uri ", "-Headers @{", "$session", "$([char]65)", "$([char]55357)",
     "cookie: ", "sessionKey=", URL, "https://", "\x00", "é", "\ud83d", "\\ud83d", "\\u0041", '"headers"', "null",
     "sk-ant-api", "\ufeff", "#"]
)  # fmt: skip
hostile = st.one_of(
    st.text(max_size=400),
    st.lists(pieces, max_size=60).map("".join),
    st.tuples(st.sampled_from([w(Sent()) for w in WITH_COOKIE.values()]), st.integers(0, 600), pieces).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
    ),
)


@settings(max_examples=3000, deadline=None)
@given(hostile)
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        snippet = parse(text)
    except SnippetRefused:
        return
    assert snippet.request.origin.endswith((".claude.com", ".anthropic.com", "claude.ai"))


def seconds_to_refuse(text: str) -> float:
    began = time.process_time()
    with pytest.raises(SnippetRefused):
        parse(text)
    return time.process_time() - began


LARGE = 256 * 1024 - 200


@pytest.mark.parametrize(
    "unit",
    ["^a", '^"', '\\"', "\\", "'", '"', "$'", "{", "[", "(", "//", "/*", "/**", "* /", " ", "\n", ";", "a ", "-H a ",
     "`", "`a", "$([char]65)", "=", "a=b;", "\\\n", "^\n", "^\n\n", ",", '"a",', "{},", "é",
     "&", ",\n", ", ", "/* */ ", '"a"="b"\n'],
)  # fmt: skip
@pytest.mark.parametrize(
    "start",
    ["", "curl ", "curl '", 'curl "', "curl $'", 'curl ^"', 'curl.exe ^"', f'fetch("{URL}", {{', "fetch(", 'fetch("',
     "Invoke-WebRequest ", 'Invoke-WebRequest -Uri "', "$session ", "sessionKey=", f'fetch("{URL}", {{"a": [', "// ",
     'Invoke-WebRequest -Uri "x" -Headers @{'],
)  # fmt: skip
def test_no_large_text_holds_the_reader_up(start: str, unit: str) -> None:
    text = (start + unit * (LARGE // len(unit.encode())))[:LARGE]
    assert min(seconds_to_refuse(text) for _ in range(3)) < 0.1


def test_a_real_large_answer_of_the_browser_is_read() -> None:
    headers = tuple((f"x-{i}", "v" * 200) for i in range(80))
    for write in WITH_COOKIE.values():
        assert len(parse(write(Sent(headers=headers))).request.headers) >= 80


def test_json5_forms_of_a_fetch_are_read() -> None:
    text = f"fetch('{URL}', {{headers: {{cookie: 'sessionKey=a'}}, method: 'GET',}})"
    assert parse(text).request.session_key == "a"
    assert json.loads(parse(text).request.to_json())["organization"] == ORGANIZATION
