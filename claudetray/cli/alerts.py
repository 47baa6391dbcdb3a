"""`claudetray alerts`: what was said, where it got to; a test; acknowledging."""

import click

from claudetray.cli import context
from claudetray.core import contract, words
from claudetray.core.errors import ClaudetrayError
from claudetray.services.parts import Parts
from claudetray.services.preferences import NATIVE, SLACK


@click.group()
def alerts() -> None:
    """What was said, and where it got to."""


@alerts.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """The last alerts, newest first, each with its deliveries."""
    found = context.run(ctx, lambda parts: parts.alerts.latest(), "alerts" if as_json else None)
    if as_json:
        context.say_json("alerts", alerts=[contract.alert(alert, deliveries) for alert, deliveries in found])
        return
    for alert, deliveries in found:
        ways = ", ".join(f"{delivery.channel} {delivery.state}" for delivery in deliveries) or "no channel"
        seen = ", acknowledged" if alert.acknowledged_at else ""
        context.say(f"{alert.id:>5}  {words.moment(alert.raised_at)}  {alert.title}. {alert.body} [{ways}{seen}]")
    if not found:
        context.say("no alerts")


@alerts.command()
@click.argument("channel", type=click.Choice([NATIVE, SLACK]))
@click.pass_context
def test(ctx: click.Context, channel: str) -> None:
    """Send one through CHANNEL for real."""
    context.run(ctx, lambda parts: parts.outbox.test(channel))
    context.say(f"The test got through to {channel}.")


@alerts.command()
@click.argument("ids", nargs=-1, type=click.IntRange(1, 2**63 - 1))
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.pass_context
def ack(ctx: click.Context, ids: tuple[int, ...], everything: bool) -> None:
    """Acknowledge alerts: what is still to be delivered of them is not needed any more."""
    if not ids and not everything:
        raise click.UsageError("Give the numbers of the alerts, or --all.")

    async def work(parts: Parts) -> int:
        return await parts.alerts.acknowledge(None if everything else ids, parts.clock())

    acknowledged = context.run(ctx, work)
    if ids and not acknowledged:
        raise ClaudetrayError("There is no alert of that number that is not acknowledged yet.")
    context.say(f"{acknowledged} acknowledged")
