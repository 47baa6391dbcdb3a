"""The channels that the person added: kept by name, their addresses in the vault."""

from collections.abc import Callable, Mapping

from claudetray.core.alert import Channel
from claudetray.core.announcement import Announcement
from claudetray.core.channel import MOST_CHANNELS, ChannelForm, NamedChannel, checked_name, secret_of
from claudetray.core.channel_forms import address
from claudetray.core.errors import ChannelError, NotFound, SettingRefused
from claudetray.core.vault import Vault
from claudetray.store.channels import ChannelsKept

Made = Callable[[str, ChannelForm, str], Channel]  # name, form, address


class ChannelDesk:
    """Adds, changes and removes channels. Events: `changed`, with the name, after one was."""

    def __init__(self, kept: ChannelsKept, vault: Vault, made: Made) -> None:
        self._kept, self._vault, self._made = kept, vault, made
        self.changed: Announcement[str] = Announcement()

    async def all(self) -> tuple[NamedChannel, ...]:
        """By name."""
        return await self._kept.all()

    async def keep(self, name: str, form: ChannelForm, values: Mapping[str, str]) -> NamedChannel:
        """Keep a channel, in place of one of the same name. Raises: SettingRefused, VaultError, StoreError."""
        channel = NamedChannel(name=checked_name(name), form=form)
        made = address(form, values)
        others = [other.name for other in await self._kept.all() if other.name != channel.name]
        if len(others) >= MOST_CHANNELS:
            raise SettingRefused(f"There may be {MOST_CHANNELS} channels.")
        await self._vault.keep(secret_of(channel.name), made)
        await self._kept.keep(channel)
        self.changed(channel.name)
        return channel

    async def switch(self, name: str, enabled: bool) -> NamedChannel:
        """Raises: NotFound."""
        channel = await self._named(name)
        switched = NamedChannel(name=channel.name, form=channel.form, enabled=enabled)
        await self._kept.keep(switched)
        self.changed(name)
        return switched

    async def remove(self, name: str) -> None:
        """With its address. Raises: NotFound."""
        await self._named(name)
        await self._vault.forget(secret_of(name))
        await self._kept.delete(name)
        self.changed(name)

    def tried(self, name: str, form: ChannelForm, values: Mapping[str, str]) -> Channel:
        """A channel that is not kept, to send a test by. Raises: SettingRefused."""
        return self._made(name or form, form, address(form, values))

    async def channel(self, name: str, even_off: bool = False) -> Channel | None:
        """The channel to send by; None where there is none of that name that is switched on, or `even_off`.

        Raises: VaultError, ChannelError.
        """
        channel = next((one for one in await self._kept.all() if one.name == name), None)
        if channel is None or not (channel.enabled or even_off):
            return None
        kept = await self._vault.secret(secret_of(name))
        if not kept:
            raise ChannelError(f"The address of {name} is not kept any more.", "Enter it again in Settings.")
        return self._made(name, channel.form, kept)

    async def _named(self, name: str) -> NamedChannel:
        for channel in await self._kept.all():
            if channel.name == name:
                return channel
        raise NotFound(f"There is no channel of the name “{name}”.")
