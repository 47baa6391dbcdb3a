from datetime import UTC, timedelta

import pytest

from claudetray.core.status import Status
from claudetray.ui import summary
from tests.builders import NOW, a_failure, a_status, thresholds


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (a_status("18.20", rows=thresholds("20=30", "5=10")), "$18.20 · warning"),
        (a_status(never=True), "Balance not known yet"),
        (a_status("60", stale=True), "$60.00 · healthy, stale"),
        (a_status("60", paused=True), "$60.00 · healthy, paused"),
        (a_status(None), "— · unknown"),
    ],
)
def test_the_balance_in_a_line(status: Status, line: str) -> None:
    assert summary.balance_line(status) == line


def test_last_and_next() -> None:
    later = NOW + timedelta(minutes=1)
    assert summary.last_line(a_status(), later) == "Last fetch 09:27 (4 min ago)"
    assert summary.last_line(a_status(failure=a_failure()), later) == "Session expired 09:27 (4 min ago)"
    assert summary.last_line(a_status(never=True), later) == "Never fetched"
    assert summary.next_line(a_status(), later) == "Next fetch in 29 min, at 10:00 (below $20: every 30 min)"
    assert summary.next_line(a_status(paused=True), later) == "Paused: no fetch is planned"


@pytest.mark.parametrize("failure", [None, a_failure()])
def test_a_tooltip_fits_what_windows_shows(failure: object) -> None:
    text = summary.tooltip(a_status("123456789.12", failure), demo=True, tz=UTC)  # type: ignore[arg-type]
    assert len(text.encode("utf-16-le")) // 2 <= 127
    assert text.startswith("claudetray demo: $123,456,789.12")
