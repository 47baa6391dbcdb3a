"""A setting: key, default, wording and check; and the checks that settings share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from ipaddress import ip_address
from typing import Generic, TypeVar
from urllib.parse import SplitResult, urlsplit

from claudetray.core.errors import SettingRefused
from claudetray.core.money import decimal

MOST_ADDRESS = 2000
T = TypeVar("T", bool, int, str, Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[T]):
    """One setting. `parse` makes its value from text and refuses nonsense (SettingRefused, in a sentence)."""

    key: str
    default: T
    label: str
    help: str
    parse: Callable[[str], T]
    secret: bool = False
    choices: tuple[str, ...] = ()

    def text(self, value: T) -> str:
        """As it is stored, and as `parse` reads it."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal):
            return f"{value:f}"
        return str(value)

    def read(self, stored: str | None) -> T:
        """The value of a stored text; a spoiled one reads as the default."""
        if stored is None:
            return self.default
        try:
            return self.parse(stored)
        except SettingRefused:
            return self.default


def yes_or_no(text: str) -> bool:
    """Raises: SettingRefused when it is neither."""
    match text.strip().lower():
        case "true" | "yes" | "on" | "1":
            return True
        case "false" | "no" | "off" | "0":
            return False
    raise SettingRefused("The value must be true or false.")


def webhook_url(text: str) -> str:
    """An incoming webhook: https, or plain http on this machine; empty switches it off. Raises: SettingRefused."""
    url = text.strip()
    if url and web_address(url, "The webhook", "https://hooks.slack.com/services/…").path in ("", "/"):
        raise SettingRefused("The webhook's path is missing: copy the whole address from Slack.")
    return url


def upstream_url(text: str) -> str:
    """Where calls are passed on to: https, or plain http on this machine; a path may follow. Raises: SettingRefused."""
    url = text.strip().rstrip("/")
    parts = web_address(url, "The upstream", "https://api.anthropic.com")
    if parts.query or parts.fragment:
        raise SettingRefused("The upstream is not a web address such as https://api.anthropic.com.")
    return url


def web_address(url: str, what: str, example: str) -> SplitResult:
    """The parts of an address: https, or plain http on this machine. Raises: SettingRefused, naming `what` it is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingRefused(f"{what} is not a web address.") from None
    if any(character.isspace() or not character.isprintable() for character in url) or len(url) > MOST_ADDRESS:
        raise SettingRefused(f"{what} is not a web address.")
    if not parts.hostname or parts.username is not None or port == 0:
        raise SettingRefused(f"{what} is not a web address such as {example}.")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback(parts.hostname)):
        raise SettingRefused(f"{what} must start with https://.")
    return parts


def same_place(one: str, other: str) -> bool:
    """Do two http addresses lead to the same port of this machine?"""
    first, second = urlsplit(one), urlsplit(other)
    local = all(parts.hostname is not None and loopback(parts.hostname) for parts in (first, second))
    return local and (first.port or 80) == (second.port or 80)


def api_key(text: str) -> str:
    """A key of the Claude API; empty for none. Raises: SettingRefused."""
    key = text.strip()
    if (
        len(key) > 500
        or not key.isascii()
        or any(character.isspace() or not character.isprintable() for character in key)
    ):
        raise SettingRefused("A key of the Claude API has neither spaces nor line breaks, and begins with sk-ant-.")
    return key


def loopback(host: str) -> bool:
    """Is it this machine?"""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.strip() in choices:
            return text.strip()
        raise SettingRefused(f"The value must be one of: {', '.join(choices)}.")

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        digits = text.strip()
        if digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most:
            return int(digits)
        raise SettingRefused(f"The value must be a whole number from {least} to {most}.")

    return parse


def number(most: int) -> Callable[[str], Decimal]:
    def parse(text: str) -> Decimal:
        try:
            found = decimal(text.strip().removeprefix("$"))
        except ValueError:
            raise SettingRefused("The value must be a number such as 5 or 7.50.") from None
        if not 0 <= found <= most:
            raise SettingRefused(f"The value must be from 0 to {most:,}.")
        return found

    return parse


def time_of_day(text: str) -> str:
    """A local time such as 22:30; empty for none. Raises: SettingRefused."""
    plain = text.strip()
    if not plain:
        return ""
    try:
        return time.fromisoformat(plain if ":" in plain else f"{plain}:00").strftime("%H:%M")
    except ValueError:
        raise SettingRefused("The value must be a time of day such as 22:00, or empty.") from None
