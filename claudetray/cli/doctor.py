"""`claudetray doctor`: a redacted diagnosis, fit to be attached to a report; and the self-test."""

import sys

import click

from claudetray import __version__
from claudetray.cli import context
from claudetray.core.redaction import redacted
from claudetray.services.diagnosis import as_text, diagnosis


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--self-test", "tests", is_flag=True, help="Try every part of this installation once, and change nothing."
)
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, tests: bool) -> None:
    """A redacted diagnosis: versions, what is set up, what the last looks brought."""
    if tests:
        _self_test(ctx.find_root().obj, as_json)
        return
    findings = context.run(ctx, diagnosis, "doctor" if as_json else None)
    if as_json:
        context.say_json("doctor", **findings)
        return
    context.say(as_text(findings))


def _self_test(launcher: context.Launcher, as_json: bool) -> None:
    """A line for each part; ends with exit code 1 at the first that does not work."""
    lines: list[context.SelfTested] = []

    def heard(line: context.SelfTested) -> None:
        lines.append(line)
        if not as_json:
            mark = "ok    " if line.good else "FAILED"
            context.say(redacted(f"{mark}  {line.part:<14} {line.word} ({line.seconds:.1f} s)"))

    works = launcher.self_test(heard)
    if as_json:
        parts = [{"part": line.part, "ok": line.good, "word": redacted(line.word)} for line in lines]
        context.say_json("self-test", ok=works, version=__version__, parts=parts)
    if not works:
        sys.exit(context.FAILED)
