"""The rules, each with what it says, and that it says it once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from claudetray.core import alert_rules
from claudetray.core.alert import Alert, AlertKind
from claudetray.core.alert_rules import Rule
from claudetray.core.alerting import Situation, news
from claudetray.core.budget import Budget, BudgetState
from claudetray.core.burn_rates import BurnRates
from claudetray.core.forecast import Forecast
from claudetray.core.health import Health
from claudetray.core.ledger import LiveBalance
from claudetray.core.outlook import Outlook
from claudetray.core.reading import AutoReload, Lot, Tranche
from claudetray.core.spending import of_balances
from tests.builders import NOW, an_outlook, dollars
from tests.core.traces import balances, steady

DAY = timedelta(days=1)


class Memory:
    """Says what is news, and remembers it."""

    def __init__(self, *changed: Rule) -> None:
        self.rules = alert_rules.rules(changed)
        self.said: dict[str, str] = {}

    def hears(self, outlook: Outlook, now: datetime = NOW, reload: AutoReload | None = None) -> list[Alert]:
        situation = Situation(now=now, tz=UTC, outlook=outlook, auto_reload=reload, account="Example")
        alerts = []
        for one in news(situation, self.rules, self.said):
            if one.value is None:
                self.said.pop(one.key)
            else:
                self.said[one.key] = one.value
            if one.alert is not None:
                alerts.append(one.alert)
        return alerts


@pytest.fixture
def memory() -> Memory:
    return Memory()


def lasting(days: str | None, **more: Any) -> Outlook:
    """A forecast of so many days; None: more than a year."""
    ends = None if days is None else NOW + DAY * float(days)
    found = Forecast(at=NOW, burn_rate=Decimal("2.10"), runs_out_at=ends, low=ends, high=ends)
    return an_outlook("18.21", forecast=found, **more)


def budgeted(spent: str, projected: str | None = None, since: datetime = NOW, **more: Any) -> Outlook:
    state = BudgetState(
        budget=Budget(id=3, name="coding", amount=Decimal(10), **more),
        since=since,
        until=since + 9 * DAY,
        spent=Decimal(spent),
        projected=None if projected is None else Decimal(projected),
    )
    return an_outlook("18.21", budgets=(state,))


def titles(alerts: list[Alert]) -> list[str]:
    return [alert.title for alert in alerts]


def test_a_short_runway_speaks_at_each_mark_once(memory: Memory) -> None:
    heard = [memory.hears(lasting(days)) for days in ("3", "1.9", "1.8", "0.9", "0.8", "1.2")]
    assert [[alert.health for alert in alerts] for alerts in heard] == [
        [],
        [Health.WARNING],
        [],
        [Health.CRITICAL],
        [],
        [],
    ]
    assert titles(heard[1]) == ["The money is likely to last 1.9 days"]
    assert heard[1][0].body.startswith("At $2.10 a day it is empty about")


def test_a_runway_that_has_grown_well_again_may_speak_again(memory: Memory) -> None:
    assert len(memory.hears(lasting("0.5"))) == 1
    assert memory.hears(lasting("1.4")) == []
    assert memory.hears(lasting("1.9")) == []  # well over a day: armed again for one day, and two days were said
    assert len(memory.hears(lasting("0.9"))) == 1
    assert memory.hears(lasting(None)) == []
    assert len(memory.hears(lasting("1.9"))) == 1


def test_no_forecast_is_no_news_and_forgets_nothing(memory: Memory) -> None:
    memory.hears(lasting("1.5"))
    assert memory.hears(an_outlook("5")) == []
    assert memory.hears(lasting("1.5")) == []


def test_a_balance_of_nothing_says_so(memory: Memory) -> None:
    empty = Forecast(at=NOW, runs_out_at=NOW, low=NOW, high=NOW, reason="The credit is used up.")
    (alert,) = memory.hears(an_outlook("0", forecast=empty))
    assert (alert.title, alert.health) == ("The credit is used up", Health.CRITICAL)


def test_a_budget_speaks_at_each_level_once_a_period(memory: Memory) -> None:
    heard = [titles(memory.hears(budgeted(spent))) for spent in ("4", "5", "5.5", "8.2", "9", "9.9", "10.4", "14")]
    assert heard == [
        [],
        ["Budget “coding”: 50 % spent"],
        [],
        ["Budget “coding”: 82 % spent"],
        ["Budget “coding”: 90 % spent"],
        [],
        ["Budget “coding”: 104 % spent"],
        [],
    ]
    assert titles(memory.hears(budgeted("6", since=NOW + 9 * DAY))) == ["Budget “coding”: 60 % spent"]


def test_several_levels_at_once_are_one_alert_and_its_health_is_the_highest_levels(memory: Memory) -> None:
    (alert,) = memory.hears(budgeted("9.5"))
    assert (alert.title, alert.health) == ("Budget “coding”: 95 % spent", Health.WARNING)
    (over,) = memory.hears(budgeted("10", hard_stop=True))
    assert over.health is Health.CRITICAL
    assert "The proxy refuses further calls until then." in over.body


def test_an_overrun_is_foretold_once_a_period(memory: Memory) -> None:
    assert memory.hears(budgeted("3", "10.4")) == []  # no more than rounding
    assert titles(memory.hears(budgeted("3", "12"))) == ["Budget “coding” will not last"]
    assert memory.hears(budgeted("4", "14")) == []
    assert memory.hears(budgeted("10", "14", levels=())) == []  # that is no forecast any more


def spent_today(today: str, usual: str | None = "2") -> Outlook:
    rates = BurnRates(today=Decimal(today))
    return an_outlook("50", rates=rates, usual_day=None if usual is None else Decimal(usual))


def test_a_spike_speaks_once_a_day(memory: Memory) -> None:
    assert memory.hears(spent_today("5.99")) == []
    assert len(memory.hears(spent_today("6.01"))) == 1
    assert memory.hears(spent_today("9")) == []
    assert len(memory.hears(spent_today("9"), NOW + DAY)) == 1


def test_without_a_usual_day_or_for_cents_there_is_no_spike(memory: Memory) -> None:
    assert memory.hears(spent_today("50", None)) == []
    assert memory.hears(spent_today("0.90", "0.10")) == []


def expiring(*lots: tuple[str, float], **more: Any) -> Outlook:
    tranches = tuple(
        Tranche(lot=Lot.PAID, name="", remaining=dollars(left), granted=None, expires_at=NOW + days * DAY)
        for left, days in lots
    )
    live = LiveBalance(left=dollars("48"), since=NOW, measured=Decimal(0), lapsed=Decimal(0), tranches=tranches)
    return Outlook(now=NOW, live=live, forecast=Forecast(at=NOW), **more)


def test_credit_that_lapses_is_said_at_each_mark_once(memory: Memory) -> None:
    days = (40, 29.5, 20, 6.9, 3, 0.9, 0.1)
    end = NOW + 50 * DAY
    heard = []
    for left in days:
        lot = Tranche(lot=Lot.PAID, name="", remaining=dollars("30"), granted=None, expires_at=end)
        live = LiveBalance(left=dollars("48"), since=NOW, measured=Decimal(0), lapsed=Decimal(0), tranches=(lot,))
        now = end - left * DAY
        heard.append(memory.hears(Outlook(now=now, live=live, forecast=Forecast(at=now)), now))
    assert [len(alerts) for alerts in heard] == [0, 1, 0, 1, 0, 1, 0]
    assert heard[5][0].health is Health.WARNING
    assert heard[1][0].body == "What is not spent by then is lost."


def test_lots_of_one_date_are_one_alert_and_the_rate_says_how_much_is_lost(memory: Memory) -> None:
    spent = of_balances(balances(steady(4.8), "48", 14))
    (alert,) = memory.hears(expiring(("20", 5), ("10", 5), spent=spent))
    assert alert.title.startswith("$30.00 of credit lapses")
    assert alert.body == "At the usual rate about $6.00 of it are lost."
    (fine,) = Memory().hears(expiring(("20", 5), spent=spent))
    assert fine.body == "At the usual rate it is spent before."


def test_money_beside_the_measured_calls_is_said_once_a_day(memory: Memory) -> None:
    assert memory.hears(an_outlook("50")) == []
    assert memory.hears(an_outlook("50", unmeasured_today=Decimal("4.99"))) == []
    assert len(memory.hears(an_outlook("50", unmeasured_today=Decimal("5.10")))) == 1
    assert memory.hears(an_outlook("50", unmeasured_today=Decimal("7"))) == []


def test_auto_reload_that_stopped_is_said_once_and_again_after_it_was_mended(memory: Memory) -> None:
    stopped = AutoReload(on=False, trouble="card_declined")
    assert len(memory.hears(an_outlook("50"), reload=stopped)) == 1
    assert memory.hears(an_outlook("50"), reload=stopped) == []
    assert memory.hears(an_outlook("50"), reload=AutoReload(on=True)) == []
    assert len(memory.hears(an_outlook("50"), reload=stopped)) == 1


DAILY, WEEKLY = (Rule(kind=kind, marks=(Decimal(9),)) for kind in (AlertKind.DAILY_SUMMARY, AlertKind.WEEKLY_SUMMARY))


def test_a_daily_summary_comes_once_a_day_from_its_hour_on() -> None:
    memory = Memory(DAILY)
    spent = of_balances(balances(steady(4.8), "48", 3))
    hours = [NOW.replace(hour=8), NOW.replace(hour=9), NOW.replace(hour=10), NOW + DAY]
    heard = [memory.hears(an_outlook("48", spent=spent), now) for now in hours]
    assert [len(alerts) for alerts in heard] == [0, 1, 0, 1]
    assert heard[1][0].title == "Yesterday: $4.80 spent"


def test_a_summary_that_is_switched_on_later_begins_with_the_next_one() -> None:
    daily, weekly = Memory(DAILY), Memory(WEEKLY)
    assert daily.hears(an_outlook("48"), NOW.replace(hour=15)) == []
    assert len(daily.hears(an_outlook("48"), NOW.replace(hour=11) + DAY)) == 1  # the machine slept at nine
    assert weekly.hears(an_outlook("48"), NOW) == []  # a Saturday
    monday = NOW.replace(hour=9) + 2 * DAY
    assert titles(weekly.hears(an_outlook("48"), monday)) == ["Last week: — spent"]
    assert weekly.hears(an_outlook("48"), monday + DAY) == []
    assert len(weekly.hears(an_outlook("48"), monday + 8 * DAY)) == 1  # off on Monday, it says so on Tuesday


def test_a_rule_that_is_off_says_nothing() -> None:
    off = Memory(*(Rule(kind=kind, enabled=False) for kind in (AlertKind.RUNWAY, AlertKind.BUDGET)))
    assert off.hears(lasting("0.5")) == []
    assert off.hears(budgeted("10")) == []


def test_every_alert_ends_with_balance_runway_and_account(memory: Memory) -> None:
    (alert,) = memory.hears(lasting("0.5"))
    assert [label for label, _ in alert.facts] == ["Balance", "Runway", "Account"]
    assert dict(alert.facts)["Balance"] == "$18.21"
