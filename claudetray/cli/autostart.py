"""`claudetray autostart`: start with the session, or not."""

import click

from claudetray.cli import context
from claudetray.cli.context import Launcher


@click.command()
@click.argument("switch", type=click.Choice(["on", "off"]), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def autostart(ctx: click.Context, switch: str | None, as_json: bool) -> None:
    """Start the tray with the session (`on`), or not (`off`); without a word: does it?"""
    launcher: Launcher = ctx.find_root().obj
    if switch is not None:
        launcher.autostart.switch(switch == "on")
    on = launcher.autostart.on()
    if as_json:
        context.say_json("autostart", on=on)
    else:
        context.say("claudetray starts with the session." if on else "claudetray does not start with the session.")
