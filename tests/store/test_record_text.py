import json
from dataclasses import MISSING, fields
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.usage import CallError, CallState, Origin, Tokens, UsageRecord
from claudetray.store import record_text
from tests.builders import NOW

TEXT = st.text(st.characters(), max_size=20)  # half characters too
SOME = st.none() | TEXT
COUNT = st.none() | st.integers(0, 2**70)
SPAN = st.none() | st.timedeltas(timedelta(0), timedelta(days=400))
RECORDS = st.builds(
    UsageRecord,
    key=TEXT,
    origin=st.sampled_from(Origin),
    state=st.sampled_from(CallState),
    started_at=st.datetimes(
        NOW.replace(year=1970, tzinfo=None), NOW.replace(year=2100, tzinfo=None), timezones=st.just(UTC)
    ),
    id=COUNT,
    duration=SPAN,
    first_token_after=SPAN,
    method=TEXT,
    path=TEXT,
    status=COUNT,
    streaming=st.booleans(),
    model=SOME,
    requested_model=SOME,
    tokens=st.builds(Tokens, input=COUNT, output=COUNT, cache_read=COUNT, cache_write_5m=COUNT, cache_write_1h=COUNT),
    usage=SOME,
    cost_pico=COUNT,
    estimated=st.booleans(),
    flags=st.lists(TEXT).map(tuple),
    stop_reason=SOME,
    request_id=SOME,
    message_id=SOME,
    client=SOME,
    key_fingerprint=SOME,
    session=SOME,
    project=SOME,
    tools=st.lists(TEXT).map(tuple),
    headers=st.dictionaries(TEXT, TEXT),
    tags=st.lists(TEXT).map(tuple),
    ruled=st.lists(TEXT).map(tuple),
    error=st.none() | st.builds(CallError, kind=TEXT, message=TEXT),
    prices=TEXT,
)


@given(RECORDS)
def test_any_record_comes_back_as_it_was(record: UsageRecord) -> None:
    again = record_text.record(json.loads(json.dumps(record_text.plain(record))))
    assert again == record
    assert again.ruled == record.ruled  # no part of what makes two records equal


def test_what_is_not_said_is_not_written() -> None:
    bare = UsageRecord(key="a", origin=Origin.PROXY, state=CallState.COMPLETE, started_at=NOW)
    assert set(record_text.plain(bare)) == {field.name for field in fields(UsageRecord) if field.default is MISSING} - {
        "headers"
    }


@pytest.mark.parametrize(
    "values", [{}, {"key": "a"}, {"key": "a", "origin": "?", "state": "complete", "started_at": 1}]
)
def test_what_is_no_record_is_refused(values: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        record_text.record(values)
