import pytest

from claudetray.core.channel import NATIVE, checked_name, secret_of
from claudetray.core.errors import SettingRefused


def test_a_name_is_trimmed_and_leads_to_a_secret_of_its_own() -> None:
    assert checked_name("  The team ") == "The team"
    assert secret_of("The team") == "channel.The team"


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a,b", "a\nb", NATIVE, "Slack"])
def test_what_may_not_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(SettingRefused):
        checked_name(name)
