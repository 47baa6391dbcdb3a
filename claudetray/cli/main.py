"""The commands put together. Without a command: the tray."""

import sys

import click

from claudetray import __version__
from claudetray.cli import context
from claudetray.cli.alerts import alerts
from claudetray.cli.context import Launcher
from claudetray.cli.doctor import doctor
from claudetray.cli.fetch import fetch
from claudetray.cli.settings import settings
from claudetray.cli.snippet import snippet
from claudetray.cli.status import status
from claudetray.cli.thresholds import thresholds
from claudetray.core.errors import ClaudetrayError


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--demo", is_flag=True, help="Everything against stand-ins on this machine, in a throw-away home.")
@click.option("--minimized", is_flag=True, help="Open no window at the start.")
@click.version_option(__version__)
@click.pass_context
def group(ctx: click.Context, demo: bool, minimized: bool) -> None:
    """How much AI credit is left, in the system tray; without a display, a line for each look."""
    if ctx.invoked_subcommand is None:
        launcher: Launcher = ctx.obj
        sys.exit(launcher.tray(demo, minimized))
    elif demo:
        raise click.UsageError("--demo goes without a command.")


for command in (status, fetch, snippet, settings, thresholds, alerts, doctor):
    group.add_command(command)


def main(arguments: list[str], launcher: Launcher) -> None:
    """Run the command line. Ends the process: 0 done, 1 failed, 2 wrong usage."""
    try:
        group.main(arguments, prog_name="claudetray", obj=launcher)
    except ClaudetrayError as error:
        context.fail(error)
