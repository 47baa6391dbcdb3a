"""What is asked of the roll-ups, and what they answer. Simulated calls are left out unless they are asked for."""

from dataclasses import dataclass
from datetime import date, datetime

from claudetray.core.usage import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsQuery:
    """A range of whole hours, `since <= hour < until`, and filters. None means any; no origin means every real one."""

    since: datetime
    until: datetime
    model: str | None = None
    client: str | None = None
    tag: str | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The sums of some calls. Units: `cost_pico` is in 10^-12 dollars, of the priced calls alone."""

    calls: int = 0
    failed: int = 0
    interrupted: int = 0
    unpriced: int = 0
    estimated: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cost_pico: int = 0
    duration_ms: int = 0
    timed: int = 0  # calls with a duration

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in SUMMED})

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(**{name: getattr(self, name) - getattr(other, name) for name in SUMMED})

    @property
    def total_tokens(self) -> int:
        return (
            self.input_tokens
            + self.output_tokens
            + self.cache_read_tokens
            + self.cache_write_5m_tokens
            + self.cache_write_1h_tokens
        )


SUMMED = (
    "calls",
    "failed",
    "interrupted",
    "unpriced",
    "estimated",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cost_pico",
    "duration_ms",
    "timed",
)


NO_SUMS = Sums()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The sums of one model, tag or client; `name=None` where the calls name none."""

    name: str | None
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The sums of one local day."""

    date: date
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """The sums of one local hour of the week. `weekday` 0 is Monday."""

    weekday: int
    hour: int
    sums: Sums
