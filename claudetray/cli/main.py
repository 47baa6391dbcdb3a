"""The commands put together. Without a command: the tray."""

import os
import sys
from importlib import import_module

import click

from claudetray import __version__
from claudetray.cli import context
from claudetray.cli.context import Launcher
from claudetray.core.errors import ClaudetrayError

# In the order of the help: each command, and the module that holds it. Only the one that is asked for is loaded:
# a server would carry the others for as long as it runs.
COMMANDS = {
    "status": "status",
    "fetch": "fetch",
    "login": "login",
    "logout": "login",
    "snippet": "snippet",
    "settings": "settings",
    "thresholds": "thresholds",
    "balance": "balance",
    "forecast": "forecast",
    "budget": "budget",
    "advice": "advice",
    "alerts": "alerts",
    "channels": "channels",
    "serve": "serve",
    "usage": "usage",
    "export": "usage",
    "cost": "cost",
    "prices": "prices",
    "tags": "tags",
    "autostart": "autostart",
    "doctor": "doctor",
}


class Commands(click.Group):
    """Commands that are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"claudetray.cli.{COMMANDS[cmd_name]}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--demo", is_flag=True, help="Everything against stand-ins on this machine, in a throw-away home.")
@click.option("--minimized", is_flag=True, help="Open no window at the start.")
@click.version_option(__version__)
@click.pass_context
def group(ctx: click.Context, demo: bool, minimized: bool) -> None:
    """How much AI credit is left, in the system tray; without a display, a line for each look."""
    if demo or minimized:
        raise click.UsageError("--demo and --minimized go without a command.")


def main(arguments: list[str], launcher: Launcher) -> None:
    """Run the command line. Ends the process: 0 done, 1 failed, 2 wrong usage."""
    try:
        group.main(arguments, prog_name="claudetray", obj=launcher)
    except ClaudetrayError as error:
        context.fail(error)
    except OSError as error:  # nobody reads our output, or its disk is full
        click.echo(f"The output cannot be written ({error.strerror}).", err=True)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # or the interpreter complains once more at its end
        sys.exit(context.FAILED)
