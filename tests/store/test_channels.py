import asyncio

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import Rule
from claudetray.core.channel import ChannelForm, NamedChannel
from claudetray.store.alert_rules import AlertRulesKept
from claudetray.store.channels import ChannelsKept
from claudetray.store.database import Database
from claudetray.store.schema import ChannelRow

TEAM = NamedChannel(name="team", form=ChannelForm.NTFY)


def test_channels_come_back_by_name_and_may_be_switched_and_deleted(data: Database) -> None:
    kept = ChannelsKept(data)
    asyncio.run(kept.keep(TEAM))
    asyncio.run(kept.keep(NamedChannel(name="boss", form=ChannelForm.EMAIL, enabled=False)))
    off = NamedChannel(name="team", form=ChannelForm.NTFY, enabled=False)
    asyncio.run(kept.keep(off))
    assert asyncio.run(kept.all()) == (NamedChannel(name="boss", form=ChannelForm.EMAIL, enabled=False), off)
    assert asyncio.run(kept.delete("boss"))
    assert not asyncio.run(kept.delete("boss"))
    assert asyncio.run(kept.all()) == (off,)


def test_a_form_of_a_newer_claudetray_is_left_alone(data: Database) -> None:
    asyncio.run(data.run(lambda: ChannelRow.create(name="new", form="pigeon", enabled=True)))
    assert asyncio.run(ChannelsKept(data).all()) == ()


def test_rules_forget_a_channel_that_is_gone(data: Database) -> None:
    async def work() -> None:
        rules = AlertRulesKept(data)
        await rules.keep([Rule(kind=AlertKind.BUDGET, channels=("hook", "native"), marks=())])
        await rules.keep([Rule(kind=AlertKind.SPIKE, channels=("hook",), marks=())])
        await ChannelsKept(data).delete("hook")
        assert {rule.kind: rule.channels for rule in await rules.changed()} == {
            AlertKind.BUDGET: ("native",),
            AlertKind.SPIKE: None,  # not nowhere
        }

    asyncio.run(work())
