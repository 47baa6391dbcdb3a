import logging

import pytest

from claudetray.core.announcement import Announcement


def test_everybody_hears_it_even_after_one_who_could_not(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []
    announcement: Announcement[str] = Announcement()

    def broken(news: str) -> None:
        raise BrokenPipeError

    for listener in (heard.append, broken, heard.append):
        announcement.listen(listener)
    announcement("news")
    assert heard == ["news", "news"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
