"""The watch: which alerts a look calls for. News is a comparison with what was said before.

A threshold speaks when the balance is first seen at or below it, and again only after the balance rose clear
of it: 5 % above, or by a top-up. A failure speaks once an episode, and so does its recovery.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from claudetray.core import words
from claudetray.core.alert import Alert, AlertKind
from claudetray.core.cadence import NextLook
from claudetray.core.errors import SessionExpired, SourceError, UnexpectedAnswer
from claudetray.core.health import Health, assess
from claudetray.core.money import Money
from claudetray.core.reading import Reading
from claudetray.core.thresholds import Threshold, reached

MARGIN = Decimal("1.05")
# The Console sells credit from $5 up (our guess for other currencies): a smaller rise is a correction.
LEAST_TOP_UP = Decimal(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """What was said, so that it is said once. `said` is the lowest threshold spoken of (an amount).

    `unknown_since`: the first look of this episode that brought no balance; `told`: failures already spoken of.
    """

    said: Decimal | None = None
    last: Money | None = None
    last_purchase: Money | None = None
    unknown_since: datetime | None = None
    failures: int = 0
    told: frozenset[AlertKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state to remember and the alerts to send, both in one transaction."""

    state: WatchState
    alerts: tuple[Alert, ...] = ()


def after_reading(
    state: WatchState,
    reading: Reading,
    thresholds: Collection[Threshold],
    next_look: NextLook,
    account: str,
    now: datetime,
    unknown_after: timedelta,
) -> Judgement:
    """What a reading calls for: a threshold crossed, a recovery, or nothing."""
    left = reading.left
    if left is None:
        why = "The Console answers, but does not say the balance."
        return _still_unknown(replace(state, failures=0), why, account, now, unknown_after)
    alerts = []
    if state.told:
        alerts.append(_recovered(left, state, thresholds, account, now))
    said, news = _crossing(state, reading, left, thresholds)
    if news is not None:
        alerts.append(_crossed(left, news, thresholds, next_look, account, now))
    return Judgement(WatchState(said=said, last=left, last_purchase=reading.last_purchase), tuple(alerts))


def after_failure(
    state: WatchState, error: SourceError, account: str, now: datetime, unknown_after: timedelta
) -> Judgement:
    """What a failed look calls for: nothing, mostly; it may pass."""
    state = replace(state, failures=state.failures + 1)
    kind = {SessionExpired: AlertKind.SESSION_EXPIRED, UnexpectedAnswer: AlertKind.ANSWER_CHANGED}.get(type(error))
    if kind is None or kind in state.told:
        return _still_unknown(state, error.message, account, now, unknown_after)
    alert = Alert(
        kind=kind,
        health=Health.UNKNOWN,
        title=error.title,
        body=error.message,
        facts=(("Last balance", words.money(state.last)), ("Account", account)),
        raised_at=now,
    )
    state = replace(state, unknown_since=state.unknown_since or now, told=state.told | {kind})
    return Judgement(state, (alert,))


def after_calls(
    state: WatchState,
    left: Money,
    thresholds: Collection[Threshold],
    next_look: NextLook,
    account: str,
    now: datetime,
) -> Judgement:
    """What the live balance calls for between looks: calls only ever take it further down."""
    here = reached(thresholds, left)
    if here is None or (state.said is not None and here.at >= state.said):
        return Judgement(state)
    alert = _crossed(left, here, thresholds, next_look, account, now)
    return Judgement(replace(state, said=here.at), (alert,))


def _still_unknown(state: WatchState, why: str, account: str, now: datetime, unknown_after: timedelta) -> Judgement:
    since = state.unknown_since or now
    state = replace(state, unknown_since=since)
    # An expired session was said at once, with its cure: one alert is enough.
    if now - since < unknown_after or state.told & {AlertKind.BALANCE_UNKNOWN, AlertKind.SESSION_EXPIRED}:
        return Judgement(state)
    alert = Alert(
        kind=AlertKind.BALANCE_UNKNOWN,
        health=Health.UNKNOWN,
        title=f"Balance unknown since {words.duration(now - since)}",
        body=why,
        facts=(("Last balance", words.money(state.last)), ("Account", account)),
        raised_at=now,
    )
    return Judgement(replace(state, told=state.told | {AlertKind.BALANCE_UNKNOWN}), (alert,))


def _crossing(
    state: WatchState, reading: Reading, left: Money, thresholds: Collection[Threshold]
) -> tuple[Decimal | None, Threshold | None]:
    """The lowest threshold spoken of from now on, and the one to speak of now, if any."""
    here = reached(thresholds, left)
    if here is not None and (state.said is None or here.at < state.said):
        return here.at, here
    if state.said is None or left.amount <= state.said:
        return state.said, None
    clear = left.amount >= max(state.said * MARGIN, state.said + Decimal("0.01"))
    # Where calls took the live balance to the threshold, a Console that bills later tells the old balance again.
    rose = state.last is None or left.amount > state.last.amount or _bought(state, reading)
    if (clear and rose) or _topped_up(state, reading, left):
        return (here.at if here else None), None
    return state.said, None


def _topped_up(state: WatchState, reading: Reading, left: Money) -> bool:
    if state.last is None or state.last.currency != left.currency or left.amount <= state.last.amount:
        return False
    return _bought(state, reading) or left.amount - state.last.amount >= LEAST_TOP_UP


def _bought(state: WatchState, reading: Reading) -> bool:
    return reading.last_purchase is not None and reading.last_purchase != state.last_purchase


def _crossed(
    left: Money,
    news: Threshold,
    thresholds: Collection[Threshold],
    next_look: NextLook,
    account: str,
    now: datetime,
) -> Alert:
    mark = Money(news.at, left.currency)
    return Alert(
        kind=AlertKind.THRESHOLD,
        health=assess(left, thresholds).health,
        title=f"{words.money(left)} of credit left",
        body=f"The balance is at or below {words.short_money(mark)}. Top up, or wrap up what is running.",
        facts=(
            ("Balance", words.money(left)),
            ("Threshold", words.money(mark)),
            ("Account", account),
            ("Next look", next_look.reason),
        ),
        raised_at=now,
    )


def _recovered(left: Money, state: WatchState, thresholds: Collection[Threshold], account: str, now: datetime) -> Alert:
    away = words.duration(now - state.unknown_since) if state.unknown_since else words.DASH
    return Alert(
        kind=AlertKind.RECOVERED,
        health=assess(left, thresholds).health,
        title="Balance known again",
        body=f"The balance is {words.money(left)}. It was unknown for {away}.",
        facts=(("Balance", words.money(left)), ("Account", account)),
        raised_at=now,
    )
