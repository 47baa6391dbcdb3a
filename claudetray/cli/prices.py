"""`claudetray prices`: the person's own rates, which go before the published ones."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import click

from claudetray.cli import context
from claudetray.core import json_values, usage_contract
from claudetray.core.errors import SettingRefused
from claudetray.core.rates import READ, WRITE_1H, WRITE_5M, Price, PriceOverride, PriceTable
from claudetray.services.parts import Parts

PER_TOKEN = Decimal(10**6)


class Rate(click.ParamType[Decimal]):
    """Dollars per million tokens, with six decimals at most."""

    name = "dollars"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            rate = Decimal(str(value).strip().removeprefix("$"))
        except InvalidOperation:
            self.fail("A rate is a number of dollars per million tokens, such as 2.50.", param, ctx)
        exponent = rate.as_tuple().exponent
        if not rate.is_finite() or not 0 <= rate <= 10**6 or not isinstance(exponent, int) or exponent < -6:
            self.fail("A rate is a number from 0 to 1000000 with at most six decimals.", param, ctx)
        return rate


@click.group()
def prices() -> None:
    """Your own rates, and the published ones."""


@prices.command("list")
@click.option("--published", is_flag=True, help="The published rates of today as well.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def list_(ctx: click.Context, published: bool, as_json: bool) -> None:
    """Your own rates, and the models that calls could not be priced for."""

    async def work(
        parts: Parts,
    ) -> tuple[tuple[PriceOverride, ...], tuple[tuple[str, int], ...], PriceTable | None, datetime]:
        table = await parts.usage.prices() if published else None
        return await parts.kept.prices.all(), await parts.kept.usage.unpriced_models(), table, parts.clock()

    own, unpriced, table, now = context.run(ctx, work, "prices" if as_json else None)
    known = [] if table is None else _that_hold(table, now)
    if as_json:
        context.say_json(
            "prices",
            yours=[usage_contract.price(price) for price in own],
            unpriced=[{"model": model, "calls": calls} for model, calls in unpriced],
            published=[
                {
                    "model": price.names[0],
                    "input": json_values.plain(price.rates.input / PER_TOKEN),
                    "output": json_values.plain(price.rates.output / PER_TOKEN),
                    "cache_read": json_values.plain(price.rates.cache_read / PER_TOKEN),
                    "cache_write_5m": json_values.plain(price.rates.cache_write_5m / PER_TOKEN),
                    "cache_write_1h": json_values.plain(price.rates.cache_write_1h / PER_TOKEN),
                }
                for price in known
            ],
        )
        return
    for price in own:
        since = price.since.isoformat() if price.since else "always"
        cached = " / ".join(
            json_values.plain(rate) for rate in (price.cache_read, price.cache_write_5m, price.cache_write_1h)
        )
        paid = f"{json_values.plain(price.input)} in / {json_values.plain(price.output)} out"
        context.say(f"{price.id:>4}  {price.model}  {since}  {paid}  (cache read / 5 min / 1 h: {cached})")
    for model, calls in unpriced:
        context.say(f"unpriced: {model} ({calls} {'call' if calls == 1 else 'calls'})")
    for entry in known:
        context.say(
            f"{entry.names[0]:<28} {json_values.plain(entry.rates.input / PER_TOKEN)} in / "
            f"{json_values.plain(entry.rates.output / PER_TOKEN)} out"
        )
    if not own and not unpriced and table is None:
        context.say("No rates of yours, and no unpriced calls.")


def _that_hold(table: PriceTable, now: datetime) -> list[Price]:
    """The price of each model today: where several hold, the one that counts."""
    names = dict.fromkeys(price.names[0] for price in table.prices)
    return [price for name in names if (price := table.price(name, now)) is not None]


@prices.command("set")
@click.argument("model")
@click.option("--input", "input_rate", type=Rate(), required=True, help="Dollars per million input tokens.")
@click.option("--output", type=Rate(), required=True, help="Dollars per million output tokens.")
@click.option("--cache-read", type=Rate(), help="Default: a tenth of the input's.")
@click.option("--cache-write-5m", type=Rate(), help="Default: 1.25 times the input's.")
@click.option("--cache-write-1h", type=Rate(), help="Default: twice the input's.")
@click.option("--from", "since", help="From this day on, such as 2026-11-01. Default: always.")
@click.pass_context
def set_(
    ctx: click.Context,
    model: str,
    input_rate: Decimal,
    output: Decimal,
    cache_read: Decimal | None,
    cache_write_5m: Decimal | None,
    cache_write_1h: Decimal | None,
    since: str | None,
) -> None:
    """Set the rates of MODEL. `usage reprice` prices the calls on record again."""
    try:
        day = date.fromisoformat(since) if since else None
    except ValueError:
        raise click.UsageError("--from is a day such as 2026-11-01.") from None
    override = PriceOverride(
        model=model.strip(),
        since=day,
        input=input_rate,
        output=output,
        cache_read=input_rate * READ if cache_read is None else cache_read,
        cache_write_5m=input_rate * WRITE_5M if cache_write_5m is None else cache_write_5m,
        cache_write_1h=input_rate * WRITE_1H if cache_write_1h is None else cache_write_1h,
    )
    try:
        override.price()
    except ValueError as error:
        raise SettingRefused(f"The rates cannot be held exactly: {error}.") from error

    async def work(parts: Parts) -> PriceOverride:
        return await parts.kept.prices.keep(override)

    kept = context.run(ctx, work)
    context.say(f"Kept as number {kept.id}. `claudetray usage reprice` prices the calls on record again.")


@prices.command()
@click.argument("number", type=click.IntRange(1))
@click.pass_context
def remove(ctx: click.Context, number: int) -> None:
    """Take back a rate of yours."""

    async def work(parts: Parts) -> bool:
        return await parts.kept.prices.remove(number)

    if not context.run(ctx, work):
        raise SettingRefused("There is no rate of that number; `claudetray prices list` shows them.")
    context.say("Removed.")
