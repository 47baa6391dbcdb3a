"""`claudetray usage`: the records of calls; entered by hand, imported, made up, priced again, deleted."""

from datetime import datetime
from typing import Any

import click

from claudetray.cli import context
from claudetray.cli.moment import Moment
from claudetray.cli.usage_one import show, tag
from claudetray.core import usage_contract, words
from claudetray.core.usage import CallState, Origin, Tokens, UsagePage, UsageQuery, UsageRecord
from claudetray.services import importing, simulator
from claudetray.services.importing import Imported
from claudetray.services.parts import Parts
from claudetray.services.tagging import named
from claudetray.services.usage_desk import Entry, Repriced, priced

TOKENS = click.IntRange(0, 10**9)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def usage() -> None:
    """The records of calls."""


@usage.command("list")
@click.argument("search", nargs=-1)
@click.option("--from", "since", type=Moment(), help="Begun then or later.")
@click.option("--to", "until", type=Moment(), help="Begun before.")
@click.option("--model", help="The model that answered.")
@click.option("--client", help="The client's user agent.")
@click.option("--tag", "tag_name", help="With this tag.")
@click.option("--origin", type=click.Choice([origin.value for origin in Origin]), help="Where it came from.")
@click.option("--state", type=click.Choice([state.value for state in CallState]), help="How it ended.")
@click.option("--unpriced", is_flag=True, help="Only calls without a price.")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many at most.")
@click.option("--cursor", help="Where the last list ended.")
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    search: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    model: str | None,
    client: str | None,
    tag_name: str | None,
    origin: str | None,
    state: str | None,
    unpriced: bool,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """Calls, newest first; words to SEARCH for narrow them down."""
    query = UsageQuery(
        search=" ".join(search),
        since=since,
        until=until,
        model=model,
        client=client,
        tag=tag_name,
        origin=Origin(origin) if origin else None,
        state=CallState(state) if state else None,
        unpriced=True if unpriced else None,
    )

    async def work(parts: Parts) -> UsagePage:
        return await parts.kept.usage.page(query, cursor, limit)

    page = context.run(ctx, work, "usage" if as_json else None)
    if as_json:
        context.say_json("usage", **usage_contract.page(page))
        return
    for record in page.items:
        context.say(line(record))
    if not page.items:
        context.say("No calls.")
    if page.next_cursor:
        context.say(f"More: --cursor {page.next_cursor}")


@usage.command()
@click.argument("model")
@click.option("--input", "input_tokens", type=TOKENS, default=0, help="Input tokens, without those of the cache.")
@click.option("--output", type=TOKENS, default=0, help="Output tokens.")
@click.option("--cache-read", type=TOKENS, default=0, help="Tokens read from the cache.")
@click.option("--cache-write-5m", type=TOKENS, default=0, help="Tokens written to the cache for 5 minutes.")
@click.option("--cache-write-1h", type=TOKENS, default=0, help="Tokens written to the cache for an hour.")
@click.option("--tags", default="", help="Tags, with commas between them.")
@click.option("--at", type=Moment(), help="When: a day, or a time in RFC 3339. Default: now.")
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    model: str,
    input_tokens: int,
    output: int,
    cache_read: int,
    cache_write_5m: int,
    cache_write_1h: int,
    tags: str,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Enter a call of MODEL by hand."""
    if not model.strip():
        raise click.UsageError("The model has no name.")

    async def work(parts: Parts) -> UsageRecord:
        return await parts.usage.add(
            Entry(
                model=model.strip(),
                tokens=Tokens(
                    input=input_tokens,
                    output=output,
                    cache_read=cache_read,
                    cache_write_5m=cache_write_5m,
                    cache_write_1h=cache_write_1h,
                ),
                at=at or parts.clock(),
                tags=named(tags),
            )
        )

    record = context.run(ctx, work, "usage_record" if as_json else None)
    if as_json:
        context.say_json("usage_record", **usage_contract.record(record))
    else:
        context.say(line(record))


@usage.command("import")
@click.argument("file")
@json_option
@click.pass_context
def import_(ctx: click.Context, file: str, as_json: bool) -> None:
    """Records from a FILE (- for standard input): CSV, JSON or JSON lines. Doing it twice changes nothing."""
    text = context.text_of(file)

    async def work(parts: Parts) -> Imported:
        return await importing.imported(parts.usage, text)

    done = context.run(ctx, work, "usage_import" if as_json else None)
    if as_json:
        refused: list[dict[str, Any]] = [{"row": row.row, "message": row.message} for row in done.refused]
        context.say_json(
            "usage_import",
            ok=True,
            added=done.added,
            known=done.known,
            refused=refused,
            refused_count=done.refused_count,
        )
        return
    context.say(f"{done.added} added, {done.known} known before, {done.refused_count} refused.")
    for row in done.refused:
        click.echo(f"Row {row.row}: {row.message}", err=True)
    if (more := done.refused_count - len(done.refused)) > 0:
        click.echo(f"And {more} more.", err=True)


@usage.command()
@click.option("--calls", type=click.IntRange(1, simulator.MOST_CALLS), default=100, show_default=True, help="How many.")
@click.option("--days", type=click.IntRange(1, simulator.MOST_DAYS), default=7, show_default=True, help="Spread over.")
@click.option("--remove", is_flag=True, help="Delete every simulated call instead.")
@click.pass_context
def simulate(ctx: click.Context, calls: int, days: int, remove: bool) -> None:
    """Made-up calls, for demos: labeled so, and in no real total."""

    async def work(parts: Parts) -> int:
        if remove:
            return await parts.kept.usage.delete(UsageQuery(origin=Origin.SIMULATED))
        prices = await parts.usage.prices()
        made = [priced(record, prices) for record in simulator.calls(calls, days, parts.clock())]
        return len(await parts.usage.keep(made))

    count = context.run(ctx, work)
    context.say(f"{count} simulated calls {'deleted' if remove else 'added'}.")


@usage.command()
@json_option
@click.pass_context
def reprice(ctx: click.Context, as_json: bool) -> None:
    """Price every call on record again, each with the prices of its day."""

    async def work(parts: Parts) -> Repriced:
        return await parts.usage.reprice()

    done = context.run(ctx, work, "usage_reprice" if as_json else None)
    if as_json:
        context.say_json("usage_reprice", ok=True, seen=done.seen, changed=done.changed, unpriced=done.unpriced)
    else:
        context.say(
            f"{done.seen} calls priced again, {done.changed} cost something else now, {done.unpriced} unpriced."
        )


usage.add_command(show)
usage.add_command(tag)


@usage.command()
@click.argument("ids", nargs=-1, required=True, type=click.IntRange(1))
@click.pass_context
def delete(ctx: click.Context, ids: tuple[int, ...]) -> None:
    """Delete records by their numbers, and what they added to the sums."""

    async def work(parts: Parts) -> int:
        return await parts.kept.usage.delete(ids)

    context.say(f"{context.run(ctx, work)} deleted.")


def line(record: UsageRecord) -> str:
    """A call for people, in a line."""
    took = words.took(record.duration) if record.duration else ""
    parts = (
        f"{record.id or 0:>6}",
        words.moment(record.started_at),
        f"{record.state:<11}",
        record.model or record.path,
        words.tokens(record.tokens),
        words.pico(record.cost_pico) if record.cost_pico is not None else "unpriced",
        took,
        f"[{', '.join(record.tags)}]" if record.tags else "",
        f"({record.origin})" if record.origin is not Origin.PROXY else "",
        record.error.kind if record.error else "",
    )
    return "  ".join(part for part in parts if part)


@click.command()
@click.option("--format", "form", type=click.Choice(["csv", "json", "jsonl"]), default="csv", show_default=True)
@click.option("--from", "since", type=Moment(), help="Begun then or later.")
@click.option("--to", "until", type=Moment(), help="Begun before.")
@click.option("--output", "file", default="-", help="A file; standard output by default.")
@click.pass_context
def export(ctx: click.Context, form: str, since: datetime | None, until: datetime | None, file: str) -> None:
    """Every call on record, oldest first; `usage import` reads it again."""
    from claudetray.services.exporting import exported

    async def work(parts: Parts) -> None:
        with click.open_file(file, "w", encoding="utf-8", atomic=file != "-") as out:
            async for text in exported(parts.kept.usage, UsageQuery(since=since, until=until), form):
                out.write(text)

    context.run(ctx, work)
