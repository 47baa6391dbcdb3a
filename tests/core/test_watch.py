from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core import watch
from claudetray.core.alert import Alert, AlertKind
from claudetray.core.cadence import NextLook
from claudetray.core.errors import SessionExpired, SourceError, UnexpectedAnswer, Unreachable
from claudetray.core.reading import Reading
from claudetray.core.thresholds import Threshold
from claudetray.core.watch import Judgement, WatchState
from tests.builders import NEXT, NOW, a_reading, dollars, thresholds

ROWS = thresholds("50=60", "20=30", "5=10")
UNKNOWN_AFTER = timedelta(hours=3)


def after_reading(
    state: WatchState, reading: Reading, rows: tuple[Threshold, ...], following: NextLook, account: str, now: datetime
) -> Judgement:
    return watch.after_reading(state, reading, rows, following, account, now, UNKNOWN_AFTER)


def after_failure(state: WatchState, error: SourceError, account: str, now: datetime) -> Judgement:
    return watch.after_failure(state, error, account, now, UNKNOWN_AFTER)


def said(*balances: str, rows: tuple[Threshold, ...] = ROWS, state: WatchState | None = None) -> list[str]:
    """The balances at which a threshold spoke, with the threshold."""
    state, found = state or WatchState(), []
    for left in balances:
        judgement = after_reading(state, a_reading(left), rows, NEXT, "Example", NOW)
        state = judgement.state
        found += [f"{left}<={dict(alert.facts)['Threshold']}" for alert in judgement.alerts]
    return found


def test_a_threshold_crossed_downward_speaks_once() -> None:
    assert said("60", "49", "48", "47", "46") == ["49<=$50.00"]


def test_first_sight_below_a_threshold_speaks() -> None:
    assert said("18") == ["18<=$20.00"]


def test_at_the_threshold_counts() -> None:
    assert said("50.01", "50") == ["50<=$50.00"]


def test_several_crossed_at_once_speak_as_one_the_lowest() -> None:
    assert said("60", "4") == ["4<=$5.00"]


def test_each_lower_threshold_speaks() -> None:
    assert said("60", "45", "19", "18", "4.99", "4") == ["45<=$50.00", "19<=$20.00", "4.99<=$5.00"]


def test_wavering_around_a_threshold_speaks_once() -> None:
    assert said("51", *["49.99", "50.01"] * 50) == ["49.99<=$50.00"]


def test_five_percent_above_arms_it_again() -> None:
    assert said("49", "52.49", "49") == ["49<=$50.00"]
    assert said("49", "51", "52", "52.50", "49") == ["49<=$50.00", "49<=$50.00"]


def test_a_top_up_arms_it_again_even_within_the_margin() -> None:
    rows = thresholds("100=60")
    assert said("97", "102", "99", rows=rows) == ["97<=$100.00", "99<=$100.00"]


def test_a_purchase_that_the_console_names_counts_as_a_top_up() -> None:
    rows, state = thresholds("100=60"), WatchState()
    for left, bought in (("99", "5"), ("101", "6")):
        state = after_reading(state, a_reading(left, bought=bought), rows, NEXT, "Example", NOW).state
    assert state.said is None


def test_a_rise_to_a_higher_threshold_does_not_speak_but_a_fall_does() -> None:
    assert said("4", "30", "18", "4") == ["4<=$5.00", "18<=$20.00", "4<=$5.00"]


def test_zero_speaks_at_a_threshold_of_zero_once() -> None:
    assert said("1", "0", "0", "0", rows=thresholds("0=5")) == ["0<=$0.00"]


balances = st.lists(st.decimals("0", "120", places=2), min_size=1, max_size=100)


@given(balances)
def test_between_two_alerts_of_a_threshold_the_balance_was_clear_of_it(course: list[Decimal]) -> None:
    state, last = WatchState(), {}
    for step, left in enumerate(course):
        judgement = after_reading(state, a_reading(str(left)), ROWS, NEXT, "Example", NOW)
        state = judgement.state
        assert len(judgement.alerts) <= 1
        for alert in judgement.alerts:
            at = Decimal(dict(alert.facts)["Threshold"].lstrip("$"))
            assert left <= at
            if at in last:
                between = course[last[at] + 1 : step]
                rises = zip(course[last[at] : step], between, strict=False)
                assert any(b >= at * Decimal("1.05") for b in between) or any(b > at and b - a >= 5 for a, b in rises)
            last[at] = step


@given(balances)
def test_whoever_is_below_a_threshold_was_told(course: list[Decimal]) -> None:
    state = WatchState()
    for left in course:
        state = after_reading(state, a_reading(str(left)), ROWS, NEXT, "Example", NOW).state
        below = [row.at for row in ROWS if left <= row.at]
        assert not below or (state.said is not None and state.said <= min(below))


def failures(*errors: SourceError, minutes: int = 30) -> tuple[WatchState, list[Alert]]:
    state, alerts = WatchState(), []
    for step, error in enumerate(errors):
        judgement = after_failure(state, error, "Example", NOW + step * timedelta(minutes=minutes))
        state = judgement.state
        alerts += judgement.alerts
    return state, alerts


def kinds(alerts: list[Alert]) -> list[AlertKind]:
    return [alert.kind for alert in alerts]


@pytest.mark.parametrize(
    ("error", "kind"),
    [(SessionExpired("x"), AlertKind.SESSION_EXPIRED), (UnexpectedAnswer("x"), AlertKind.ANSWER_CHANGED)],
)
def test_what_needs_a_person_is_said_at_once_and_once(error: SourceError, kind: AlertKind) -> None:
    _, alerts = failures(*[error] * 6)
    assert kinds(alerts) == [kind]


def test_what_may_pass_is_said_after_three_hours_once() -> None:
    _, alerts = failures(*[Unreachable("offline")] * 20)
    assert kinds(alerts) == [AlertKind.BALANCE_UNKNOWN]
    assert alerts[0].title == "Balance unknown since 3 h"
    assert "offline" in alerts[0].body


def test_an_expired_session_is_said_once_and_not_again_after_three_hours() -> None:
    _, alerts = failures(*[SessionExpired("x")] * 20)
    assert kinds(alerts) == [AlertKind.SESSION_EXPIRED]


def test_recovery_is_said_once_and_only_after_a_failure_was() -> None:
    state, _ = failures(SessionExpired("x"))
    judgement = after_reading(state, a_reading("60"), ROWS, NEXT, "Example", NOW)
    assert kinds(list(judgement.alerts)) == [AlertKind.RECOVERED]
    assert after_reading(judgement.state, a_reading("60"), ROWS, NEXT, "Example", NOW).alerts == ()
    quiet, _ = failures(Unreachable("x"))
    assert after_reading(quiet, a_reading("60"), ROWS, NEXT, "Example", NOW).alerts == ()


def test_a_failure_does_not_make_a_threshold_speak_again() -> None:
    state = after_reading(WatchState(), a_reading("18"), ROWS, NEXT, "Example", NOW).state
    state = after_failure(state, SessionExpired("x"), "Example", NOW).state
    judgement = after_reading(state, a_reading("17.5"), ROWS, NEXT, "Example", NOW)
    assert kinds(list(judgement.alerts)) == [AlertKind.RECOVERED]


def test_an_answer_without_a_balance_is_unknown_and_in_time_an_alert() -> None:
    state, found = WatchState(), []
    for step in range(5):
        judgement = after_reading(state, a_reading(None), ROWS, NEXT, "Example", NOW + step * timedelta(hours=1))
        state = judgement.state
        found += judgement.alerts
    assert kinds(found) == [AlertKind.BALANCE_UNKNOWN]


def test_calls_between_looks_take_the_balance_to_a_threshold_once() -> None:
    state = after_reading(WatchState(), a_reading("21"), ROWS, NEXT, "Example", NOW).state
    judgement = watch.after_calls(state, dollars("19.99"), ROWS, NEXT, "Example", NOW)
    assert [alert.title for alert in judgement.alerts] == ["$19.99 of credit left"]
    assert watch.after_calls(judgement.state, dollars("19.50"), ROWS, NEXT, "Example", NOW) == Judgement(
        judgement.state
    )
    assert after_reading(judgement.state, a_reading("19.40"), ROWS, NEXT, "Example", NOW).alerts == ()


def test_a_live_balance_above_what_was_spoken_of_says_nothing() -> None:
    state = after_reading(WatchState(), a_reading("19"), ROWS, NEXT, "Example", NOW).state
    assert watch.after_calls(state, dollars("49"), ROWS, NEXT, "Example", NOW) == Judgement(state)


def test_how_long_a_balance_may_be_unknown_is_the_rules_business() -> None:
    state = WatchState(unknown_since=NOW)
    later = NOW + timedelta(minutes=31)
    error = Unreachable("x")
    assert watch.after_failure(state, error, "Example", later, timedelta(hours=1)).alerts == ()
    assert len(watch.after_failure(state, error, "Example", later, timedelta(minutes=30)).alerts) == 1
