"""What the settings window shows, and what it asks to be saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from claudetray.core.account import Organization
from claudetray.core.alert_rules import Rule
from claudetray.core.budget import Budget
from claudetray.core.channel import NATIVE, SLACK, ChannelForm, NamedChannel
from claudetray.core.health import Limits
from claudetray.core.rates import PriceOverride
from claudetray.core.serving import ProxyStatus
from claudetray.core.status import Status
from claudetray.core.tag import Tag
from claudetray.core.thresholds import Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsShown:
    """`webhook` and `proxy_key` are masked, and empty where none is kept; `request_kept`: is there a session already?

    `unpriced` are the models without a price, each with its calls.
    """

    status: Status
    webhook: str
    request_kept: bool
    proxy: ProxyStatus | None = None
    proxy_key: str = ""
    tags: tuple[Tag, ...] = ()
    prices: tuple[PriceOverride, ...] = ()
    unpriced: tuple[tuple[str, int], ...] = ()
    budgets: tuple[Budget, ...] = ()
    rules: tuple[Rule, ...] = ()
    channels: tuple[NamedChannel, ...] = ()
    autostart: bool = False
    updates_ours: bool = True  # or a package manager's

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Those that are always there, and those that were added."""
        return (NATIVE, SLACK, *(channel.name for channel in self.channels))


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietDraft:
    """Times of day, or empty for none."""

    begins: str = ""
    ends: str = ""
    critical_breaks_through: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDraft:
    """A channel as it was edited. `values` are the fields of its form; None where the address that is kept stays."""

    name: str
    form: ChannelForm
    values: Mapping[str, str] | None
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyDraft:
    """`key` is None where unchanged, and "" to remove it."""

    on: bool
    port: int
    upstream: str
    key: str | None
    keep_bodies: bool
    read_prompts: bool
    keep_days: int
    keep_records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDraft:
    """All valid. `snippet`, `organization` and `autostart` are None where unchanged; `webhook` too, "" to remove it.

    `tags`, `prices`, `budgets`, `rules` and `channels` are the new and the changed ones; `…_gone` the numbers (of
    channels: the names) of those to be deleted.
    """

    snippet: str | None
    organization: Organization | None
    webhook: str | None
    thresholds: tuple[Threshold, ...]
    interval_minutes: int
    native: bool
    tray_shows: str
    page_looks: int
    autostart: bool | None
    updates: bool
    limits: Limits
    proxy: ProxyDraft
    tags: tuple[Tag, ...]
    tags_gone: tuple[int, ...]
    prices: tuple[PriceOverride, ...]
    prices_gone: tuple[int, ...]
    budgets: tuple[Budget, ...]
    budgets_gone: tuple[int, ...]
    rules: tuple[Rule, ...]
    quiet: QuietDraft
    channels: tuple[ChannelDraft, ...]
    channels_gone: tuple[str, ...]
