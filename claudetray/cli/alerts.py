"""`claudetray alerts`: what was said and where it got to; rules; a test; acknowledging and snoozing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click

from claudetray.cli import context
from claudetray.core import alert_rules, contract, runway_contract, words
from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import Rule
from claudetray.core.errors import NotFound, SettingRefused
from claudetray.core.setting import yes_or_no
from claudetray.core.thresholds import whole_minutes
from claudetray.services.parts import Parts


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
@click.argument("channel")
@click.pass_context
def test(ctx: click.Context, channel: str) -> None:
    """Send one through CHANNEL (native, slack, or one that was added) for real."""
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
        raise NotFound("There is no alert of that number that is not acknowledged yet.")
    context.say(f"{acknowledged} acknowledged")


@alerts.command()
@click.argument("minutes")
@click.option("--rule", "kind", help="Only the alerts of this rule.")
@click.pass_context
def snooze(ctx: click.Context, minutes: str, kind: str | None) -> None:
    """Hold alerts back for so many MINUTES; 0 ends it. They are delivered afterwards."""
    length = timedelta(0) if minutes.strip() == "0" else timedelta(minutes=whole_minutes(minutes))

    async def work(parts: Parts) -> datetime:
        until = parts.clock() + length
        if kind is None:
            await parts.preferences.snooze(until)
        else:
            await parts.preferences.keep_rules([replace(await _rule(parts, kind), snoozed_until=until)])
        return until

    until = context.run(ctx, work)
    context.say(f"held back until {words.moment(until)}" if length else "not held back any more")


@alerts.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def rules(ctx: click.Context, as_json: bool) -> None:
    """The rules: what raises an alert, and where it goes."""
    found = context.run(ctx, lambda parts: parts.preferences.rules(), "rules" if as_json else None)
    if as_json:
        context.say_json("rules", rules=[runway_contract.rule(one) for one in found])
        return
    for one in found:
        told = alert_rules.declared(one.kind)
        parts = [told.label, "on" if one.enabled else "off"]
        if told.marks_are:
            parts.append(f"{', '.join(f'{mark:f}' for mark in one.marks)} {told.marks_are}")
        parts.append("every channel" if one.channels is None else ", ".join(one.channels) or "no channel")
        if not one.quiet:
            parts.append("in quiet hours too")
        if one.cooldown:
            parts.append(f"rests for {words.duration(one.cooldown)}")
        if one.snoozed_until is not None and one.snoozed_until > datetime.now(UTC):
            parts.append(f"held back until {words.moment(one.snoozed_until)}")
        context.say(f"{one.kind:<16} {'; '.join(parts)}")


@alerts.command()
@click.argument("kind")
@click.option("--on/--off", "enabled", default=None, help="Switch it.")
@click.option("--at", "marks", help="The numbers it waits for, such as 30,7,1.")
@click.option("--channels", "ways", help="Names, separated by commas; `all` for every channel.")
@click.option("--quiet-hours", help="yes: it keeps the quiet hours. no: it does not.")
@click.option("--rest", help="At least so many minutes between two of its alerts; 0 for none.")
@click.pass_context
def rule(
    ctx: click.Context,
    kind: str,
    enabled: bool | None,
    marks: str | None,
    ways: str | None,
    quiet_hours: str | None,
    rest: str | None,
) -> None:
    """Change the rule of KIND."""
    told = alert_rules.declared(kind)
    if all(option is None for option in (enabled, marks, ways, quiet_hours, rest)):
        raise click.UsageError("Say what to change about it.", ctx)
    if marks is not None and not told.marks_are:
        raise SettingRefused(f"“{told.label}” waits for no number.")

    async def work(parts: Parts) -> None:
        found = await _rule(parts, kind)
        if enabled is not None:
            found = replace(found, enabled=enabled)
        if marks is not None:
            found = replace(found, marks=alert_rules.marks(marks))
        if ways is not None:
            names = tuple(name.strip() for name in ways.split(",") if name.strip())
            found = replace(found, channels=None if names == ("all",) else names)
        if quiet_hours is not None:
            found = replace(found, quiet=yes_or_no(quiet_hours))
        if rest is not None:
            length = timedelta(0) if rest.strip() == "0" else timedelta(minutes=whole_minutes(rest))
            found = replace(found, cooldown=length)
        await parts.preferences.keep_rules([found])

    context.run(ctx, work)
    context.say(f"{kind} is changed")


async def _rule(parts: Parts, kind: str) -> Rule:
    """Raises: SettingRefused."""
    wanted: AlertKind = alert_rules.declared(kind).kind
    return next(one for one in await parts.preferences.rules() if one.kind is wanted)
