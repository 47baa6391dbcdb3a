from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.errors import QueryRefused
from claudetray.services.balance_file import balances

TEN = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "time,balance\n2026-11-21T10:00:00Z,18.21\n",
        "2026-11-21T10:00:00Z,18.21",
        "\ufefftime,balance\r\n2026-11-21 11:00:00+01:00, $18.21 \r\n\r\n",
        "1795255200,18.21",
        "1795255200000,18.21",
        'time,balance\n2026-11-21T10:00:00,"18.21",and more\n',
    ],
)
def test_times_and_amounts_are_read_in_the_forms_that_files_have(text: str) -> None:
    assert balances(text) == [(TEN, Decimal("18.21"))]


def test_rows_come_oldest_first_and_one_without_a_balance_is_left_out() -> None:
    rows = ("time,balance", "2026-11-21T11:00:00Z,2", "2026-11-21T10:30:00Z,", '2026-11-21T10:00:00Z,"$1,003"')
    found = balances("\n".join(rows))
    assert found == [(TEN, Decimal(1003)), (TEN + timedelta(hours=1), Decimal(2))]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no balances"),
        ("time,balance\n", "no balances"),
        ("time,balance\n2026-11-21T10:00:00Z\n", "Row 2 is not"),
        ("time,balance\nyesterday,5\n", "Row 2 is not"),
        ("2026-11-21T10:00:00Z,much\n", "Row 1 has no balance"),
        ("2026-11-21T10:00:00Z,nan\n", "Row 1 has no balance"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(text: str, word: str) -> None:
    with pytest.raises(QueryRefused, match=word):
        balances(text)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(QueryRefused):
        assert balances(text)
