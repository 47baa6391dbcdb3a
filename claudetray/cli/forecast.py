"""`claudetray forecast`: when the money ends."""

from datetime import datetime

import click

from claudetray.cli import context
from claudetray.cli.moment import Moment
from claudetray.core import forecast as forecasting
from claudetray.core import runway_contract, runway_words, words
from claudetray.core.errors import QueryRefused
from claudetray.core.forecast import Forecast
from claudetray.core.money import Money
from claudetray.core.spending import of_balances
from claudetray.services.balance_file import balances
from claudetray.services.local_zone import local_zone
from claudetray.services.parts import Parts


@click.command()
@click.argument("file", required=False)
@click.option("--at", type=Moment(), help="Only what is known by then counts. By default now; of a FILE, its last row.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def forecast(ctx: click.Context, file: str | None, at: datetime | None, as_json: bool) -> None:
    """When the money ends, by what is known here, or by FILE with rows of time,balance (- for standard input)."""
    if file is None:
        found, left = context.run(ctx, lambda parts: _known(parts, at), "forecast" if as_json else None)
    else:
        try:
            found, left = _of_file(context.text_of(file), at)
        except QueryRefused as error:
            context.fail(error, "forecast" if as_json else None)
    if as_json:
        context.say_json("forecast", **runway_contract.forecast(found, left))
        return
    context.say(f"Balance:   {words.money(left)}")
    context.say(f"Burn rate: {runway_words.per_day(found)}")
    context.say(f"Forecast:  {runway_words.line(found, local_zone())}")
    if found.basis:
        context.say(f"Basis:     {found.basis}")


async def _known(parts: Parts, at: datetime | None) -> tuple[Forecast, Money | None]:
    status = await parts.board.status(at=at)
    return status.outlook.forecast, status.left


def _of_file(text: str, at: datetime | None) -> tuple[Forecast, Money | None]:
    """Raises: QueryRefused."""
    known = [row for row in balances(text) if at is None or row[0] <= at]
    if not known:
        raise QueryRefused("The file has no balance from before that time.")
    when, left = known[-1]
    made = forecasting.forecast(left, of_balances(known), at or when, local_zone(), known_at=when)
    return made, Money(left)
