"""Settings and thresholds: read, checked and kept; secret ones go to the vault."""

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo

from claudetray.core import settings
from claudetray.core.alert_rules import Routes, Rule, rules
from claudetray.core.alert_rules import checked as checked_rule
from claudetray.core.announcement import Announcement
from claudetray.core.channel import NATIVE, SLACK
from claudetray.core.errors import SettingRefused, VaultError
from claudetray.core.redaction import masked
from claudetray.core.release import ReleaseNews
from claudetray.core.settings import Preferences, declared
from claudetray.core.thresholds import Threshold, table
from claudetray.core.times import from_millis, to_millis
from claudetray.core.vault import Vault
from claudetray.store.alert_rules import AlertRulesKept
from claudetray.store.channels import ChannelsKept
from claudetray.store.preferences import SettingsKept, ThresholdsKept

_SNOOZED = "alerts.snoozed_until"  # no setting of the person's: a state that *Snooze* leaves behind
_AGREED = "sign_in.agreed"
_RELEASE = "updates.news"
_WELCOMED = "welcome.shown"
RULES = "rules"  # among what `changed` tells


class PreferencesService:
    """Every declared setting, and the thresholds. Events: `changed` after anything was kept."""

    def __init__(
        self,
        kept: SettingsKept,
        thresholds: ThresholdsKept,
        alert_rules: AlertRulesKept,
        added: ChannelsKept,
        vault: Vault,
        zone: Callable[[], tzinfo],
    ) -> None:
        self._kept, self._thresholds, self._vault = kept, thresholds, vault
        self._alert_rules, self._added, self._zone = alert_rules, added, zone
        self.changed: Announcement[frozenset[str]] = Announcement()

    async def now(self) -> Preferences:
        return Preferences.of(await self._kept.all())

    async def thresholds(self) -> tuple[Threshold, ...]:
        """Lowest first."""
        return await self._thresholds.all()

    async def keep_thresholds(self, rows: Iterable[Threshold]) -> tuple[Threshold, ...]:
        """Raises: SettingRefused when two stand at the same balance."""
        kept = table(rows)
        await self._thresholds.keep(kept)
        self.changed(frozenset({"thresholds"}))
        return kept

    async def shown(self, key: str) -> str:
        """A setting as text; a secret one masked. Raises: SettingRefused when there is none of that key."""
        setting = declared(key)
        if not setting.secret:
            return setting.text(setting.read((await self._kept.all()).get(key)))  # type: ignore[arg-type]
        if not await self._vault.kept(key):
            return ""
        try:
            return masked(await self._vault.secret(key) or "")
        except VaultError:
            return masked("")

    async def keep(self, key: str, text: str) -> None:
        """Raises: SettingRefused when it cannot be; VaultError when a secret cannot be kept beyond this process."""
        await self.keep_all({key: text})

    async def keep_all(self, texts: dict[str, str]) -> None:
        """Keep them all, or none when one is refused. Raises: SettingRefused, VaultError."""
        checked = {key: declared(key).text(declared(key).parse(text)) for key, text in texts.items()}  # type: ignore[arg-type]
        for key, text in checked.items():
            if declared(key).secret:
                await (self._vault.keep(key, text) if text else self._vault.forget(key))
        await self._kept.keep({key: text for key, text in checked.items() if not declared(key).secret})
        self.changed(frozenset(checked))

    async def webhook(self) -> str | None:
        """Raises: VaultError."""
        return await self._vault.secret(settings.WEBHOOK.key) or None

    async def webhook_kept(self) -> bool:
        return await self._vault.kept(settings.WEBHOOK.key)

    async def channels(self) -> tuple[str, ...]:
        """The channels that alerts go to now."""
        native = (NATIVE,) if (await self.now()).native else ()
        slack = (SLACK,) if await self.webhook_kept() else ()
        return (*native, *slack, *(channel.name for channel in await self._added.all() if channel.enabled))

    async def rules(self) -> tuple[Rule, ...]:
        """Every rule of the alerts, as it holds."""
        return tuple(rules(await self._alert_rules.changed()).values())

    async def keep_rules(self, wanted: Iterable[Rule]) -> None:
        """Keep rules, all of them or none. Raises: SettingRefused."""
        wanted = tuple(wanted)
        there = {NATIVE, SLACK, *(channel.name for channel in await self._added.all())}
        for rule in wanted:
            if unknown := set(rule.channels or ()) - there:
                raise SettingRefused(f"There is no channel of the name “{min(unknown)}”. Add it first.")
        await self._alert_rules.keep([checked_rule(rule) for rule in wanted])
        self.changed(frozenset({RULES}))

    async def routes(self) -> Routes:
        """How alerts go out now."""
        preferences, until = await self.now(), (await self._kept.all()).get(_SNOOZED, "")
        return Routes(
            channels=await self.channels(),
            tz=self._zone(),
            rules=rules(await self._alert_rules.changed()),
            snoozed_until=from_millis(int(until)) if until.isdigit() else None,
            quiet=preferences.quiet,
            critical_breaks_through=preferences.critical_breaks_through,
        )

    async def snooze(self, until: datetime) -> None:
        """Hold back alerts until then."""
        await self._kept.keep({_SNOOZED: str(to_millis(until))})
        self.changed(frozenset({_SNOOZED}))

    async def release_news(self) -> ReleaseNews:
        """What was last heard of releases."""
        return ReleaseNews.from_text((await self._kept.all()).get(_RELEASE, ""))

    async def keep_release_news(self, news: ReleaseNews) -> None:
        await self._kept.keep({_RELEASE: news.to_text()})

    async def welcomed(self) -> bool:
        """Was the first start's wizard shown?"""
        return (await self._kept.all()).get(_WELCOMED) == "true"

    async def keep_welcomed(self) -> None:
        await self._kept.keep({_WELCOMED: "true"})

    async def sign_in_agreed(self) -> bool:
        """Has the person read what signing in keeps, and where?"""
        return (await self._kept.all()).get(_AGREED) == "true"

    async def agree_to_sign_in(self) -> None:
        await self._kept.keep({_AGREED: "true"})
