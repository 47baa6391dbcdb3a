"""`claudetray thresholds`: at or below which balance to look how often, and to speak."""

import click

from claudetray.cli import context
from claudetray.core import contract
from claudetray.core.errors import SettingRefused
from claudetray.core.thresholds import Threshold, threshold


@click.group()
def thresholds() -> None:
    """At or below which balance to look how often, and to speak."""


@thresholds.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """The table, lowest first."""
    _show(context.run(ctx, lambda parts: parts.preferences.thresholds(), "thresholds" if as_json else None), as_json)


@thresholds.command(name="set")
@click.argument("rows", nargs=-1, metavar="BALANCE=MINUTES…")
@click.option("--none", "clear", is_flag=True, help="Remove them all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def set_(ctx: click.Context, rows: tuple[str, ...], clear: bool, as_json: bool) -> None:
    """Replace the table: `set 50=60 20=30 5=10`."""
    if bool(rows) == clear:
        raise click.UsageError("Give either BALANCE=MINUTES, once or more, or --none.")
    table = [_row(row) for row in rows]
    _show(
        context.run(ctx, lambda parts: parts.preferences.keep_thresholds(table), "thresholds" if as_json else None),
        as_json,
    )


def _row(text: str) -> Threshold:
    balance, equals, minutes = text.partition("=")
    if not equals:
        raise SettingRefused(f"{text!r} is not BALANCE=MINUTES, such as 20=30.")
    return threshold(balance, minutes)


def _show(table: tuple[Threshold, ...], as_json: bool) -> None:
    if as_json:
        context.say_json("thresholds", thresholds=[contract.threshold(row) for row in table])
        return
    for row in table:
        context.say(f"at or below {row.at:f}: every {row.minutes} min")
    if not table:
        context.say("no thresholds")
