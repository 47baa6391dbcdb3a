"""The monitor without a display: a line for each look, on standard output."""

from datetime import datetime

from claudetray.cli import context
from claudetray.core import words
from claudetray.services.refresher import Outcome


def say(outcome: Outcome, now: datetime) -> None:
    """One line: when, the balance or what went wrong, and when we look next."""
    context.say(line(outcome, now))


def line(outcome: Outcome, now: datetime) -> str:
    what = words.money(outcome.look.left)
    if outcome.error is not None:
        what = f"{outcome.error.title}: {outcome.error.message}"
    following = f"next {words.clock(now + outcome.next_look.delay, now)} ({outcome.next_look.reason})"
    return f"{words.moment(outcome.look.started_at)}  {what}  {following}"


def say_not_set_up() -> None:
    context.say(
        "Not set up yet: sign in with `claudetray login` where there is a display, or give a snippet with "
        "`claudetray snippet set -`; it is noticed within a minute."
    )
