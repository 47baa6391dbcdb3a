from datetime import timedelta

import pytest

from claudetray.core.analytics import NO_SUMS, Sums
from claudetray.core.serving import ProxyState, ProxyStatus, Serving
from claudetray.core.usage import CallError, CallState, Origin, Tokens, UsageRecord
from claudetray.ui import calls_summary
from tests.builders import NOW, a_record

SERVING = Serving(url="http://127.0.0.1:8377", pid=1)


@pytest.mark.parametrize(
    ("sums", "text"),
    [
        (NO_SUMS, "No calls today"),
        (Sums(calls=1, cost_pico=12_300_000_000), "1 call today · $0.0123"),
        (Sums(calls=1200, cost_pico=420_000_000_000, unpriced=3), "1,200 calls today · $0.42 and 3 unpriced"),
        (Sums(calls=2, unpriced=2), "2 calls today · unpriced"),
    ],
)
def test_today(sums: Sums, text: str) -> None:
    assert calls_summary.today_line(sums) == text


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (a_record(), "Last call: claude-opus-5 · 1,234 in / 340 out · $0.0123 · 2 min ago"),
        (a_record(None, None, tokens=Tokens()), "Last call: — · — in / — out · unpriced · 2 min ago"),
        (
            a_record(state=CallState.FAILED, error=CallError(kind="overloaded_error", message="Overloaded")),
            "Last call: claude-opus-5 · 1,234 in / 340 out · $0.0123 · failed (overloaded_error) · 2 min ago",
        ),
        (
            a_record(tokens=Tokens(input=4, output=340, cache_read=1000), estimated=True),
            "Last call: claude-opus-5 · 1,004 in / 340 out · ≈ $0.0123 · 2 min ago",
        ),
    ],
)
def test_the_last_call(record: UsageRecord, text: str) -> None:
    assert calls_summary.last_line(record, NOW + timedelta(minutes=2)) == text


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (ProxyStatus(state=ProxyState.OFF), "The proxy is off."),
        (ProxyStatus(state=ProxyState.STARTING), "The proxy is starting…"),
        (ProxyStatus(state=ProxyState.RUNNING, serving=SERVING), "The proxy runs at http://127.0.0.1:8377."),
        (
            ProxyStatus(state=ProxyState.WAITING, trouble="Port 8377 is taken.", again_at=NOW + timedelta(seconds=8)),
            "The proxy is down: Port 8377 is taken. It is tried again within a minute.",
        ),
    ],
)
def test_what_the_proxy_is_doing(status: ProxyStatus, text: str) -> None:
    assert calls_summary.state_line(status) == text


def test_trouble_is_short_in_a_menu() -> None:
    status = ProxyStatus(state=ProxyState.WAITING, trouble="Port 8377 is taken. " * 20)
    assert len(calls_summary.trouble_line(status)) <= calls_summary.MOST_TROUBLE


def test_a_call_says_where_it_came_from_and_its_exact_numbers() -> None:
    assert calls_summary.state(a_record(origin=Origin.SIMULATED)) == "complete, simulated"
    details = calls_summary.details(a_record(cost="0.00000123", tokens=Tokens(input=1, cache_read=2)))
    assert "Cost $0.00000123" in details
    assert "Output —" in details
