import asyncio

from claudetray.core.channel import ChannelForm, NamedChannel
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
