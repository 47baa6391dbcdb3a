import pytest

from claudetray.core.channel import ChannelForm, NamedChannel, secret_of
from claudetray.core.errors import ChannelError, NotFound, SettingRefused
from claudetray.demo.world import World
from claudetray.services.parts import Parts
from claudetray.store import alerts
from tests.builders import an_alert, routes
from tests.services.conftest import Opens, live


def test_a_channel_is_kept_with_its_address_in_the_vault(opened: Opens, stand_ins: World) -> None:
    async def work(parts: Parts) -> None:
        heard: list[str] = []
        parts.channels.changed.listen(heard.append)
        made = await parts.channels.keep(" team ", ChannelForm.SLACK, {"url": stand_ins.webhook})
        assert made == NamedChannel(name="team", form=ChannelForm.SLACK)
        assert await parts.vault.secret(secret_of("team")) == stand_ins.webhook
        assert await parts.preferences.channels() == ("native", "team")
        await parts.outbox.test("team")
        assert len(stand_ins.slack.messages) == 1
        await parts.channels.switch("team", False)
        assert await parts.preferences.channels() == ("native",)
        await parts.channels.remove("team")
        assert await parts.channels.all() == ()
        assert await parts.vault.secret(secret_of("team")) is None
        assert heard == ["team"] * 3

    live(opened, work)


def test_what_is_no_channel_is_refused_and_keeps_nothing(opened: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(parts: Parts) -> None:
        with pytest.raises(SettingRefused, match="is needed"):
            await parts.channels.keep("team", ChannelForm.NTFY, {})
        with pytest.raises(SettingRefused, match="always there"):
            await parts.channels.keep("slack", ChannelForm.WEBHOOK, {"url": "https://example.org"})
        for call in (parts.channels.switch("team", True), parts.channels.remove("team")):
            with pytest.raises(NotFound):
                await call
        with pytest.raises(SettingRefused, match="no channel of the name"):
            await parts.outbox.test("team")
        monkeypatch.setattr("claudetray.services.channels.MOST_CHANNELS", 1)
        await parts.channels.keep("one", ChannelForm.WEBHOOK, {"url": "https://example.org"})
        with pytest.raises(SettingRefused, match="There may be 1"):
            await parts.channels.keep("two", ChannelForm.WEBHOOK, {"url": "https://example.org"})
        assert len(await parts.channels.all()) == 1

    live(opened, work)


def test_a_channel_whose_address_is_lost_says_so_and_its_alerts_wait(opened: Opens) -> None:
    async def work(parts: Parts) -> None:
        await parts.channels.keep("team", ChannelForm.WEBHOOK, {"url": "https://example.org"})
        await parts.vault.forget(secret_of("team"))
        with pytest.raises(ChannelError, match="not kept any more"):
            await parts.channels.channel("team")
        await parts.kept.database.run(lambda: alerts.add(None, [an_alert()], routes("team", "native")))
        await parts.outbox.deliver_due()
        ((_, deliveries),) = await parts.alerts.latest()
        assert [(one.channel, one.state, one.tries) for one in deliveries] == [
            ("native", "done", 0),
            ("team", "pending", 1),
        ]

    live(opened, work)


def test_a_channel_that_was_removed_gives_its_alerts_up(opened: Opens) -> None:
    async def work(parts: Parts) -> None:
        await parts.kept.database.run(lambda: alerts.add(None, [an_alert()], routes("gone")))
        await parts.outbox.deliver_due()
        ((_, (delivery,)),) = await parts.alerts.latest()
        assert (delivery.state, delivery.trouble) == ("given_up", "no such channel")

    live(opened, work)
