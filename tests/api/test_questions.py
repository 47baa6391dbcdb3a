from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.api import questions
from claudetray.api.shapes import AnalyticsFilters, UsageFilters
from claudetray.core.errors import NotFound
from claudetray.core.usage import Origin, UsageQuery
from tests.builders import NOW

times = st.none() | st.datetimes(timezones=st.just(UTC))


def test_what_is_left_out_is_not_asked_for() -> None:
    assert questions.usage(UsageFilters()) == UsageQuery()


def test_each_filter_is_passed_on() -> None:
    asked = UsageFilters(q="words", from_=NOW, to=NOW, model="m", origin=Origin.PROXY, status=200, unpriced="false")
    query = questions.usage(asked)
    assert (query.search, query.since, query.until, query.model) == ("words", NOW, NOW, "m")
    assert (query.origin, query.status, query.unpriced) == (Origin.PROXY, 200, False)


@pytest.mark.parametrize("search", ["", " ", "***", '""', "…", "\n"])
def test_a_search_without_a_word_narrows_nothing(search: str) -> None:
    assert not questions.narrows(UsageQuery(search=search))
    assert questions.narrows(UsageQuery(search=search, model="m"))
    assert questions.narrows(UsageQuery(search=f"{search} a"))


@given(times, times)
def test_a_range_is_whole_hours_in_order_and_ten_years_at_most(since: datetime | None, until: datetime | None) -> None:
    query = questions.analytics(AnalyticsFilters(from_=since, to=until), NOW)
    assert query.since <= query.until
    assert query.until - query.since <= questions.LONGEST
    for at in (query.since, query.until):
        assert (at.minute, at.second, at.microsecond) == (0, 0, 0)


def test_by_default_it_is_thirty_days_up_to_the_end_of_this_hour() -> None:
    query = questions.analytics(AnalyticsFilters(), NOW)
    assert query.until == NOW.replace(minute=0) + timedelta(hours=1)
    assert query.until - query.since == timedelta(days=30)


def test_zones() -> None:
    assert questions.zone("Europe/Berlin").key == "Europe/Berlin"
    assert questions.zone(None).key
    for name in ("Nowhere/Nothing", "../../etc/passwd", "Europe", "/etc/passwd", "a\0b"):
        with pytest.raises(NotFound, match="Europe/Berlin"):
            questions.zone(name)
