"""Channels that the person adds: a name, a form that says what its address is, and the address, which is a secret."""

from dataclasses import dataclass
from enum import StrEnum

from claudetray.core.errors import SettingRefused

NATIVE, SLACK = "native", "slack"  # the two that are always there
SEND = "send-alert"  # the argument by which this program becomes the helper that sends
MOST_CHANNELS = 30
MOST_CHANNEL_NAME = 40


class ChannelForm(StrEnum):
    """What the form asks for. `other` is any address that Apprise understands."""

    SLACK = "slack"
    DISCORD = "discord"
    TWILIO = "twilio"
    EMAIL = "email"
    NTFY = "ntfy"
    TELEGRAM = "telegram"
    WEBHOOK = "webhook"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedChannel:
    """A channel without its address. One that is switched off gets no alerts."""

    name: str
    form: ChannelForm
    enabled: bool = True


def secret_of(name: str) -> str:
    """What the vault keeps a channel's address under."""
    return f"channel.{name}"


def checked_name(name: str) -> str:
    """Raises: SettingRefused when nothing may be called that."""
    plain = name.strip()
    if not plain or len(plain) > MOST_CHANNEL_NAME or not plain.isprintable() or "," in plain:
        raise SettingRefused(f"A channel has a name of 1 to {MOST_CHANNEL_NAME} characters, without a comma.")
    if plain.lower() in (NATIVE, SLACK):
        raise SettingRefused(f"“{plain}” is the name of a channel that is always there; choose another one.")
    return plain
