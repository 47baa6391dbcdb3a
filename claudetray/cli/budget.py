"""`claudetray budget`: amounts for a period, and hard stops."""

from datetime import date, datetime

import click

from claudetray.cli import context
from claudetray.core import runway_contract, runway_words, words
from claudetray.core.budget import LEVELS, Budget, BudgetState, Period, Scope, amount, checked, levels
from claudetray.core.errors import NotFound
from claudetray.services.parts import Parts


class Day(click.ParamType[date]):
    """A local day."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            self.fail("Give a day such as 2026-11-21.", param, ctx)


@click.group()
def budget() -> None:
    """Amounts for a day, a week, a month or a fixed period."""


@budget.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """The budgets, and what is spent of each in its period."""

    async def work(parts: Parts) -> tuple[tuple[Budget, ...], tuple[BudgetState, ...], datetime]:
        status = await parts.board.status()
        return await parts.kept.budgets.all(), status.outlook.budgets, status.now

    kept, states, now = context.run(ctx, work, "budgets" if as_json else None)
    resting = [one for one in kept if one.id not in {state.budget.id for state in states}]
    if as_json:
        shown = [runway_contract.budget_state(state) for state in states]
        context.say_json("budgets", budgets=shown, resting=[runway_contract.budget(one) for one in resting])
        return
    for state in states:
        stop = "  refuses calls" if state.stops(now) else "  hard stop" if state.budget.hard_stop else ""
        if state.used_up and stop and not state.stops(now):
            stop = "  hard stop, lifted"
        context.say(
            f"{state.budget.name}: {runway_words.dollars(state.spent)} of {runway_words.dollars(state.budget.amount)} "
            f"({state.percent} %), {_scope(state.budget)}, until {words.moment(state.until)}{stop}"
        )
    for one in resting:
        context.say(f"{one.name}: {runway_words.dollars(one.amount)}, {one.begins} to {one.ends}, not now")
    if not kept:
        context.say("no budgets")


@budget.command("set")
@click.argument("name")
@click.argument("dollars")
@click.option(
    "--period", type=click.Choice([period.value for period in Period]), default=None, help="By default month."
)
@click.option("--from", "begins", type=Day(), help="The first day of a fixed period.")
@click.option("--to", "ends", type=Day(), help="Its last day.")
@click.option("--tag", help="Only the calls with this tag.")
@click.option("--model", help="Only the calls to this model.")
@click.option("--client", help="Only the calls of this client.")
@click.option(
    "--levels", "percents", default=", ".join(map(str, LEVELS)), show_default=True, help="Alerts, in percent."
)
@click.option("--hard-stop", is_flag=True, help="The proxy refuses further calls when it is used up.")
@click.pass_context
def set_(
    ctx: click.Context,
    name: str,
    dollars: str,
    period: str | None,
    begins: date | None,
    ends: date | None,
    tag: str | None,
    model: str | None,
    client: str | None,
    percents: str,
    hard_stop: bool,
) -> None:
    """Keep a budget of NAME: so many DOLLARS a period. One of the same name is replaced."""
    given = {Scope.TAG: tag, Scope.MODEL: model, Scope.CLIENT: client}
    scopes = [(scope, value) for scope, value in given.items() if value]
    if len(scopes) > 1:
        raise click.UsageError("A budget is for one tag, one model or one client.")
    scope, scope_name = scopes[0] if scopes else (Scope.ALL, "")
    fixed = begins is not None or ends is not None
    wanted = checked(
        Budget(
            name=name,
            amount=amount(dollars),
            period=Period(period) if period else Period.FIXED if fixed else Period.MONTH,
            scope=scope,
            scope_name=scope_name or "",
            levels=levels(percents),
            hard_stop=hard_stop,
            begins=begins,
            ends=ends,
        )
    )
    kept = context.run(ctx, lambda parts: parts.kept.budgets.keep(wanted))
    context.say(f"{kept.name}: {runway_words.dollars(kept.amount)}, {_scope(kept)}")


@budget.command()
@click.argument("name")
@click.pass_context
def delete(ctx: click.Context, name: str) -> None:
    """Delete the budget of NAME."""

    async def work(parts: Parts) -> None:
        await parts.kept.budgets.delete((await _named(parts, name)).id)

    context.run(ctx, work)
    context.say("deleted")


@budget.command()
@click.argument("name")
@click.option("--again", is_flag=True, help="Let it stop calls again.")
@click.pass_context
def lift(ctx: click.Context, name: str, again: bool) -> None:
    """Lift the hard stop of the budget of NAME until its period ends."""

    async def work(parts: Parts) -> datetime | None:
        found = await _named(parts, name)
        states = (await parts.board.status()).outlook.budgets
        until = next((state.until for state in states if state.budget.id == found.id), None)
        if until is None:
            raise NotFound("Its period does not hold now: it stops nothing.")
        await parts.kept.budgets.lift(found.id, None if again else until)
        return until

    until = context.run(ctx, work)
    context.say("it stops calls again" if again else f"lifted until {words.moment(until)}")


async def _named(parts: Parts, name: str) -> Budget:
    """Raises: NotFound."""
    for one in await parts.kept.budgets.all():
        if one.name.lower() == name.strip().lower():
            return one
    raise NotFound(f"There is no budget of the name “{name}”.")


def _scope(one: Budget) -> str:
    return "all calls" if one.scope is Scope.ALL else f"{one.scope} {one.scope_name}"
