"""A look beside the plan: asked for by a command or over the local API."""

from datetime import datetime

from claudetray.core.channel import NATIVE
from claudetray.core.look import Plan, Trigger
from claudetray.services.parts import Parts
from claudetray.services.refresher import Outcome


async def looked(parts: Parts, trigger: Trigger) -> tuple[Outcome, datetime]:
    """Look, keep the plan, deliver; what came of it, and when to look next. Raises: StoreError."""
    outcome = await parts.refresher.look(trigger)
    next_at = parts.clock() + outcome.next_look.delay
    await parts.refresher.keep_plan(Plan(next_look_at=next_at, reason=outcome.next_look.reason))
    await parts.kept.watcher.check()
    await parts.outbox.deliver_due(leave=(NATIVE,) if parts.monitored() else ())
    return outcome, next_at
