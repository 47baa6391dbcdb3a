"""`claudetray login` and `claudetray logout`: the Console session."""

from datetime import datetime

import click

from claudetray.cli import context
from claudetray.cli.context import Launcher
from claudetray.core import contract, json_values, words
from claudetray.core.errors import SignInFailed
from claudetray.core.look import Plan, Trigger
from claudetray.core.status import Status
from claudetray.services.look_now import looked
from claudetray.services.parts import Parts
from claudetray.services.refresher import Outcome
from claudetray.services.sign_in import INSTEAD, NO_CREDIT, SignInResult

REASONS = {
    SignInResult.CLOSED: "The window was closed before anybody was signed in.",
    SignInResult.NO_CREDIT: NO_CREDIT,
    SignInResult.NOT_CHOSEN: "The window was closed before an organization was chosen.",
    SignInResult.SNIPPET_ASKED: "Give the snippet with `claudetray snippet set -`, or paste it in Settings.",
}


@click.command()
@click.option("--refresh", is_flag=True, help="Renew the session that is kept, without a window.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def login(ctx: click.Context, refresh: bool, as_json: bool) -> None:
    """Sign in to the Console in a window; the session is kept, encrypted."""
    schema = "login" if as_json else None
    launcher: Launcher = ctx.find_root().obj

    async def work(parts: Parts) -> tuple[Status, Outcome]:
        await (parts.sessions.refresh() if refresh else signed_in(parts))
        outcome, _ = await looked(parts, Trigger.CHANGED)
        return await parts.board.status(), outcome

    async def signed_in(parts: Parts) -> None:
        await context.ensure_lasting(parts)
        if not launcher.display():
            raise SignInFailed(f"There is no display here to show the sign-in page on. {INSTEAD}")
        result = await parts.sign_in.run()
        if result is not SignInResult.SIGNED_IN:
            raise SignInFailed(REASONS.get(result, "The window is open already."))

    status, outcome = context.run(ctx, work, schema)
    _say("The session works" if refresh else "Signed in", status, outcome, as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def logout(ctx: click.Context, as_json: bool) -> None:
    """Wipe the session from the vault; balances and settings stay."""

    async def work(parts: Parts) -> bool:
        wiped = await parts.sessions.sign_out()
        await parts.refresher.keep_plan(Plan(next_look_at=None, reason="signed out"))
        return wiped

    wiped = context.run(ctx, work, "logout" if as_json else None)
    if as_json:
        context.say_json("logout", ok=True, wiped=wiped)
    elif wiped:
        context.say("Signed out: the session is wiped from the vault.")
        context.say("For the Console it lives on until it expires; to end it everywhere, sign out there as well.")
    else:
        context.say("There was no session.")


def _say(what: str, status: Status, outcome: Outcome, as_json: bool) -> None:
    left = outcome.look.left
    if as_json:
        context.say_json("login", ok=True, session=contract.session(status), balance=json_values.money(left))
        return
    done = f"{what}{_until(status.session.ends_at)}."
    if outcome.error is not None:
        context.say(f"{done} But: {outcome.error.title}: {outcome.error.message}")
    else:
        context.say(f"{done} {words.money(left)}")


def _until(ends_at: datetime | None) -> str:
    return f", until {words.day(ends_at)}" if ends_at else ""
