"""What the settings window shows, and what it asks to be saved."""

from dataclasses import dataclass

from claudetray.core.account import Organization
from claudetray.core.status import Status
from claudetray.core.thresholds import Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsShown:
    """`webhook` is masked, and empty where none is kept; `request_kept`: is there a session already?"""

    status: Status
    webhook: str
    request_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDraft:
    """All valid. `snippet` and `organization` are None where unchanged; `webhook` too, and "" to remove it."""

    snippet: str | None
    organization: Organization | None
    webhook: str | None
    thresholds: tuple[Threshold, ...]
    interval_minutes: int
    native: bool
    tray_shows: str
    page_looks: int
