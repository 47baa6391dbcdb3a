import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import Rule
from claudetray.core.channel import NATIVE, SLACK
from claudetray.core.errors import SettingRefused
from claudetray.services.parts import Parts
from tests.builders import an_alert
from tests.services.conftest import Clock, Opens, live

HOOK = "https://hooks.slack.com/services/T/B/PLANTED-abcd"


def test_settings_are_checked_kept_and_announced(opened: Opens) -> None:
    async def work() -> None:
        async with opened() as parts:
            heard: list[frozenset[str]] = []
            parts.preferences.changed.listen(heard.append)
            await parts.preferences.keep("console.interval_minutes", " 45 ")
            assert (await parts.preferences.now()).interval == timedelta(minutes=45)
            assert await parts.preferences.shown("console.interval_minutes") == "45"
            assert heard == [frozenset({"console.interval_minutes"})]

    asyncio.run(work())


def test_one_refusal_keeps_none_of_them(opened: Opens) -> None:
    async def work() -> None:
        async with opened() as parts:
            with pytest.raises(SettingRefused):
                await parts.preferences.keep_all({"native.enabled": "false", "console.interval_minutes": "0"})
            assert (await parts.preferences.now()).native

    asyncio.run(work())


def test_a_secret_setting_is_masked_and_emptied(opened: Opens) -> None:
    async def work(parts: Parts) -> None:
        await parts.preferences.keep("slack.webhook", HOOK)
        assert await parts.preferences.shown("slack.webhook") == "https://hooks.slack.com/•••"
        assert await parts.preferences.webhook() == HOOK
        assert await parts.preferences.channels() == (NATIVE, SLACK)
        await parts.preferences.keep("slack.webhook", "")
        assert await parts.preferences.shown("slack.webhook") == ""
        await parts.preferences.keep("native.enabled", "false")
        assert await parts.preferences.channels() == ()

    async def run() -> None:
        async with opened() as parts:
            await work(parts)

    asyncio.run(run())


def test_a_snooze_ends_by_itself(opened: Opens, clock: Clock) -> None:
    async def work() -> None:
        async with opened() as parts:
            end = clock.now + timedelta(hours=4)
            await parts.preferences.snooze(end)
            routes = await parts.preferences.routes()
            assert routes.of(an_alert(), None).due_at == end
            late = replace(an_alert(), raised_at=end + timedelta(1))
            assert routes.of(late, None).due_at == end + timedelta(1)

    asyncio.run(work())


def test_a_rule_goes_to_channels_that_are_there(opened: Opens) -> None:
    async def work(parts: Parts) -> None:
        with pytest.raises(SettingRefused, match="no channel of the name “nosuch”"):
            await parts.preferences.keep_rules([Rule(kind=AlertKind.BUDGET, channels=("native", "nosuch"))])
        assert all(rule.channels is None for rule in await parts.preferences.rules())

    live(opened, work)
