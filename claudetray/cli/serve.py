"""`claudetray serve`: the proxy and the local API, until it is told to stop."""

import sys

import click

from claudetray.cli.context import Launcher


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Where to listen on 127.0.0.1; 0 takes a free port.")
@click.pass_context
def serve(ctx: click.Context, port: int | None) -> None:
    """Proxy, local API and monitor; prints one JSON line when ready. Ends on SIGTERM, when open streams have."""
    launcher: Launcher = ctx.find_root().obj
    sys.exit(launcher.serve(port))
