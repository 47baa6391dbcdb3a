import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claudetray.snippets.powershell import requests
from tests.snippets.browsers import powershell

any_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=60)


@settings(max_examples=400, deadline=None)
@given(any_text)
def test_any_string_is_read_back(text: str) -> None:
    (copied,) = requests(f"Invoke-WebRequest -Uri {powershell(text)}")
    assert copied.url == text


@pytest.mark.parametrize("body", ['"{}"', '([System.Text.Encoding]::UTF8.GetBytes("{}"))'])
def test_a_body_is_noticed(body: str) -> None:
    (copied,) = requests(f'Invoke-WebRequest -Uri "u" `\n-Method "POST" `\n-ContentType "a" `\n-Body {body}')
    assert copied.has_body
    assert copied.method == "POST"


def test_each_request_has_the_session_before_it() -> None:
    session = "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n"
    cookie = '$session.Cookies.Add((New-Object System.Net.Cookie("a", "{}", "/", "h")))\n'
    text = ";\r\n".join(session + cookie.format(n) + 'Invoke-WebRequest -Uri "u" -WebSession $session' for n in (1, 2))
    assert [copied.cookies for copied in requests(text)] == [[("a", "1")], [("a", "2")]]
