from datetime import timedelta

from claudetray.cli.headless import line
from claudetray.core.errors import SessionExpired
from claudetray.services.refresher import Outcome
from tests.builders import NEXT, NOW, a_failure, a_look, a_reading


def test_a_line_tells_the_balance_and_the_next_look() -> None:
    outcome = Outcome(look=a_look("18.20"), reading=a_reading("18.20"), error=None, next_look=NEXT)
    assert line(outcome, NOW) == "2026-11-21 09:30:00 UTC  $18.20  next 10:00 (below $20: every 30 min)"


def test_a_line_tells_what_went_wrong() -> None:
    error = SessionExpired("It is over.")
    outcome = Outcome(look=a_look(failure=a_failure()), reading=None, error=error, next_look=NEXT)
    assert "Session expired: It is over. Sign in" in line(outcome, NOW + timedelta(seconds=1))
