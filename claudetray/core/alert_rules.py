"""Rules: which alerts there are, what each waits for, and where and when it may speak."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal

from claudetray.core.alert import Alert, AlertKind
from claudetray.core.errors import SettingRefused
from claudetray.core.health import Health
from claudetray.core.money import decimal

MOST_MARKS = 10
MOST_MARK = Decimal(1_000_000)
MOST_COOLDOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as it holds. `channels`: None for all. `quiet`: does it keep the quiet hours?

    `marks` are the numbers it waits for; what they mean, its declaration says.
    """

    kind: AlertKind
    enabled: bool = True
    channels: tuple[str, ...] | None = None
    quiet: bool = True
    cooldown: timedelta = timedelta(0)
    snoozed_until: datetime | None = None
    marks: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRule:
    """What a rule is, in words, and how it starts out. `marks_are` is empty where it has no numbers."""

    kind: AlertKind
    label: str
    help: str
    marks_are: str = ""
    marks: tuple[Decimal, ...] = ()
    one_mark: bool = False
    enabled: bool = True

    @property
    def default(self) -> Rule:
        return Rule(kind=self.kind, enabled=self.enabled, marks=self.marks)


def _numbers(*found: int) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, found))


DECLARED: tuple[DeclaredRule, ...] = (
    DeclaredRule(
        kind=AlertKind.THRESHOLD,
        label="Balance at a threshold",
        help="Once when the balance falls to a threshold, and again only after it rose clear of it.",
    ),
    DeclaredRule(
        kind=AlertKind.RUNWAY,
        label="Runway is short",
        help="When the forecast says that the money ends within so many days.",
        marks_are="days",
        marks=_numbers(2, 1),
    ),
    DeclaredRule(
        kind=AlertKind.OUT_OF_CREDIT,
        label="A call was refused for want of credit",
        help="At once when the API answers that the credit balance is too low.",
    ),
    DeclaredRule(
        kind=AlertKind.BUDGET,
        label="Budget at a level",
        help="Once a period for each level of each budget.",
    ),
    DeclaredRule(
        kind=AlertKind.OVERRUN,
        label="Budget will be overrun",
        help="Once a period, when at the usual rate a budget will not last.",
    ),
    DeclaredRule(
        kind=AlertKind.SPIKE,
        label="Spending far over the usual",
        help="Once a day, when more than so many times a usual day was spent, and a dollar at least.",
        marks_are="times a usual day",
        marks=_numbers(3),
        one_mark=True,
    ),
    DeclaredRule(
        kind=AlertKind.EXPIRY,
        label="Credit will lapse",
        help="So many days before credit expires.",
        marks_are="days before",
        marks=_numbers(30, 7, 1),
    ),
    DeclaredRule(
        kind=AlertKind.UNMEASURED,
        label="Spending beside the measured calls",
        help="Once a day, when so much was spent that no measured call explains. Only where calls are measured.",
        marks_are="dollars a day",
        marks=_numbers(5),
        one_mark=True,
    ),
    DeclaredRule(
        kind=AlertKind.BALANCE_UNKNOWN,
        label="Balance unknown",
        help="When no fetch has brought a balance for so many hours.",
        marks_are="hours",
        marks=_numbers(3),
        one_mark=True,
    ),
    DeclaredRule(
        kind=AlertKind.SESSION_EXPIRED,
        label="Session expired",
        help="At once when the Console wants another sign-in.",
    ),
    DeclaredRule(
        kind=AlertKind.ANSWER_CHANGED,
        label="The Console changed",
        help="When its answer cannot be understood any more.",
    ),
    DeclaredRule(
        kind=AlertKind.RECOVERED,
        label="Balance known again",
        help="After one of the three above.",
    ),
    DeclaredRule(
        kind=AlertKind.AUTO_RELOAD,
        label="Auto-reload stopped",
        help="When the Console says that it could not buy credit by itself.",
    ),
    DeclaredRule(
        kind=AlertKind.DAILY_SUMMARY,
        label="Daily summary",
        help="What was spent yesterday and what is left, from this hour on.",
        marks_are="o'clock",
        marks=_numbers(9),
        one_mark=True,
        enabled=False,
    ),
    DeclaredRule(
        kind=AlertKind.WEEKLY_SUMMARY,
        label="Weekly summary",
        help="What was spent last week and what is left, on Monday from this hour on.",
        marks_are="o'clock",
        marks=_numbers(9),
        one_mark=True,
        enabled=False,
    ),
)
_BY_KIND = {declared.kind: declared for declared in DECLARED}
ALWAYS = Rule(kind=AlertKind.TEST, quiet=False)


def declared(kind: str) -> DeclaredRule:
    """Raises: SettingRefused when there is no such rule."""
    for one in DECLARED:
        if one.kind == kind:
            return one
    raise SettingRefused(f"There is no such rule. Rules: {', '.join(one.kind for one in DECLARED)}.")


def rules(changed: Iterable[Rule]) -> dict[AlertKind, Rule]:
    """Every rule: those that the person changed, the others as they start out."""
    return {one.kind: one.default for one in DECLARED} | {rule.kind: rule for rule in changed if rule.kind in _BY_KIND}


def checked(rule: Rule) -> Rule:
    """The rule as it may be kept, its marks with the largest first. Raises: SettingRefused."""
    told = declared(rule.kind)
    if not timedelta(0) <= rule.cooldown <= MOST_COOLDOWN:
        raise SettingRefused(f"A rule may rest for up to {MOST_COOLDOWN.days} days between two alerts.")
    if not told.marks_are:
        return replace(rule, marks=())
    most = 1 if told.one_mark else MOST_MARKS
    if not 1 <= len(rule.marks) <= most:
        raise SettingRefused(f"“{told.label}” takes {'one number' if told.one_mark else f'1 to {most} numbers'}.")
    if any(not 0 <= mark <= MOST_MARK for mark in rule.marks):
        raise SettingRefused(f"The numbers of “{told.label}” are from 0 to {MOST_MARK:,}.")
    if told.marks_are == "o'clock" and any(mark > 23 or mark != int(mark) for mark in rule.marks):
        raise SettingRefused("An hour of the day is a whole number from 0 to 23.")
    return replace(rule, marks=tuple(sorted(set(rule.marks), reverse=True)))


def marks(text: str) -> tuple[Decimal, ...]:
    """Numbers as people type them: `30, 7, 1`. Raises: SettingRefused."""
    try:
        return tuple(decimal(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise SettingRefused("The numbers are separated by commas, such as 30, 7, 1.") from None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one local time of day to another; over midnight where the second is the earlier one."""

    begins: time
    ends: time

    def end(self, now: datetime, tz: tzinfo) -> datetime | None:
        """When those that hold now are over; None where they do not hold."""
        local = now.astimezone(tz)
        over_midnight = self.ends <= self.begins
        at = local.time().replace(tzinfo=None)
        inside = (at >= self.begins or at < self.ends) if over_midnight else self.begins <= at < self.ends
        if not inside or self.begins == self.ends:
            return None
        day = local.date() + (timedelta(days=1) if over_midnight and at >= self.begins else timedelta(0))
        return datetime.combine(day, self.ends, tz)


@dataclass(frozen=True, slots=True)
class Route:
    """Where an alert goes, and from when on."""

    channels: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """How alerts go out, as the person set it. `channels` are all that are switched on."""

    channels: tuple[str, ...]
    tz: tzinfo
    rules: Mapping[AlertKind, Rule] = field(default_factory=lambda: rules(()))
    snoozed_until: datetime | None = None
    quiet: QuietHours | None = None
    critical_breaks_through: bool = True

    def enabled(self, kind: AlertKind) -> bool:
        return self.rules.get(kind, ALWAYS).enabled

    @property
    def unknown_after(self) -> timedelta:
        """How long a balance may be unknown before that is said."""
        return timedelta(hours=float(self.rules[AlertKind.BALANCE_UNKNOWN].marks[0]))

    def of(self, alert: Alert, last: datetime | None) -> Route:
        """The route of an alert; `last`: when the one before of its rule is due. What must wait is delivered later."""
        rule, now = self.rules.get(alert.kind, ALWAYS), alert.raised_at
        times = [now]
        if last is not None and last - now <= rule.cooldown:  # one from further ahead: the clock was set back
            times.append(last if last > now else last + rule.cooldown)  # those that wait go out together
        times += [until for until in (self.snoozed_until, rule.snoozed_until) if until is not None]
        due_at = max(times)
        breaks_through = self.critical_breaks_through and alert.health is Health.CRITICAL
        if self.quiet is not None and rule.quiet and not breaks_through:
            due_at = self.quiet.end(due_at, self.tz) or due_at
        wanted = self.channels if rule.channels is None else tuple(c for c in self.channels if c in rule.channels)
        return Route(wanted, due_at)
