import asyncio

import pytest

from claudetray import paths
from claudetray.core.errors import ChannelError
from claudetray.desktop.notifications import DesktopNotifications
from tests.builders import an_alert


def test_without_a_service_it_says_so() -> None:
    notifier = DesktopNotifications(paths.resource("icons/claudetray.svg"))
    with pytest.raises(ChannelError, match="notification service"):
        asyncio.run(notifier.notify(an_alert(), "title", "body"))
