"""The forms of channels: what each asks for, and the address that is made of it.

`slack` and `webhook` keep a plain web address. All others keep an address of Apprise's; its documentation,
"Notification services", says what each part means. In a query it decodes every value twice (measured, 2.2.0).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from claudetray.core.channel import ChannelForm
from claudetray.core.errors import SettingRefused
from claudetray.core.setting import MOST_ADDRESS, loopback, web_address, webhook_url

SECURITY = ("starttls", "ssl", "none")
NTFY = "https://ntfy.sh"
# What Apprise would show on this very desktop, or read from this disk: there is a channel for the one, and the other
# is nobody's business.
LOCAL_SCHEMES = frozenset({"dbus", "glib", "gnome", "kde", "qt", "macosx", "windows", "syslog", "rsyslog", "file"})
_DISCORD = re.compile(r"/api/(?:v\d+/)?webhooks/(\d{5,30})/([\w-]{20,120})/?")
_PHONE = re.compile(r"\+\d{6,15}")
_TELEGRAM = re.compile(r"(?:bot)?(\d{5,15}):([\w-]{20,60})")
_TOPIC = re.compile(r"[\w-]{1,64}")
_MAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field of a form. `choices`: one of these; the first one is the default."""

    key: str
    label: str
    secret: bool = False
    needed: bool = True
    example: str = ""
    choices: tuple[str, ...] = ()


FORMS: Mapping[ChannelForm, tuple[FormField, ...]] = {
    ChannelForm.SLACK: (
        FormField(key="url", label="Incoming webhook", secret=True, example="https://hooks.slack.com/services/…"),
    ),
    ChannelForm.DISCORD: (
        FormField(key="url", label="Webhook", secret=True, example="https://discord.com/api/webhooks/…"),
    ),
    ChannelForm.TWILIO: (
        FormField(key="sid", label="Account SID", example="AC…"),
        FormField(key="token", label="Auth token", secret=True),
        FormField(key="from", label="From", example="+15005550006, or whatsapp:+15005550006"),
        FormField(key="to", label="To", example="+15005550001"),
    ),
    ChannelForm.EMAIL: (
        FormField(key="host", label="Server", example="smtp.example.org"),
        FormField(key="port", label="Port", needed=False, example="587"),
        FormField(key="security", label="Security", choices=SECURITY),
        FormField(key="user", label="User", needed=False),
        FormField(key="password", label="Password", secret=True, needed=False),
        FormField(key="from", label="From", example="me@example.org"),
        FormField(key="to", label="To", example="me@example.org, team@example.org"),
    ),
    ChannelForm.NTFY: (
        FormField(key="topic", label="Topic", example="my-secret-topic"),
        FormField(key="server", label="Server", needed=False, example=NTFY),
        FormField(key="token", label="Access token", secret=True, needed=False),
    ),
    ChannelForm.TELEGRAM: (
        FormField(key="token", label="Bot token", secret=True, example="123456:ABC…"),
        FormField(key="chat", label="Chat", example="-1001234567890, or @channel"),
    ),
    ChannelForm.WEBHOOK: (
        FormField(key="url", label="Address", secret=True, example="https://example.org/hook"),
    ),
    ChannelForm.OTHER: (
        FormField(key="url", label="Address for Apprise", secret=True, example="pover://user@token"),
    ),
}  # fmt: skip


def address(form: ChannelForm, values: Mapping[str, str]) -> str:
    """The address that the fields of a form make. Raises: SettingRefused, in a sentence."""
    given = {key: value.strip() for key, value in values.items()}
    known = {field.key: field for field in FORMS[form]}
    if unknown := set(given) - set(known):
        raise SettingRefused(f"There is no field “{min(unknown)}”. Fields: {', '.join(known)}.")
    for key, field in known.items():
        value = given.setdefault(key, field.choices[0] if field.choices else "")
        if field.needed and not value:
            raise SettingRefused(f"“{field.label}” is needed.")
        if field.choices and value not in field.choices:
            raise SettingRefused(f"“{field.label}” is one of: {', '.join(field.choices)}.")
        if any(not character.isprintable() for character in value):
            raise SettingRefused(f"“{field.label}” has a character that cannot be shown.")
    made = _MAKERS[form](given)
    if len(made) > MOST_ADDRESS:
        raise SettingRefused("The address is too long.")
    return made


def _slack(given: Mapping[str, str]) -> str:
    return webhook_url(given["url"])


def _webhook(given: Mapping[str, str]) -> str:
    web_address(given["url"], "The address", "https://example.org/hook")
    return given["url"]


def _discord(given: Mapping[str, str]) -> str:
    parts = web_address(given["url"], "The webhook", "https://discord.com/api/webhooks/…")
    found = _DISCORD.fullmatch(parts.path)
    if found is None or not (parts.hostname or "").endswith(("discord.com", "discordapp.com")):
        raise SettingRefused("The webhook is not one of Discord's: copy the whole address from the channel's settings.")
    return f"discord://{found[1]}/{found[2]}?format=markdown&fields=no&avatar=no"


def _twilio(given: Mapping[str, str]) -> str:
    sender, receiver = given["from"], given["to"]
    whatsapp = sender.startswith("whatsapp:") or receiver.startswith("whatsapp:")
    numbers = [number.removeprefix("whatsapp:").replace(" ", "") for number in (sender, receiver)]
    if not all(_PHONE.fullmatch(number) for number in numbers):
        raise SettingRefused("A phone number begins with + and its country, such as +15005550006.")
    if not re.fullmatch(r"AC[0-9a-f]{32}", given["sid"], re.IGNORECASE):
        raise SettingRefused("The account SID begins with AC, and has 32 letters and digits after it.")
    kind = "w:" if whatsapp else ""
    shown = [_quoted(f"{kind}{number}") for number in numbers]
    return f"twilio://{_quoted(given['sid'])}:{_quoted(given['token'])}@{shown[0]}/{shown[1]}"


def _email(given: Mapping[str, str]) -> str:
    receivers = [part.strip() for part in given["to"].split(",") if part.strip()]
    for one in (given["from"], *receivers):
        if not _MAIL.fullmatch(one):
            raise SettingRefused(f"“{one}” is no e-mail address.")
    if not given["password"].isascii() or (given["password"] and not given["user"]):
        raise SettingRefused("A password goes with a user, and is of ASCII characters.")
    security = given["security"]
    host = _host(given["host"])
    if security == "none" and not loopback(host.strip("[]")):
        raise SettingRefused("Mail without TLS is for a server on this machine alone: choose starttls or ssl.")
    port = _port(given["port"], {"starttls": 587, "ssl": 465, "none": 25}[security])
    account = f"{_quoted(given['user'])}:{_quoted(given['password'])}@" if given["user"] else ""
    scheme, mode = ("mailto", "insecure") if security == "none" else ("mailtos", security)
    return (
        f"{scheme}://{account}{host}:{port}/?smtp={_quoted(host)}&mode={mode}&format=text"
        f"&from={_twice(given['from'])}&name=claudetray&to={_quoted(','.join(receivers))}"
    )


def _ntfy(given: Mapping[str, str]) -> str:
    parts = web_address(given["server"] or NTFY, "The server", NTFY)
    if not _TOPIC.fullmatch(given["topic"]):
        raise SettingRefused("A topic has up to 64 letters, digits, - and _.")
    if parts.path not in ("", "/") or parts.query:
        raise SettingRefused(f"The server is an address without a path, such as {NTFY}.")
    secure = parts.scheme == "https"
    token = f"{_quoted(given['token'])}@" if given["token"] else ""
    port = parts.port or (443 if secure else 80)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    auth = "&auth=token" if token else ""
    return f"ntfy{'s' if secure else ''}://{token}{host}:{port}/{given['topic']}?mode=private&image=no{auth}"


def _telegram(given: Mapping[str, str]) -> str:
    found = _TELEGRAM.fullmatch(given["token"])
    if found is None:
        raise SettingRefused("The bot token is a number, a colon and letters, as BotFather shows it.")
    if not re.fullmatch(r"-?\d{4,20}|@\w{4,40}", given["chat"]):
        raise SettingRefused("The chat is a number such as -1001234567890, or a name such as @channel.")
    return f"tgram://{found[1]}:{_quoted(found[2])}/{_quoted(given['chat'])}/?detect=no"


def _other(given: Mapping[str, str]) -> str:
    url = given["url"]
    scheme, mark, rest = url.partition("://")
    if not mark or not rest or not re.fullmatch(r"[a-z][a-z0-9+.-]{1,30}", scheme) or " " in url or "," in scheme:
        raise SettingRefused("An address for Apprise is one word such as pover://user@token.")
    if scheme in LOCAL_SCHEMES:
        raise SettingRefused(
            f"“{scheme}” stays on this machine; the desktop's own notifications are a channel already."
        )
    return url


def _host(text: str) -> str:
    try:
        parts = urlsplit(f"//{text}")
        plain = parts.hostname is not None and parts.port is None and parts.username is None and not parts.path
    except ValueError:
        plain = False
    if not plain or not re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:.]+\]", text):
        raise SettingRefused("The server is a name such as smtp.example.org.")
    return text


def _port(text: str, default: int) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 5 or not 0 < int(text) < 65536:
        raise SettingRefused("The port is a number from 1 to 65535.")
    return int(text)


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _twice(text: str) -> str:
    return _quoted(text.replace("%", "%25"))


_MAKERS = {
    ChannelForm.SLACK: _slack,
    ChannelForm.DISCORD: _discord,
    ChannelForm.TWILIO: _twilio,
    ChannelForm.EMAIL: _email,
    ChannelForm.NTFY: _ntfy,
    ChannelForm.TELEGRAM: _telegram,
    ChannelForm.WEBHOOK: _webhook,
    ChannelForm.OTHER: _other,
}
