"""`claudetray fetch`: look now, on the same road as a scheduled look."""

from datetime import datetime

import click

from claudetray.cli import context
from claudetray.core import contract, words
from claudetray.core.look import Plan, Trigger
from claudetray.services.parts import Parts
from claudetray.services.preferences import NATIVE
from claudetray.services.refresher import Outcome


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def fetch(ctx: click.Context, as_json: bool) -> None:
    """Look now; store, assess, alert and deliver."""

    outcome, next_at = context.run(ctx, lambda parts: looked(parts, Trigger.ASKED), "fetch" if as_json else None)
    if outcome.error is not None:
        context.fail(outcome.error, "fetch" if as_json else None)
    if not as_json:
        left = words.money(outcome.look.left)
        context.say(f"{left} ({outcome.next_look.reason})")
        return
    shown = contract.reading(outcome.reading)
    context.say_json("fetch", ok=True, **shown, next_fetch_at=contract.time(next_at), reason=outcome.next_look.reason)


async def looked(parts: Parts, trigger: Trigger) -> tuple[Outcome, datetime]:
    """Look, keep the plan, deliver; what came of it, and when to look next. Raises: StoreError."""
    outcome = await parts.refresher.look(trigger)
    next_at = parts.clock() + outcome.next_look.delay
    await parts.refresher.keep_plan(Plan(next_look_at=next_at, reason=outcome.next_look.reason))
    await parts.outbox.deliver_due(leave=(NATIVE,) if parts.monitored() else ())
    return outcome, next_at
