"""`claudetray status`: what is known now; never the network."""

import sys

import click

from claudetray.cli import context
from claudetray.core import contract, runway_words, words
from claudetray.core.health import Health
from claudetray.core.reading import PAID, PROMOTIONAL
from claudetray.core.session import described
from claudetray.core.status import Status
from claudetray.services.local_zone import local_zone
from claudetray.services.parts import Parts

EXIT = {Health.HEALTHY: 0, Health.CAUTION: 10, Health.WARNING: 11, Health.CRITICAL: 12, Health.UNKNOWN: 13}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--check", is_flag=True, help="Exit 0 healthy, 10 caution, 11 warning, 12 critical, 13 unknown or stale.")
@click.pass_context
def status(ctx: click.Context, as_json: bool, check: bool) -> None:
    """What is known now; never the network."""

    async def work(parts: Parts) -> tuple[Status, bool]:
        return await parts.board.status(), parts.monitored()

    known, monitored = context.run(ctx, work, "status" if as_json else None)
    if as_json:
        context.say_json("status", **contract.status(known, monitored))
    else:
        for label, text in lines(known, monitored):
            context.say(f"{label + ':':<14} {text}")
    if check:
        # A healthy balance of days ago proves nothing; a critical one still calls for somebody.
        sys.exit(EXIT[Health.UNKNOWN if known.stale and known.health is not Health.CRITICAL else known.health])


def lines(known: Status, monitored: bool) -> list[tuple[str, str]]:
    """(label, text) pairs for people."""
    found = [("Balance", words.money(known.left)), ("Health", f"{known.health}: {known.assessment.reason}")]
    found.append(("Runway", runway_words.line(known.outlook.forecast, local_zone())))
    for state in known.outlook.budgets:
        refuses = ", refuses calls" if state.stops(known.now) else ""
        amount = runway_words.dollars(state.budget.amount)
        found.append(("Budget", f"{state.budget.name}, {state.percent} % of {amount}{refuses}"))
    if known.reading:
        for key in (PAID, PROMOTIONAL):
            if balance := known.reading.balance(key):
                found.append((balance.label, words.money(balance.left)))
        if spend := known.reading.spend:
            found.append((spend.label, words.money(spend.spent)))
        if known.reading.next_expires_at:
            found.append(("Next expiry", words.day(known.reading.next_expires_at)))
        age = words.ago(known.now - known.reading.taken_at)
        found.append(
            ("Last reading", f"{age}{' (stale)' if known.stale else ''}, {words.moment(known.reading.taken_at)}")
        )
    if known.account:
        found.append(("Account", f"{known.account.name or known.account.organization}, {known.account.host}"))
    found.append(("Session", described(known.session, known.now)))
    if known.failure:
        found.append(("Last look", f"{known.failure.title}: {known.failure.message}"))
    if not monitored:
        found.append(("Next look", f"no monitor is running ({known.plan.reason})"))
    elif known.plan.paused:
        found.append(("Next look", "paused"))
    else:
        found.append(("Next look", f"{words.moment(known.plan.next_look_at)} ({known.plan.reason})"))
    return found
