from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.release import ReleaseNews, newer
from tests.builders import NOW


@pytest.mark.parametrize(
    ("found", "than", "expected"),
    [
        ("0.2.0", "0.1.0", True),
        ("v0.10.0", "0.9.9", True),
        ("0.1.0", "0.1.0", False),
        ("0.0.9", "0.1.0", False),
        ("0.2.0rc1", "0.1.0", False),  # nobody is talked into a candidate
        ("nightly", "0.1.0", False),
        ("", "0.1.0", False),
        ("0.2.0", "0.1.0+local", False),
    ],
)
def test_only_a_plain_higher_version_is_newer(found: str, than: str, expected: bool) -> None:
    assert newer(found, than) is expected


def test_it_is_time_again_after_a_day_or_when_the_clock_was_set_back() -> None:
    assert ReleaseNews().due(NOW)
    news = ReleaseNews(checked_at=NOW)
    assert not news.due(NOW + timedelta(hours=23))
    assert news.due(NOW + timedelta(hours=24))
    assert news.due(NOW - timedelta(minutes=1))


def test_what_is_kept_comes_back() -> None:
    news = ReleaseNews(checked_at=NOW, etag='W/"abc"', version="1.2.3", said="1.2.2")
    assert ReleaseNews.from_text(news.to_text()) == news
    assert ReleaseNews.from_text(ReleaseNews().to_text()) == ReleaseNews()


@given(st.text() | st.sampled_from(['{"at": "x"}', "[]", "null", '{"at": 1e99, "etag": 1, "version": 2, "said": 3}']))
def test_rubbish_means_that_nothing_is_known(text: str) -> None:
    assert ReleaseNews.from_text(text) == ReleaseNews()
