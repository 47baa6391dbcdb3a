"""Is there a newer claudetray? Asked at most once a day, where the person did not opt out; said once a version.

Never downloads and never installs: it leads to the page of downloads.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from claudetray.core.announcement import Announcement
from claudetray.core.errors import ClaudetrayError, StoreError
from claudetray.core.release import UPDATED_ELSEWHERE, Releases
from claudetray.services.preferences import PreferencesService

FIRST_S, AGAIN_S = 90.0, 3600.0  # the start belongs to the balance; then the hour decides whether a day is over
log = logging.getLogger(__name__)


class Updates:
    """Events: `found` with a newer version, once."""

    def __init__(
        self,
        releases: Releases,
        preferences: PreferencesService,
        clock: Callable[[], datetime],
        version: str,
        installed_by: str,
    ) -> None:
        self._releases, self._preferences, self._clock = releases, preferences, clock
        self._version, self._installed_by = version, installed_by
        self.found: Announcement[str] = Announcement()

    def ours(self) -> bool:
        """Is it for us to say? Not where a package manager, or a developer, updates claudetray."""
        return self._installed_by not in UPDATED_ELSEWHERE

    async def known(self) -> str | None:
        """The newer version that was heard of, if any."""
        if not await self._wanted():
            return None
        return (await self._preferences.release_news()).newer_than(self._version)

    async def check(self) -> str | None:
        """Ask, if it is time, and allowed: the newer version that people were not told of yet, if any.

        A page that cannot be reached is asked again the next day: an update is never urgent for us.
        """
        if not await self._wanted():
            return None
        now, news = self._clock(), await self._preferences.release_news()
        if news.due(now):
            try:
                heard = await self._releases.latest(news.etag)
                version = news.version if heard.version is None else heard.version
                news = replace(news, etag=heard.etag, version=version)
            except ClaudetrayError as error:
                log.info("updates: %s", error)
            news = replace(news, checked_at=now)
            await self._preferences.keep_release_news(news)
        found = news.newer_than(self._version)
        if found is None or found == news.said:
            return None
        await self._preferences.keep_release_news(replace(news, said=found))
        return found

    async def watch(self) -> None:
        """Until cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                if (version := await self.check()) is not None:
                    log.info("claudetray %s is available", version)
                    self.found(version)
            except StoreError as error:  # said elsewhere
                log.debug("updates: %s", error)
            await asyncio.sleep(AGAIN_S)

    async def _wanted(self) -> bool:
        return self.ours() and (await self._preferences.now()).updates
