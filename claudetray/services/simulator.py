"""Made-up calls, for demos and for trying windows and queries out. Always labeled, never in a real total."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

from claudetray.core.usage import CallState, Origin, Tokens, UsageRecord
from claudetray.services.usage_desk import usage_text

MOST_CALLS = 100_000
MOST_DAYS = 3650
_MODELS = ("claude-opus-5-5", "claude-opus-5", "claude-sonnet-5-5", "claude-sonnet-5", "claude-haiku-5-5")
_CLIENTS = ("claude-cli/2.1.197 (external, cli)", "Anthropic/Python 2.11.0", "Anthropic/JS 1.9.0")
_TOOLS = ((), (), ("Bash",), ("Edit", "Bash"), ("web_search",))


def calls(count: int, days: int, now: datetime, seed: int | None = None) -> Iterator[UsageRecord]:
    """Calls spread over the last days, more of them by day than at night; unpriced as yet."""
    dice = random.Random(seed)
    for _ in range(count):
        back = timedelta(days=dice.random() * days)
        at = now - back
        if at.hour < 7 and dice.random() < 0.7:
            at = min(now, at + timedelta(hours=8))
        read = dice.choice((0, 0, dice.randrange(1_000, 90_000)))
        tokens = Tokens(
            input=dice.randrange(20, 6_000),
            output=dice.randrange(10, 2_500),
            cache_read=read,
            cache_write_5m=dice.choice((0, dice.randrange(0, 8_000))),
            cache_write_1h=0,
        )
        model = dice.choice(_MODELS)
        yield UsageRecord(
            key=f"simulated:{uuid4().hex}",
            origin=Origin.SIMULATED,
            state=CallState.COMPLETE,
            started_at=at,
            duration=timedelta(milliseconds=dice.randrange(300, 20_000)),
            first_token_after=timedelta(milliseconds=dice.randrange(150, 2_000)),
            status=200,
            streaming=dice.random() < 0.8,
            model=model,
            requested_model=model,
            tokens=tokens,
            usage=usage_text(tokens),
            stop_reason=dice.choice(("end_turn", "end_turn", "tool_use", "max_tokens")),
            client=dice.choice(_CLIENTS),
            tools=dice.choice(_TOOLS),
        )
