"""Status: everything known now about the account that is watched, as one value for every face."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from claudetray.core import cadence
from claudetray.core.account import Account
from claudetray.core.cadence import NextLook
from claudetray.core.health import Assessment, Health
from claudetray.core.ledger import LiveBalance
from claudetray.core.look import Failure, Look, Plan
from claudetray.core.money import Money
from claudetray.core.outlook import Outlook
from claudetray.core.reading import BY_HAND, Reading
from claudetray.core.session import Session, page_spacing
from claudetray.core.settings import Preferences
from claudetray.core.thresholds import Threshold


class Condition(StrEnum):
    """How far the balance shown can be trusted; see `Status.condition`."""

    FRESH = "fresh"
    STALE = "stale"
    FAILED = "failed"
    PAUSED = "paused"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is known at `now`. `looks` are the latest first; `failure` is the last look's, if it failed."""

    now: datetime
    account: Account | None
    reading: Reading | None
    assessment: Assessment
    stale: bool
    session: Session
    visits: int  # hidden visits of the web page within a day
    looks: tuple[Look, ...]
    plan: Plan
    thresholds: tuple[Threshold, ...]
    preferences: Preferences
    webhook_kept: bool
    outlook: Outlook
    looking: bool = False
    vault_trouble: str = ""  # why secrets are not kept beyond this process, if so

    @property
    def by_hand(self) -> bool:
        """Is the balance one that somebody types, and nothing else?"""
        return self.account is not None and self.account.provider == BY_HAND

    @property
    def live(self) -> LiveBalance | None:
        return self.outlook.live

    @property
    def left(self) -> Money | None:
        """What is left now: the last balance, less what was measured since."""
        if self.outlook.live is not None:
            return self.outlook.live.left
        return self.reading.left if self.reading else None

    @property
    def health(self) -> Health:
        return self.assessment.health

    @property
    def failure(self) -> Failure | None:
        return self.looks[0].failure if self.looks else None

    def following(self, now: datetime) -> NextLook:
        """When to look after this balance, and why."""
        spacing = page_spacing(self.session, self.preferences.page_looks, now)
        return cadence.after_reading(self.left, self.thresholds, self.preferences.interval, spacing)

    @property
    def condition(self) -> Condition:
        if self.reading is None:
            return Condition.FAILED if self.failure else Condition.NEVER
        if self.plan.paused:
            return Condition.PAUSED
        if self.failure:
            return Condition.FAILED
        return Condition.STALE if self.stale else Condition.FRESH
