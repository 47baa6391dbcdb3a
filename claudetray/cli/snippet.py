"""`claudetray snippet`: read a pasted request; keep it."""

import click

from claudetray.cli import context
from claudetray.core.errors import ClaudetrayError, SnippetRefused
from claudetray.core.request import CREDITS_PATH, Snippet
from claudetray.services.parts import Parts


@click.group()
def snippet() -> None:
    """The request copied from the browser."""


@snippet.command()
@click.argument("file", default="-")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (it always does).")
@click.pass_context
def check(ctx: click.Context, file: str, as_json: bool) -> None:
    """Read a snippet from FILE or standard input, and say what it holds; keep nothing."""
    _read(ctx, file, keep=False)


@snippet.command(name="set")
@click.argument("file", default="-")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (it always does).")
@click.pass_context
def set_(ctx: click.Context, file: str, as_json: bool) -> None:
    """Read a snippet from FILE or standard input, and keep it, encrypted."""
    _read(ctx, file, keep=True)


def _read(ctx: click.Context, file: str, keep: bool) -> None:
    text = context.text_of(file)

    async def work(parts: Parts) -> Snippet:
        found = parts.connection.understood(text)
        if keep:
            await context.ensure_lasting(parts)
            await parts.connection.keep(found)
        return found

    try:
        found = context.run(ctx, work)
    except SnippetRefused as error:
        context.fail(error, "snippet", reason=error.reason)
    except ClaudetrayError as error:
        context.fail(error, "snippet")
    request = found.request
    context.say_json(
        "snippet",
        ok=True,
        kept=keep,
        copied_as=found.copied_as,
        method="GET",
        host=request.host,
        path=request.path() if request.organization else CREDITS_PATH,
        organization=request.organization,
        headers=[name for name, _ in request.headers],
        cookies=[cookie.name for cookie in request.cookies],
        notes=list(found.notes),
    )
