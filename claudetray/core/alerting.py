"""What the outlook calls for: each rule says what is news, compared with what was said before.

What was said is kept by keys. A key stands for one occasion (a budget's period, a day, a date on which credit lapses),
and its value for how much of it was said, so that everything is said once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from claudetray.core import runway_words, words
from claudetray.core.alert import Alert, AlertKind
from claudetray.core.alert_rules import Rule
from claudetray.core.budget import BudgetState
from claudetray.core.expiry import by_expiry
from claudetray.core.forecast import expected
from claudetray.core.health import Health
from claudetray.core.money import Money
from claudetray.core.outlook import Outlook
from claudetray.core.reading import AutoReload
from claudetray.core.spending import DAY
from claudetray.core.times import midnight

Said = Mapping[str, str]
REARMED = Decimal("1.5")  # a runway so many times the mark that was spoken of: the next time is news again
LEAST_SPIKE = Decimal(1)  # dollars
LEAST_LAPSE = Decimal("0.01")
OVER = Decimal("1.05")  # a projection so far over the budget is no rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the rules look at. `account` is for people."""

    now: datetime
    tz: tzinfo
    outlook: Outlook
    auto_reload: AutoReload | None
    account: str

    @property
    def left(self) -> Money | None:
        return self.outlook.live.left if self.outlook.live else None

    @property
    def today(self) -> str:
        return self.now.astimezone(self.tz).date().isoformat()

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Those that every alert ends with."""
        line = runway_words.line(self.outlook.forecast, self.tz)
        return (("Balance", words.money(self.left)), ("Runway", line), ("Account", self.account))


@dataclass(frozen=True, slots=True)
class News:
    """Something to say, with the key and the value to remember it by; without an alert, to remember alone.

    `value=None`: to be forgotten.
    """

    key: str
    value: str | None
    alert: Alert | None = None


def news(situation: Situation, rules: Mapping[AlertKind, Rule], said: Said) -> tuple[News, ...]:
    """All that is news now, by the rules that are switched on."""
    return tuple(
        found
        for kind, find in _FINDERS.items()
        if (rule := rules[kind]).enabled
        for found in find(situation, rule, said)
        if said.get(found.key) != found.value
    )


def _runway(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    forecast, key = situation.outlook.forecast, "runway"
    before = Decimal(said[key]) if key in said else None
    if forecast.days is None:
        if before is not None and forecast.burn_rate is not None:  # it lasts for more than a year
            yield News(key, None)
        return
    here = min((mark for mark in rule.marks if forecast.days < mark), default=None)
    if here is not None and (before is None or here < before):
        health = {0: Health.CRITICAL, 1: Health.WARNING}.get(sorted(rule.marks).index(here), Health.CAUTION)
        if situation.left is not None and situation.left.amount <= 0:
            title, body = "The credit is used up", "Calls are refused until there is more. Top up to go on."
        else:
            when = runway_words.around(forecast, situation.tz)
            title = f"The money is likely to last {words.runway(forecast.days)}"
            body = f"At {runway_words.per_day(forecast)} it is empty {when}."
        yield News(key, f"{here:f}", _alert(situation, rule, health, title, body))
    elif before is not None and forecast.days >= before * REARMED:
        yield News(key, f"{here:f}" if here is not None else None)


def _budgets(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    for state in situation.outlook.budgets:
        key, level = f"budget:{state.budget.id}:{state.since:%Y-%m-%d}", state.level
        if level is None or level <= int(said.get(key, "0")):
            continue
        health = Health.CRITICAL if level >= 100 else Health.WARNING if level >= 80 else Health.CAUTION
        title = f"Budget “{state.budget.name}”: {state.percent} % spent"
        body = f"{_of_budget(state)} It begins anew {words.clock(state.until, situation.now)}."
        if state.stops(situation.now):
            body += " The proxy refuses further calls until then."
        yield News(key, str(level), _alert(situation, rule, health, title, body))


def _overruns(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    for state in situation.outlook.budgets:
        key, likely = f"overrun:{state.budget.id}:{state.since:%Y-%m-%d}", state.projected
        if key in said or likely is None or state.used_up or likely < state.budget.amount * OVER:
            continue
        title = f"Budget “{state.budget.name}” will not last"
        end = words.clock(state.until, situation.now)
        body = f"{_of_budget(state)} By {end} it is likely to be {runway_words.dollars(likely)}."
        yield News(key, "said", _alert(situation, rule, Health.CAUTION, title, body))


def _spike(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    today, usual, key = situation.outlook.rates.today, situation.outlook.usual_day, "spike"
    if today is None or usual is None or today < max(LEAST_SPIKE, rule.marks[0] * usual):
        return
    currency = situation.outlook.forecast.currency
    so_far, day = (runway_words.money(amount, currency) for amount in (today, usual))
    body = f"{so_far} was spent today so far. A usual day takes {day}."
    alert = _alert(situation, rule, Health.WARNING, "Spending is far over the usual", body)
    yield News(key, situation.today, alert)


def _expiry(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    live = situation.outlook.live
    dates: dict[datetime, Decimal] = {}
    for lot in by_expiry(live.tranches if live else ()):
        if lot.expires_at is not None and lot.remaining is not None:
            dates[lot.expires_at] = dates.get(lot.expires_at, Decimal(0)) + lot.remaining.amount
    before = Decimal(0)  # what lapses earlier is spent first
    for at, amount in dates.items():
        left = Decimal((at - situation.now) / DAY)
        here = min((mark for mark in rule.marks if left <= mark), default=None)
        key = f"expiry:{at:%Y-%m-%dT%H:%M}"
        if here is not None and amount >= LEAST_LAPSE and (key not in said or here < Decimal(said[key])):
            assert live is not None
            likely = expected(situation.outlook.spent, situation.now, at, situation.tz)
            lapse = None if likely is None else min(amount, max(amount + before - likely, Decimal(0)))
            title = f"{words.money(Money(amount, live.left.currency))} of credit lapses {words.day(at)}"
            health = Health.WARNING if here == min(rule.marks) else Health.CAUTION
            yield News(key, f"{here:f}", _alert(situation, rule, health, title, _lapse(lapse, live.left.currency)))
        before += amount


def _lapse(amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return "What is not spent by then is lost."
    if amount < LEAST_LAPSE:
        return "At the usual rate it is spent before."
    return f"At the usual rate about {words.money(Money(amount.quantize(LEAST_LAPSE), currency))} of it are lost."


def _unmeasured(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    beside = situation.outlook.unmeasured_today
    if beside is None or beside < max(rule.marks[0], LEAST_LAPSE):
        return
    body = (
        f"{runway_words.dollars(beside)} left the balance today that no measured call explains: "
        "another key, another machine, or the Console's Workbench."
    )
    alert = _alert(situation, rule, Health.CAUTION, "Money goes beside the measured calls", body)
    yield News("unmeasured", situation.today, alert)


def _auto_reload(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    trouble = situation.auto_reload.trouble if situation.auto_reload else None
    if trouble is None:
        if "auto_reload" in said:
            yield News("auto_reload", None)
        return
    body = f"The Console says: {trouble}. No credit is bought by itself until that is mended."
    yield News("auto_reload", trouble, _alert(situation, rule, Health.WARNING, "Auto-reload stopped", body))


def _daily(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    local = situation.now.astimezone(situation.tz)
    if local.hour < rule.marks[0]:
        return
    if "daily_summary" not in said and local.hour > rule.marks[0]:  # just switched on: from tomorrow on
        yield News("daily_summary", situation.today)
        return
    end = midnight(local.date(), situation.tz)
    begin = midnight(local.date() - DAY, situation.tz)
    alert = _summary(situation, rule, "Yesterday", begin, end)
    yield News("daily_summary", situation.today, alert)


def _weekly(situation: Situation, rule: Rule, said: Said) -> Iterator[News]:
    local = situation.now.astimezone(situation.tz)
    monday = local.date() - local.weekday() * DAY
    if local.date() == monday and local.hour < rule.marks[0]:
        return
    if "weekly_summary" not in said and local.date() != monday:  # just switched on: from next Monday on
        yield News("weekly_summary", monday.isoformat())
        return
    begin, end = midnight(monday - 7 * DAY, situation.tz), midnight(monday, situation.tz)
    alert = _summary(situation, rule, "Last week", begin, end)
    yield News("weekly_summary", monday.isoformat(), alert)


def _summary(situation: Situation, rule: Rule, when: str, begin: datetime, end: datetime) -> Alert:
    some = [one for one in situation.outlook.spent if one.until > begin and one.since < end]
    spent = Decimal(sum(one.within(begin, end) for one in some)) if some else None
    body = f"{words.money(situation.left)} left: {runway_words.line(situation.outlook.forecast, situation.tz)}."
    extra = tuple((f"Budget {state.budget.name}", f"{state.percent} %") for state in situation.outlook.budgets[:3])
    total = runway_words.money(spent, situation.outlook.forecast.currency)
    return _alert(situation, rule, Health.HEALTHY, f"{when}: {total} spent", body, extra)


def _of_budget(state: BudgetState) -> str:
    return f"{runway_words.dollars(state.spent)} of {runway_words.dollars(state.budget.amount)} are spent."


def _alert(
    situation: Situation,
    rule: Rule,
    health: Health,
    title: str,
    body: str,
    extra: tuple[tuple[str, str], ...] = (),
) -> Alert:
    return Alert(
        kind=rule.kind,
        health=health,
        title=title,
        body=body,
        facts=(*extra, *situation.facts()),
        raised_at=situation.now,
    )


_FINDERS: Mapping[AlertKind, Callable[[Situation, Rule, Said], Iterator[News]]] = {
    AlertKind.RUNWAY: _runway,
    AlertKind.BUDGET: _budgets,
    AlertKind.OVERRUN: _overruns,
    AlertKind.SPIKE: _spike,
    AlertKind.EXPIRY: _expiry,
    AlertKind.UNMEASURED: _unmeasured,
    AlertKind.AUTO_RELOAD: _auto_reload,
    AlertKind.DAILY_SUMMARY: _daily,
    AlertKind.WEEKLY_SUMMARY: _weekly,
}
