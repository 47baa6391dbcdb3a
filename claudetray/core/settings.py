"""Settings, each declared once: key, default, wording and check. The vault keeps those that are secret."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from claudetray.core.errors import SettingRefused
from claudetray.core.thresholds import whole_minutes

T = TypeVar("T", bool, int, str)


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
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingRefused("The webhook is not a web address.") from None
    if any(character.isspace() or not character.isprintable() for character in url) or len(url) > 2000:
        raise SettingRefused("The webhook is not a web address.")
    if not parts.hostname or parts.username is not None or port == 0:
        raise SettingRefused("The webhook is not a web address such as https://hooks.slack.com/services/….")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback(parts.hostname)):
        raise SettingRefused("The webhook must start with https://.")
    if parts.path in ("", "/"):
        raise SettingRefused("The webhook's path is missing: copy the whole address from Slack.")
    return url


def upstream_url(text: str) -> str:
    """Where calls are passed on to: https, or plain http on this machine; a path may follow. Raises: SettingRefused."""
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingRefused("The upstream is not a web address.") from None
    if not parts.hostname or parts.username is not None or port == 0 or parts.query or parts.fragment:
        raise SettingRefused("The upstream is not a web address such as https://api.anthropic.com.")
    if any(character.isspace() or not character.isprintable() for character in url) or len(url) > 2000:
        raise SettingRefused("The upstream is not a web address.")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback(parts.hostname)):
        raise SettingRefused("The upstream must start with https://.")
    return url


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


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.strip() in choices:
            return text.strip()
        raise SettingRefused(f"The value must be one of: {', '.join(choices)}.")

    return parse


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        digits = text.strip()
        if digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most:
            return int(digits)
        raise SettingRefused(f"The value must be a whole number from {least} to {most}.")

    return parse


SHOWS = ("balance", "health")
MOST_PAGE_LOOKS = 200  # a day

INTERVAL = Setting(
    key="console.interval_minutes",
    default=120,
    label="Look every (minutes)",
    help="How often to look while the balance is above every threshold.",
    parse=whole_minutes,
)
WEBHOOK = Setting(
    key="slack.webhook",
    default="",
    label="Slack webhook",
    help="The incoming webhook that alerts go to. Kept encrypted; empty for none.",
    parse=webhook_url,
    secret=True,
)
PAGE_LOOKS = Setting(
    key="console.page_looks_per_day",
    default=24,
    label="Hidden visits of the web page (a day, at most)",
    help="How often claudetray may open the Console's page, unseen, to look where Cloudflare stops plain requests, "
    "or to renew the session. 0 for never.",
    parse=_whole(0, MOST_PAGE_LOOKS),
)
NATIVE = Setting(
    key="native.enabled",
    default=True,
    label="Show alerts on the desktop",
    help="Native notifications of the operating system.",
    parse=yes_or_no,
)
TRAY_SHOWS = Setting(
    key="tray.shows",
    default="balance",
    label="The icon shows",
    help="The balance in digits, or only the health.",
    parse=_one_of(*SHOWS),
    choices=SHOWS,
)
PROXY = Setting(
    key="proxy.enabled",
    default=False,
    label="Run the proxy",
    help="The tray runs the logging proxy and the local API, and starts them again when they end.",
    parse=yes_or_no,
)
PORT = Setting(
    key="proxy.port",
    default=8377,
    label="Port",
    help="Where the proxy and the local API listen, on this machine alone.",
    parse=_whole(1, 65535),
)
UPSTREAM = Setting(
    key="proxy.upstream",
    default="https://api.anthropic.com",
    label="Upstream",
    help="Where calls are passed on to. CLAUDETRAY_UPSTREAM goes before it.",
    parse=upstream_url,
)
PROXY_KEY = Setting(
    key="proxy.key",
    default="",
    label="API key for callers without one",
    help="Used by POST /api/proxy alone. Kept encrypted; empty for none.",
    parse=api_key,
    secret=True,
)
BODIES = Setting(
    key="proxy.keep_bodies",
    default=False,
    label="Keep requests and answers",
    help="The text of every call is kept on this machine, as long as its record.",
    parse=yes_or_no,
)
READ_PROMPTS = Setting(
    key="tags.read_prompts",
    default=False,
    label="Rules may read prompts",
    help="Lets the rules of tags look at the last thing that was asked. Nothing of it is kept.",
    parse=yes_or_no,
)
KEEP_DAYS = Setting(
    key="usage.keep_days",
    default=365,
    label="Keep records (days)",
    help="Older records of calls are deleted; their sums stay. 0 for ever.",
    parse=_whole(0, 36500),
)
KEEP_RECORDS = Setting(
    key="usage.keep_records",
    default=0,
    label="Keep records (at most)",
    help="The oldest records beyond that are deleted; their sums stay. 0 for no limit.",
    parse=_whole(0, 999_999_999),
)
DECLARED: tuple[Setting[int] | Setting[str] | Setting[bool], ...] = (
    INTERVAL,
    PAGE_LOOKS,
    WEBHOOK,
    NATIVE,
    TRAY_SHOWS,
    PROXY,
    PORT,
    UPSTREAM,
    PROXY_KEY,
    BODIES,
    READ_PROMPTS,
    KEEP_DAYS,
    KEEP_RECORDS,
)


def declared(key: str) -> Setting[int] | Setting[str] | Setting[bool]:
    """The setting of that key. Raises: SettingRefused when there is none."""
    for setting in DECLARED:
        if setting.key == key:
            return setting
    raise SettingRefused(f"There is no such setting. Settings: {', '.join(s.key for s in DECLARED)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The settings that are not secret, as values."""

    interval: timedelta
    native: bool
    tray_shows: str
    page_looks: int
    proxy: bool = PROXY.default
    port: int = PORT.default
    upstream: str = UPSTREAM.default
    keep_bodies: bool = BODIES.default
    read_prompts: bool = READ_PROMPTS.default
    keep_days: int = KEEP_DAYS.default  # 0 for ever
    keep_records: int = KEEP_RECORDS.default  # 0 for no limit

    @classmethod
    def of(cls, stored: dict[str, str]) -> "Preferences":
        return cls(
            interval=timedelta(minutes=INTERVAL.read(stored.get(INTERVAL.key))),
            native=NATIVE.read(stored.get(NATIVE.key)),
            tray_shows=TRAY_SHOWS.read(stored.get(TRAY_SHOWS.key)),
            page_looks=PAGE_LOOKS.read(stored.get(PAGE_LOOKS.key)),
            proxy=PROXY.read(stored.get(PROXY.key)),
            port=PORT.read(stored.get(PORT.key)),
            upstream=UPSTREAM.read(stored.get(UPSTREAM.key)),
            keep_bodies=BODIES.read(stored.get(BODIES.key)),
            read_prompts=READ_PROMPTS.read(stored.get(READ_PROMPTS.key)),
            keep_days=KEEP_DAYS.read(stored.get(KEEP_DAYS.key)),
            keep_records=KEEP_RECORDS.read(stored.get(KEEP_RECORDS.key)),
        )
