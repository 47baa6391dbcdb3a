"""The channels that the person added, by name. Their addresses are secrets, and the vault's."""

from claudetray.core.channel import ChannelForm, NamedChannel
from claudetray.store import alert_rules
from claudetray.store.database import Database
from claudetray.store.schema import ChannelRow


class ChannelsKept:
    """Names, forms, and whether they are switched on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[NamedChannel, ...]:
        """By name."""
        return await self._database.read(
            lambda: tuple(
                NamedChannel(name=row.name, form=ChannelForm(row.form), enabled=row.enabled)
                for row in ChannelRow.select().where(ChannelRow.form.in_(list(ChannelForm))).order_by(ChannelRow.name)
            )
        )

    async def keep(self, channel: NamedChannel) -> None:
        await self._database.run(
            lambda: ChannelRow.replace(name=channel.name, form=channel.form, enabled=channel.enabled).execute()
        )

    async def delete(self, name: str) -> bool:
        """Was it there? Rules that went to it alone go to all channels from then on."""

        def work() -> bool:
            alert_rules.forget_channel(name)
            return bool(ChannelRow.delete().where(ChannelRow.name == name).execute())

        return await self._database.run(work)
