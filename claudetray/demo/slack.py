"""A stand-in of Slack's incoming webhook, which keeps what it got."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PATH = "/services/T000DEMO/B000DEMO/made-up-token-of-nobody"


@dataclass
class SlackStandIn:
    """`messages` are those it accepted. `refuse`: the body of a refusal, such as "no_service"; None accepts."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    tries: int = 0
    refuse: str | None = None
    status: int = 404
    retry_after: str | None = None
    slow: bool = False

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self._posted)]

    async def _posted(self, request: web.Request) -> web.StreamResponse:
        self.tries += 1
        message = await request.json()
        if self.slow:
            await asyncio.sleep(3600)
        if self.refuse is not None:
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.Response(status=self.status, text=self.refuse, headers=headers)
        self.messages.append(message)
        return web.Response(text="ok")
