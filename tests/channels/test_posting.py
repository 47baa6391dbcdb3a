from datetime import timedelta

import pytest

from claudetray.channels.posting import told_to_wait


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7), ("999999", 86_400), ("", None), (None, None), ("soon", None), ("-3", None), ("٣", None)],
)
def test_a_wait_is_seconds_and_a_day_at_most(header: str | None, wait: int | None) -> None:
    assert told_to_wait(header) == (None if wait is None else timedelta(seconds=wait))
