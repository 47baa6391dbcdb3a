"""The commands put together. Without a command: the tray."""

import os
import sys

import click

from claudetray import __version__
from claudetray.cli import context
from claudetray.cli.alerts import alerts
from claudetray.cli.balance import balance
from claudetray.cli.context import Launcher
from claudetray.cli.cost import cost
from claudetray.cli.doctor import doctor
from claudetray.cli.fetch import fetch
from claudetray.cli.login import login, logout
from claudetray.cli.prices import prices
from claudetray.cli.serve import serve
from claudetray.cli.settings import settings
from claudetray.cli.snippet import snippet
from claudetray.cli.status import status
from claudetray.cli.tags import tags
from claudetray.cli.thresholds import thresholds
from claudetray.cli.usage import export, usage
from claudetray.core.errors import ClaudetrayError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--demo", is_flag=True, help="Everything against stand-ins on this machine, in a throw-away home.")
@click.option("--minimized", is_flag=True, help="Open no window at the start.")
@click.version_option(__version__)
@click.pass_context
def group(ctx: click.Context, demo: bool, minimized: bool) -> None:
    """How much AI credit is left, in the system tray; without a display, a line for each look."""
    if demo or minimized:
        raise click.UsageError("--demo and --minimized go without a command.")


for command in (
    status,
    fetch,
    login,
    logout,
    snippet,
    settings,
    thresholds,
    balance,
    alerts,
    serve,
    usage,
    export,
    cost,
    prices,
    tags,
    doctor,
):
    group.add_command(command)


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
