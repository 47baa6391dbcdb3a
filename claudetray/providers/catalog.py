"""The providers there are, and how each is asked: one line each."""

from collections.abc import Callable
from datetime import datetime

import httpx

from claudetray.core.browser import Browser
from claudetray.core.provider import Provider
from claudetray.core.source import Source, WebPage
from claudetray.providers.anthropic_console import provider as console
from claudetray.providers.anthropic_console.client import Console
from claudetray.providers.anthropic_console.page import ConsolePage

ANTHROPIC = Provider(id=console.ID, name=console.NAME, address=console.ADDRESS, billing_page=console.BILLING_PAGE)


def anthropic_source(client: httpx.AsyncClient, clock: Callable[[], datetime], override: str | None) -> Source:
    """The Console, asked by plain HTTP. `override` is a loopback address that plays the Console (tests and demo)."""
    return Console(client, clock, override)


def anthropic_page(browser: Browser, clock: Callable[[], datetime], override: str | None) -> WebPage:
    """The Console, asked through its own web page, and signed in to there."""
    return ConsolePage(browser, clock, override)
