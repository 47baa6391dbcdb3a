"""Every setting, declared once. The vault keeps those that are secret."""

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal

from claudetray.core.alert_rules import QuietHours
from claudetray.core.errors import SettingRefused
from claudetray.core.health import DEFAULT_LIMITS, Limits
from claudetray.core.setting import (
    Setting,
    api_key,
    number,
    one_of,
    time_of_day,
    upstream_url,
    webhook_url,
    whole,
    yes_or_no,
)
from claudetray.core.thresholds import whole_minutes

SHOWS = ("balance", "days", "gauge", "health")
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
    parse=whole(0, MOST_PAGE_LOOKS),
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
    help="The balance, the days that it lasts, how much of it is left as a gauge, or only the health.",
    parse=one_of(*SHOWS),
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
    parse=whole(1, 65535),
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
    parse=whole(0, 36500),
)
KEEP_RECORDS = Setting(
    key="usage.keep_records",
    default=0,
    label="Keep records (at most)",
    help="The oldest records beyond that are deleted; their sums stay. 0 for no limit.",
    parse=whole(0, 999_999_999),
)
CRITICAL_BELOW = Setting(
    key="health.critical_below",
    default=DEFAULT_LIMITS.critical_below,
    label="Critical below",
    help="Where no threshold is set: a balance below this is critical.",
    parse=number(1_000_000_000),
)
WARNING_BELOW = Setting(
    key="health.warning_below",
    default=DEFAULT_LIMITS.warning_below,
    label="Warning below",
    help="Where no threshold is set: a balance below this calls for a warning.",
    parse=number(1_000_000_000),
)
CRITICAL_DAYS = Setting(
    key="health.critical_days",
    default=DEFAULT_LIMITS.critical_days,
    label="Critical under (days)",
    help="A runway under so many days is critical. 0 for never.",
    parse=number(366),
)
WARNING_DAYS = Setting(
    key="health.warning_days",
    default=DEFAULT_LIMITS.warning_days,
    label="Warning under (days)",
    help="A runway under so many days calls for a warning. 0 for never.",
    parse=number(366),
)
BUSY = Setting(
    key="health.busy_factor",
    default=DEFAULT_LIMITS.busy,
    label="Caution over (times a usual day)",
    help="When more than so many times a usual day was spent today, health is at caution.",
    parse=number(1_000),
)
QUIET_FROM = Setting(
    key="alerts.quiet_from",
    default="",
    label="Quiet from",
    help="From this local time on, alerts wait. Empty for no quiet hours.",
    parse=time_of_day,
)
QUIET_TO = Setting(
    key="alerts.quiet_to",
    default="",
    label="Quiet to",
    help="Until this local time.",
    parse=time_of_day,
)
CRITICAL_BREAKS_THROUGH = Setting(
    key="alerts.critical_breaks_through",
    default=True,
    label="Critical alerts break through",
    help="What is critical is said in quiet hours, too.",
    parse=yes_or_no,
)
UPDATES = Setting(
    key="updates.check",
    default=True,
    label="Look for updates once a day",
    help="Asks GitHub for the latest release; nothing is downloaded. Distribution packages never ask.",
    parse=yes_or_no,
)
DECLARED: tuple[Setting[int] | Setting[str] | Setting[bool] | Setting[Decimal], ...] = (
    INTERVAL,
    PAGE_LOOKS,
    WEBHOOK,
    NATIVE,
    TRAY_SHOWS,
    UPDATES,
    CRITICAL_BELOW,
    WARNING_BELOW,
    CRITICAL_DAYS,
    WARNING_DAYS,
    BUSY,
    QUIET_FROM,
    QUIET_TO,
    CRITICAL_BREAKS_THROUGH,
    PROXY,
    PORT,
    UPSTREAM,
    PROXY_KEY,
    BODIES,
    READ_PROMPTS,
    KEEP_DAYS,
    KEEP_RECORDS,
)


def declared(key: str) -> Setting[int] | Setting[str] | Setting[bool] | Setting[Decimal]:
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
    limits: Limits = DEFAULT_LIMITS
    quiet: QuietHours | None = None
    critical_breaks_through: bool = CRITICAL_BREAKS_THROUGH.default
    updates: bool = UPDATES.default

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
            limits=Limits(
                critical_below=CRITICAL_BELOW.read(stored.get(CRITICAL_BELOW.key)),
                warning_below=WARNING_BELOW.read(stored.get(WARNING_BELOW.key)),
                critical_days=CRITICAL_DAYS.read(stored.get(CRITICAL_DAYS.key)),
                warning_days=WARNING_DAYS.read(stored.get(WARNING_DAYS.key)),
                busy=BUSY.read(stored.get(BUSY.key)),
            ),
            quiet=_quiet(QUIET_FROM.read(stored.get(QUIET_FROM.key)), QUIET_TO.read(stored.get(QUIET_TO.key))),
            critical_breaks_through=CRITICAL_BREAKS_THROUGH.read(stored.get(CRITICAL_BREAKS_THROUGH.key)),
            updates=UPDATES.read(stored.get(UPDATES.key)),
        )


def _quiet(begins: str, ends: str) -> QuietHours | None:
    """None unless both are told."""
    return QuietHours(time.fromisoformat(begins), time.fromisoformat(ends)) if begins and ends else None
