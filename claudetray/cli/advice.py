"""`claudetray advice`: what the records suggest."""

import click

from claudetray.cli import context
from claudetray.core import runway_contract, runway_words
from claudetray.core.recommendations import Recommendation
from claudetray.services.parts import Parts


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def advice(ctx: click.Context, as_json: bool) -> None:
    """What the records of the last 30 days suggest, each with the sum that it is about."""

    async def work(parts: Parts) -> tuple[Recommendation, ...]:
        from claudetray.services.advisor import advice as found

        return await found(parts.kept, await parts.board.status(), parts.clock)

    found = context.run(ctx, work, "advice" if as_json else None)
    if as_json:
        context.say_json("advice", items=[runway_contract.recommendation(one) for one in found])
        return
    for one in found:
        context.say(f"{runway_words.dollars(one.sum):>10}  {one.title}. {one.body}")
    if not found:
        context.say("nothing to recommend")
