"""`claudetray fetch`: look now, on the same road as a scheduled look."""

import click

from claudetray.cli import context
from claudetray.core import contract, json_values, words
from claudetray.core.look import Trigger
from claudetray.services.look_now import looked


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
    context.say_json(
        "fetch", ok=True, **shown, next_fetch_at=json_values.time(next_at), reason=outcome.next_look.reason
    )
