from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.channel import ChannelForm
from claudetray.core.channel_forms import FORMS, address
from claudetray.core.errors import SettingRefused

SID = "AC" + "0123456789abcdef" * 2
DISCORD = "https://discord.com/api/webhooks/123456789/" + "a" * 60
TELEGRAM = "123456789:" + "b" * 35
MAIL = {"host": "smtp.example.org", "from": "me@example.org", "to": "you@example.org, team@example.org"}
GOOD = {
    ChannelForm.SLACK: ({"url": "https://hooks.slack.com/services/T/B/x"}, "https://hooks.slack.com/services/T/B/x"),
    ChannelForm.DISCORD: (
        {"url": DISCORD},
        f"discord://123456789/{'a' * 60}?format=markdown&fields=no&avatar=no",
    ),
    ChannelForm.TWILIO: (
        {"sid": SID, "token": "t", "from": "whatsapp:+1 500 555 0006", "to": "+15005550001"},
        f"twilio://{SID}:t@w%3A%2B15005550006/w%3A%2B15005550001",
    ),
    ChannelForm.EMAIL: (
        MAIL | {"user": "me", "password": "p@ss:/%"},
        "mailtos://me:p%40ss%3A%2F%25@smtp.example.org:587/?smtp=smtp.example.org&mode=starttls&format=text"
        "&from=me%40example.org&name=claudetray&to=you%40example.org%2Cteam%40example.org",
    ),
    ChannelForm.NTFY: ({"topic": "alerts"}, "ntfys://ntfy.sh:443/alerts?mode=private&image=no"),
    ChannelForm.TELEGRAM: (
        {"token": TELEGRAM, "chat": "-1001234"},
        f"tgram://123456789:{'b' * 35}/-1001234/?detect=no",
    ),
    ChannelForm.WEBHOOK: ({"url": "https://example.org"}, "https://example.org"),
    ChannelForm.OTHER: ({"url": "pover://user@token"}, "pover://user@token"),
}


@pytest.mark.parametrize("form", ChannelForm)
def test_each_form_makes_its_address(form: ChannelForm) -> None:
    values, made = GOOD[form]
    assert address(form, values) == made
    assert set(values) <= {field.key for field in FORMS[form]}


@pytest.mark.parametrize("form", ChannelForm)
def test_what_is_needed_is_asked_for_and_what_is_unknown_refused(form: ChannelForm) -> None:
    with pytest.raises(SettingRefused, match="is needed"):
        address(form, {})
    with pytest.raises(SettingRefused, match="no field"):
        address(form, GOOD[form][0] | {"colour": "red"})


@pytest.mark.parametrize(
    ("form", "wrong", "word"),
    [
        (ChannelForm.SLACK, {"url": "https://hooks.slack.com"}, "path is missing"),
        (ChannelForm.DISCORD, {"url": "https://example.org/api/webhooks/1/x"}, "Discord's"),
        (ChannelForm.TWILIO, {"to": "12345"}, "phone number"),
        (ChannelForm.TWILIO, {"sid": "AC12"}, "account SID"),
        (ChannelForm.EMAIL, {"to": "you"}, "no e-mail address"),
        (ChannelForm.EMAIL, {"from": "me@example.org, x@example.org"}, "no e-mail address"),
        (ChannelForm.EMAIL, {"host": "smtp.example.org/x"}, "The server"),
        (ChannelForm.EMAIL, {"port": "99999"}, "port"),
        (ChannelForm.EMAIL, {"security": "none"}, "on this machine alone"),
        (ChannelForm.EMAIL, {"security": "tls"}, "one of: starttls"),
        (ChannelForm.EMAIL, {"user": "", "password": "x"}, "goes with a user"),
        (ChannelForm.NTFY, {"topic": "a b"}, "topic"),
        (ChannelForm.NTFY, {"server": "http://ntfy.example.org"}, "https"),
        (ChannelForm.NTFY, {"server": "https://ntfy.example.org/x"}, "without a path"),
        (ChannelForm.TELEGRAM, {"token": "123"}, "bot token"),
        (ChannelForm.TELEGRAM, {"chat": "me"}, "chat"),
        (ChannelForm.WEBHOOK, {"url": "http://example.org/x"}, "https"),
        (ChannelForm.OTHER, {"url": "dbus://"}, "one word"),
        (ChannelForm.OTHER, {"url": "dbus://x"}, "stays on this machine"),
        (ChannelForm.OTHER, {"url": "syslog://x"}, "stays on this machine"),
        (ChannelForm.OTHER, {"url": "json://a, json://b"}, "one word"),
        (ChannelForm.OTHER, {"url": "pover://u@t\x00"}, "cannot be shown"),
        (ChannelForm.OTHER, {"url": "pover://" + "x" * 2000}, "too long"),
    ],
)
def test_what_leads_nowhere_is_refused_in_a_sentence(form: ChannelForm, wrong: dict[str, str], word: str) -> None:
    with pytest.raises(SettingRefused, match=word):
        address(form, GOOD[form][0] | wrong)


def test_mail_without_tls_goes_to_a_server_on_this_machine() -> None:
    made = address(ChannelForm.EMAIL, MAIL | {"host": "localhost", "port": "2525", "security": "none"})
    assert made.startswith("mailto://localhost:2525/?smtp=localhost&mode=insecure")


def test_an_ntfy_server_of_ones_own_and_its_token() -> None:
    made = address(ChannelForm.NTFY, {"topic": "t", "server": "http://127.0.0.1:8080", "token": "tk_x/y"})
    assert made == "ntfy://tk_x%2Fy@127.0.0.1:8080/t?mode=private&image=no&auth=token"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_no_password_breaks_out_of_its_place(password: str) -> None:
    made = address(ChannelForm.EMAIL, MAIL | {"user": "me", "password": password})
    parts = urlsplit(made)
    assert parts.hostname == "smtp.example.org"
    assert unquote(parts.password or "") == password
