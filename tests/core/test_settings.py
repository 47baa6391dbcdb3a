from datetime import timedelta

import pytest

from claudetray.core.errors import SettingRefused
from claudetray.core.setting import loopback
from claudetray.core.settings import DECLARED, INTERVAL, NATIVE, TRAY_SHOWS, WEBHOOK, Preferences, declared


@pytest.mark.parametrize("setting", DECLARED, ids=lambda s: s.key)
def test_the_default_is_valid_and_survives_as_text(setting: object) -> None:
    assert setting.parse(setting.text(setting.default)) == setting.default  # type: ignore[attr-defined]


def test_a_spoiled_value_on_disk_reads_as_the_default() -> None:
    assert INTERVAL.read("rubbish") == 120
    assert NATIVE.read("maybe") is True
    assert TRAY_SHOWS.read("everything") == "balance"
    assert Preferences.of({"console.interval_minutes": "-3"}).interval == timedelta(minutes=120)


@pytest.mark.parametrize(
    "url",
    ["http://hooks.slack.com/services/a", "ftp://x/y", "hooks.slack.com/services/a", "https://", "https://hooks.slack.com",
     "https://user@hooks.slack.com/x", "https://a b/c", "https://x:99999/y", "javascript:alert(1)", "https://[::1/x"],
)  # fmt: skip
def test_a_webhook_that_is_no_https_address_is_refused(url: str) -> None:
    with pytest.raises(SettingRefused):
        WEBHOOK.parse(url)


@pytest.mark.parametrize(
    "url", ["https://hooks.slack.com/services/T/B/x", "http://127.0.0.1:9/x", "http://localhost/x", ""]
)
def test_a_webhook_is_https_or_on_this_machine_or_none(url: str) -> None:
    assert WEBHOOK.parse(f" {url} ") == url


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("OFF", False), ("1", True), ("false", False)])
def test_yes_and_no(text: str, value: bool) -> None:
    assert NATIVE.parse(text) is value


def test_a_key_that_is_not_declared_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingRefused, match=r"tray\.shows"):
        declared("nonsense")


def test_this_machine() -> None:
    assert [loopback(h) for h in ("127.0.0.1", "::1", "localhost", "127.9.9.9", "10.0.0.1", "localhost.evil.com")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip
