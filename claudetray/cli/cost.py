"""`claudetray cost`: the price of one answer of the Messages API, and what it is made of."""

from collections.abc import Mapping
from datetime import datetime

import click

from claudetray.cli import context
from claudetray.cli.moment import Moment
from claudetray.core import contract, words
from claudetray.core.billing import Bill, Flag
from claudetray.core.errors import NotAnAnswer
from claudetray.services import cost as pricing
from claudetray.services.parts import Parts

NOT_SAID = "Unpriced: the answer does not say what it used."
WHY_NOT: Mapping[str, str] = {
    Flag.UNPRICED_MODEL: "Unpriced: there is no published rate for this model. Set one with `claudetray prices set`.",
    Flag.ODD_USAGE: "Unpriced: a count in its usage is none.",
}


@click.command()
@click.argument("file", default="-")
@click.option("--at", type=Moment(), help="When it was answered: a day, or a time in RFC 3339. Default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def cost(ctx: click.Context, file: str, at: datetime | None, as_json: bool) -> None:
    """Price one answer of the Messages API: a FILE, or standard input for -."""
    answer = context.bytes_of(file)

    async def work(parts: Parts) -> Bill:
        return pricing.priced(answer, await parts.usage.prices(), at or parts.clock())

    try:
        bill = context.run(ctx, work)
    except NotAnAnswer as error:
        context.fail(error, "cost" if as_json else None)
    if as_json:
        context.say_json("cost", **contract.bill(bill))
        return
    for line in lines(bill):
        context.say(line)


def lines(bill: Bill) -> list[str]:
    """The bill for people."""
    found = [f"Model:  {bill.model or words.DASH}"]
    found += [f"  {_name(part.what):<22} {part.count:>12,}  {words.pico(part.cost_pico):>16}" for part in bill.parts]
    found.append(f"Cost:   {words.pico(bill.cost_pico)}{' (estimated)' if bill.estimated else ''}")
    if bill.cost_pico is None:
        found.append(WHY_NOT.get(next((flag for flag in bill.flags if flag in WHY_NOT), ""), NOT_SAID))
    if bill.flags:
        found.append(f"Notes:  {', '.join(flag.replace('_', ' ') for flag in bill.flags)}")
    return found


def _name(what: str) -> str:
    return what.replace("_", " ")
