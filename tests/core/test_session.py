from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core import session as rules
from claudetray.core.session import SIGNED_OUT, Session, SessionState, Way, described
from tests.builders import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FRESH = rules.begun(Way.SIGN_IN, NOW, NOW + 28 * DAY)


def test_a_challenge_leads_through_the_page_for_a_while_and_then_tries_again() -> None:
    stopped = rules.challenged(FRESH, NOW)
    assert stopped.state is SessionState.CHALLENGED
    assert stopped.through_page(NOW)
    assert stopped.through_page(NOW + rules.PAGE_FOR - timedelta(seconds=1))
    assert not stopped.through_page(NOW + rules.PAGE_FOR)
    assert stopped.through_page(NOW - timedelta(seconds=1))  # the look had begun a moment before it was stopped
    assert not stopped.through_page(NOW - 3 * DAY)  # the clock was set back
    assert rules.answered(stopped) == FRESH


def test_expired_is_renewed_once_and_again_only_after_it_worked() -> None:
    assert rules.may_renew(FRESH)
    over = rules.expired(rules.renewal_tried(FRESH, NOW), NOW)
    assert not rules.may_renew(over)
    assert not rules.may_renew(rules.renewed(over, NOW, None))  # a new cookie that is refused as well is no reason
    assert rules.may_renew(rules.answered(over))


def test_a_renewal_in_time_is_followed_by_the_next_one_however_short_a_life_is() -> None:
    session, life = rules.begun(Way.SIGN_IN, NOW, NOW + HOUR), HOUR
    for _ in range(5):
        at = rules.renew_at(session)
        assert at is not None
        session = rules.renewed(rules.renewal_tried(session, at), at, at + life)


def test_one_that_is_over_stays_so_behind_a_challenge() -> None:
    over = rules.expired(FRESH, NOW)
    assert rules.challenged(over, NOW) == over


def test_a_renewal_that_was_not_allowed_was_not_tried() -> None:
    over = rules.expired(rules.renewal_tried(FRESH, NOW), None)
    assert rules.may_renew(over)


@pytest.mark.parametrize(
    ("life", "before"),
    [(28 * DAY, DAY), (4 * DAY, DAY), (4 * HOUR, HOUR), (timedelta(seconds=60), timedelta(seconds=15))],
)
def test_it_is_renewed_a_day_or_a_quarter_of_its_life_before_its_end(life: timedelta, before: timedelta) -> None:
    assert rules.renew_at(rules.begun(Way.SIGN_IN, NOW, NOW + life)) == NOW + life - before


def test_nothing_is_renewed_where_no_end_is_known_or_nobody_is_signed_in() -> None:
    assert rules.renew_at(rules.begun(Way.SNIPPET, NOW, None)) is None
    assert rules.renew_at(SIGNED_OUT) is None
    assert rules.renew_at(rules.expired(FRESH, None)) is None


@given(st.integers(60, 10**7), st.lists(st.integers(0, 10**6), max_size=30))
def test_tries_to_renew_grow_rare_and_end_with_the_session(life_s: int, waits: list[int]) -> None:
    """Whatever becomes of them, there are never many, and never two within the hour."""
    session, now = rules.begun(Way.SIGN_IN, NOW, NOW + timedelta(seconds=life_s)), NOW
    tries = []
    for wait in (0, *waits):
        at = rules.renew_at(session)
        if at is None:
            break
        assert at < NOW + timedelta(seconds=life_s)
        now = max(at, now + timedelta(seconds=wait))
        tries.append(now)
        session = rules.renewal_tried(session, now)
    assert all(later - earlier >= HOUR for earlier, later in pairwise(tries))


@pytest.mark.parametrize("rule", [rules.answered, lambda s: rules.renewed(s, NOW, None)])
def test_whoever_is_signed_out_stays_so(rule: object) -> None:
    assert rule(SIGNED_OUT).state is SessionState.SIGNED_OUT  # type: ignore[operator]


def test_looks_through_the_page_are_spread_over_the_day() -> None:
    stopped = rules.challenged(FRESH, NOW)
    assert rules.page_spacing(stopped, 24, NOW) == HOUR
    assert rules.page_spacing(stopped, 0, NOW) == timedelta(0)
    assert rules.page_spacing(FRESH, 24, NOW) == timedelta(0)


@pytest.mark.parametrize(
    ("session", "text"),
    [
        (SIGNED_OUT, "signed out"),
        (FRESH, "signed in 2 h ago, until 19 Dec 2026"),
        (rules.begun(Way.SNIPPET, NOW, None), "snippet pasted 2 h ago"),
        (Session(state=SessionState.SIGNED_IN, way=Way.SNIPPET), "snippet pasted"),
        (rules.renewed(FRESH, NOW + HOUR, None), "signed in 2 h ago, renewed 60 min ago"),
        (rules.expired(FRESH, None), "expired: sign in again"),
        (
            rules.challenged(rules.begun(Way.SIGN_IN, NOW, None), NOW),
            "signed in 2 h ago, stopped by Cloudflare, looking through the web page until 15:30",
        ),
    ],
)
def test_each_state_has_its_words(session: Session, text: str) -> None:
    assert described(session, NOW + 2 * HOUR) == text.replace("60 min", "1 h")
