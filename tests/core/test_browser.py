import pytest

from claudetray.core.browser import LIMITS, Mode, Opening
from tests.builders import cookies


def test_an_opening_survives_the_line() -> None:
    opening = Opening(
        mode=Mode.LOOK,
        origin="https://platform.claude.com",
        address="https://platform.claude.com/settings/billing",
        cookies=cookies(sessionKey="PLANTED"),
        introduce=True,
    )
    assert Opening.from_json(opening.to_json()) == opening
    assert "PLANTED" not in repr(opening)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"mode": "rule the world"}'])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Opening.from_json(text)


def test_each_mode_has_its_limits() -> None:
    assert set(LIMITS) == set(Mode)
