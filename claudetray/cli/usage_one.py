"""`claudetray usage show` and `usage tag`: one call."""

import click

from claudetray.cli import context
from claudetray.core import usage_contract, words
from claudetray.core.body import Bodies
from claudetray.core.errors import NotFound
from claudetray.core.usage import UsageRecord
from claudetray.services.parts import Parts
from claudetray.services.tagging import named


@click.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--bodies", is_flag=True, help="What was asked and answered, where that is kept.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def show(ctx: click.Context, number: int, bodies: bool, as_json: bool) -> None:
    """Everything on record of one call."""

    async def work(parts: Parts) -> tuple[UsageRecord, Bodies | None]:
        record = await parts.kept.usage.one(number)
        if record is None:
            raise NotFound("There is no record of that number.")
        return record, await parts.kept.bodies.one(number) if bodies else None

    record, kept = context.run(ctx, work, "usage_record" if as_json else None)
    values = usage_contract.record(record)
    shown = usage_contract.bodies(kept)
    if as_json:
        context.say_json("usage_record", **values, **({"bodies": shown} if bodies else {}))
        return
    for name, value in values.items():
        context.say(f"{name.replace('_', ' ') + ':':<24} {_text(value)}")
    if bodies and shown is None:
        context.say(
            "No bodies are kept of it; `claudetray settings set proxy.keep_bodies true` does that for later calls."
        )
    elif bodies and shown is not None:
        for part in ("request", "answer"):
            context.say(f"\n{part}{' (the rest was cut)' if shown[f'{part}_cut'] else ''}:\n{shown[part]}")


@click.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--add", "added", default="", help="Tags, with commas between them.")
@click.option("--remove", "removed", default="", help="Tags, with commas between them.")
@click.pass_context
def tag(ctx: click.Context, number: int, added: str, removed: str) -> None:
    """Give a call tags by hand, or take them away."""
    if not named(added) and not named(removed):
        raise click.UsageError("Name tags to --add or to --remove.")

    async def work(parts: Parts) -> UsageRecord:
        record = await parts.kept.usage.tag(number, add=named(added), remove=named(removed))
        if record is None:
            raise NotFound("There is no record of that number.")
        return record

    record = context.run(ctx, work)
    context.say(f"Tags: {', '.join(record.tags) or 'none'}.")


def _text(value: object) -> str:
    match value:
        case None:
            return words.DASH
        case bool():
            return "yes" if value else "no"
        case {"amount": amount, "currency": currency}:
            return f"{amount} {currency}"
        case list():
            return ", ".join(str(item) for item in value) or words.DASH
        case dict():
            return "; ".join(f"{key}: {_text(item)}" for key, item in value.items()) or words.DASH
    return str(value)
