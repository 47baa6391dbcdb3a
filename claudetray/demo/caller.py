"""The demo's developer: makes a call through the proxy now and then, as an SDK would."""

import asyncio
import random
from collections.abc import Callable

import aiohttp

from claudetray.core.serving import Serving

EVERY_S = 4.0
KEY = "sk-ant-demo"
_MODELS = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-homegrown-1")
_PROMPTS = (
    "Why does this traceback end in a KeyError?",
    "Please refactor the parser into two functions.",
    "Summarize these three sources in a paragraph.",
    "Write an e-mail that asks for the invoice.",
)
_CLIENTS = ("claude-cli/2.1.197 (external, cli)", "Anthropic/Python 2.11.0")


async def call(serving: Callable[[], Serving | None]) -> None:
    """Call for as long as it runs; while no proxy does, wait for one."""
    dice = random.Random(7)
    async with aiohttp.ClientSession() as session:
        while True:
            await asyncio.sleep(EVERY_S * dice.uniform(0.3, 1.5))
            if (there := serving()) is not None:
                await _called(session, there.url, dice)


async def _called(session: aiohttp.ClientSession, url: str, dice: random.Random) -> None:
    headers = {
        "x-api-key": KEY,
        "anthropic-version": "2023-06-01",
        "user-agent": dice.choice(_CLIENTS),
        "x-claudetray-tags": dice.choice(("", "", "website", "nightly")),
    }
    asked = {
        "model": dice.choice(_MODELS),
        "max_tokens": 1024,
        "stream": dice.random() < 0.7,
        "messages": [{"role": "user", "content": dice.choice(_PROMPTS)}],
    }
    try:
        async with session.post(f"{url}/v1/messages", json=asked, headers=headers) as answer:
            await answer.read()
    except (aiohttp.ClientError, OSError):  # the proxy was switched off just now
        return
