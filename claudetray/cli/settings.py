"""`claudetray settings`: every declared setting."""

import click

from claudetray.cli import context
from claudetray.core.settings import DECLARED, declared
from claudetray.services.parts import Parts


@click.group()
def settings() -> None:
    """Every declared setting."""


@settings.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """All settings with their values; secrets are masked."""

    async def work(parts: Parts) -> dict[str, str]:
        return {setting.key: await parts.preferences.shown(setting.key) for setting in DECLARED}

    shown = context.run(ctx, work, "settings" if as_json else None)
    if as_json:
        rows = [
            {"key": s.key, "value": shown[s.key], "default": s.text(s.default), "label": s.label, "secret": s.secret}  # type: ignore[arg-type]
            for s in DECLARED
        ]
        context.say_json("settings", settings=rows)
        return
    for setting in DECLARED:
        context.say(f"{setting.key:<26} {shown[setting.key] or '—':<12} {setting.help}")


@settings.command()
@click.argument("key")
@click.pass_context
def get(ctx: click.Context, key: str) -> None:
    """The value of KEY; a secret is masked."""
    context.say(context.run(ctx, lambda parts: parts.preferences.shown(key)))


@settings.command(name="set")
@click.argument("key")
@click.argument("value")
@click.pass_context
def set_(ctx: click.Context, key: str, value: str) -> None:
    """Set KEY to VALUE; `-` reads the value from standard input."""
    secret = declared(key).secret
    if secret and value not in ("-", ""):
        raise click.UsageError(f"{key} is secret: give - and write its value to standard input.")
    text = context.text_of("-").strip() if value == "-" else value

    async def work(parts: Parts) -> None:
        if secret and text:
            await context.ensure_lasting(parts)
        await parts.preferences.keep(key, text)
        if secret:
            await parts.outbox.hurry(key.partition(".")[0])

    context.run(ctx, work)
