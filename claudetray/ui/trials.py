"""What is tried before it is kept: a pasted request, a webhook, a notification; in settings and at the first start."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from claudetray.core import words
from claudetray.core.channel import NATIVE, SLACK
from claudetray.core.errors import ClaudetrayError
from claudetray.services.parts import Parts
from claudetray.services.tasks import Tasks

if TYPE_CHECKING:  # for the types alone: the pages are loaded when they are first shown
    from claudetray.ui.settings.alerts_page import AlertsPage
    from claudetray.ui.settings.snippet_page import SnippetPage


class Trials(QObject):
    """Joins pages with the services that try."""

    def __init__(self, parts: Parts, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts, self._tasks = parts, tasks

    def join_snippet(self, page: "SnippetPage") -> None:
        page.text_changed.connect(lambda text: self._judge(page, text))
        page.test_asked.connect(lambda text: self._tasks.start(self._test_snippet(page, text)))
        page.organizations_asked.connect(lambda text: self._tasks.start(self._look_up(page, text)))

    def join_alerts(self, page: "AlertsPage") -> None:
        page.slack_test_asked.connect(lambda url: self._tasks.start(self._test_slack(page, url)))
        page.native_test_asked.connect(lambda: self._tasks.start(self._test_native(page)))

    def _judge(self, page: "SnippetPage", text: str) -> None:
        try:
            page.show_verdict(self._parts.connection.understood(text), None)
        except ClaudetrayError as error:
            page.show_verdict(None, error)

    async def _test_snippet(self, page: "SnippetPage", text: str) -> None:
        try:
            reading = await self._parts.connection.tried(text)
        except ClaudetrayError as error:
            page.show_result(f"{error.title}: {error.message}", good=False)
        else:
            page.show_result(self.tr("It works: {0}.").format(words.money(reading.left)), good=True)

    async def _look_up(self, page: "SnippetPage", text: str) -> None:
        try:
            page.show_organizations(await self._parts.connection.organizations(text))
        except ClaudetrayError as error:
            page.show_result(f"{error.title}: {error.message}", good=False)

    async def _test_slack(self, page: "AlertsPage", url: str) -> None:
        try:
            await self._parts.outbox.test(self._parts.slack_at(url) if url else SLACK)
        except ClaudetrayError as error:
            page.show_slack_result(error.message, good=False)
        else:
            page.show_slack_result(self.tr("It got through."), good=True)

    async def _test_native(self, page: "AlertsPage") -> None:
        try:
            await self._parts.outbox.test(NATIVE)
        except ClaudetrayError as error:
            page.show_native_result(error.message, good=False)
        else:
            page.show_native_result(self.tr("Shown."), good=True)
