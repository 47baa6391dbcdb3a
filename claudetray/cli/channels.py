"""`claudetray channels`: where alerts go beside the desktop and the Slack webhook of the settings."""

import sys
from collections.abc import Iterable

import click

from claudetray.cli import context
from claudetray.core.channel import NATIVE, SLACK, ChannelForm, NamedChannel
from claudetray.core.channel_forms import FORMS, FormField
from claudetray.services.parts import Parts


@click.group()
def channels() -> None:
    """Where alerts go."""


@channels.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """The channels, and whether they get alerts."""

    async def work(parts: Parts) -> list[tuple[str, str, bool]]:
        on = await parts.preferences.channels()
        always = [(name, name, name in on) for name in (NATIVE, SLACK)]
        return [*always, *((one.name, one.form.value, one.enabled) for one in await parts.channels.all())]

    found = context.run(ctx, work, "channels" if as_json else None)
    if as_json:
        shown = [{"name": name, "form": form, "enabled": enabled} for name, form, enabled in found]
        context.say_json("channels", channels=shown)
        return
    for name, form, enabled in found:
        context.say(f"{name}  {'' if form == name else f'{form}  '}{'on' if enabled else 'off'}")


@channels.command()
@click.argument("name")
@click.argument("form", type=click.Choice([form.value for form in ChannelForm]))
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@click.pass_context
def add(ctx: click.Context, name: str, form: str, fields: tuple[str, ...]) -> None:
    """Add a channel of NAME, or change it. What is secret is asked for, or read from standard input, a line each."""
    wanted = ChannelForm(form)
    values = dict(_split(field) for field in fields)
    known = FORMS[wanted]
    for field in known:
        if field.secret and field.key in values:
            raise click.UsageError(f"{field.key} is secret: leave it out here, and give it on standard input.")
    values |= _secrets(field for field in known if field.secret)

    async def work(parts: Parts) -> NamedChannel:
        await context.ensure_lasting(parts)
        return await parts.channels.keep(name, wanted, values)

    kept = context.run(ctx, work)
    context.say(f"{kept.name} gets alerts. Try it: claudetray channels test {kept.name}")


@channels.command()
@click.argument("name")
@click.pass_context
def test(ctx: click.Context, name: str) -> None:
    """Send one through the channel of NAME for real."""
    context.run(ctx, lambda parts: parts.outbox.test(name))
    context.say(f"The test got through to {name}.")


@channels.command()
@click.argument("name")
@click.argument("switch", type=click.Choice(["on", "off"]))
@click.pass_context
def switch(ctx: click.Context, name: str, switch: str) -> None:
    """Let the channel of NAME get alerts, or not."""
    context.run(ctx, lambda parts: parts.channels.switch(name, switch == "on"))
    context.say(f"{name} is {switch}")


@channels.command()
@click.argument("name")
@click.pass_context
def remove(ctx: click.Context, name: str) -> None:
    """Remove the channel of NAME, with its address."""
    context.run(ctx, lambda parts: parts.channels.remove(name))
    context.say("removed")


def _split(field: str) -> tuple[str, str]:
    key, mark, value = field.partition("=")
    if not mark:
        raise click.UsageError(f"“{field}” is not of the form field=value.")
    return key.strip(), value


def _secrets(fields: Iterable[FormField]) -> dict[str, str]:
    """Asked for one by one where somebody sits there; else the lines of standard input, in the order of the form."""
    if sys.stdin.isatty():
        return {
            field.key: click.prompt(field.label, hide_input=True, default="", show_default=False) for field in fields
        }
    lines = context.text_of("-").splitlines()
    return {field.key: lines.pop(0) if lines else "" for field in fields}
