"""The checks that settings share; those of single settings stand in test_settings.py."""

from decimal import Decimal

import pytest

from claudetray.core.errors import SettingRefused
from claudetray.core.setting import number, time_of_day, web_address
from claudetray.core.settings import BUSY, Preferences


@pytest.mark.parametrize(("text", "kept"), [("22", "22:00"), (" 7:30 ", None), ("07:30", "07:30"), ("", "")])
def test_a_time_of_day_is_read_as_people_type_it(text: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(SettingRefused, match="time of day"):
            time_of_day(text)
    else:
        assert time_of_day(text) == kept


@pytest.mark.parametrize("text", ["25", "22:61", "late", "22:00+01:00:xx"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(SettingRefused, match="time of day"):
        time_of_day(text)


def test_numbers_have_bounds() -> None:
    assert number(10)(" $7.50 ") == Decimal("7.50")
    for wrong in ("-1", "10.01", "many", "1e1"):
        with pytest.raises(SettingRefused):
            number(10)(wrong)


def test_a_number_is_kept_as_text_and_a_spoiled_one_reads_as_the_default() -> None:
    assert BUSY.text(Decimal("2.50")) == "2.50"
    assert BUSY.read("2.50") == Decimal("2.50")
    assert BUSY.read("x") == Decimal(2)


def test_quiet_hours_hold_only_where_both_ends_are_told() -> None:
    assert Preferences.of({"alerts.quiet_from": "22:00"}).quiet is None
    quiet = Preferences.of({"alerts.quiet_from": "22:00", "alerts.quiet_to": "07:00"}).quiet
    assert quiet is not None
    assert (f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}") == ("22:00", "07:00")


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "ftp://example.org", "https://", "https://a b.org", "https://me@example.org/x"]
)
def test_an_address_is_https_or_on_this_machine(url: str) -> None:
    with pytest.raises(SettingRefused, match="The hook"):
        web_address(url, "The hook", "https://example.org")
    assert web_address("http://127.0.0.1:8080/x", "The hook", "").port == 8080
