"""`claudetray balance`: a balance told by hand, and the ledger."""

from datetime import datetime
from decimal import Decimal

import click

from claudetray.cli import context
from claudetray.cli.moment import Moment
from claudetray.core import contract, runway_contract, runway_words, words
from claudetray.core.errors import SettingRefused
from claudetray.core.ledger import LedgerEntry
from claudetray.core.money import Money, decimal
from claudetray.core.status import Status
from claudetray.services.by_hand import BalanceByHand
from claudetray.services.parts import Parts

_currency = click.option("--currency", default="USD", show_default=True, help="ISO 4217.")
_expires = click.option("--expires", type=Moment(), help="When this credit lapses.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def balance() -> None:
    """The balance, told by hand, and its history."""


@balance.command("set")
@click.argument("amount")
@_currency
@click.option("--at", type=Moment(), help="When that much was left; by default now.")
@click.option("--total", help="What it is the rest of.")
@_expires
@_as_json
@click.pass_context
def set_(
    ctx: click.Context,
    amount: str,
    currency: str,
    at: datetime | None,
    total: str | None,
    expires: datetime | None,
    as_json: bool,
) -> None:
    """So much is left: AMOUNT. What is missing since the balance before was spent."""
    left = Money(_amount(amount), _code(currency))
    whole = Money(_amount(total), left.currency) if total else None
    _told(ctx, as_json, lambda by_hand: by_hand.set(left, at, whole, expires))


@balance.command()
@click.argument("amount")
@_currency
@_expires
@_as_json
@click.pass_context
def topup(ctx: click.Context, amount: str, currency: str, expires: datetime | None, as_json: bool) -> None:
    """AMOUNT was bought, beside what is left."""
    more = Money(_amount(amount), _code(currency))
    _told(ctx, as_json, lambda by_hand: by_hand.top_up(more, expires))


@balance.command()
@click.argument("amount")
@_currency
@_as_json
@click.pass_context
def correct(ctx: click.Context, amount: str, currency: str, as_json: bool) -> None:
    """AMOUNT is left, and what was known before was wrong: the difference was never spent."""
    left = Money(_amount(amount), _code(currency))
    _told(ctx, as_json, lambda by_hand: by_hand.correct(left))


@balance.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many entries.")
@_as_json
@click.pass_context
def list_(ctx: click.Context, limit: int, as_json: bool) -> None:
    """The ledger: each balance, who told it, and what moved it; newest first."""

    async def work(parts: Parts) -> tuple[LedgerEntry, ...]:
        account = await parts.kept.accounts.watched()
        return await parts.kept.ledger.latest(account.id, limit) if account else ()

    found = context.run(ctx, work, "ledger" if as_json else None)
    if as_json:
        context.say_json("ledger", entries=[runway_contract.entry(one) for one in found])
        return
    for one in found:
        moved = ", ".join(
            f"{name} {runway_words.money(amount, one.balance.currency)}" for name, amount in _moves(one) if amount
        )
        context.say(
            f"{words.moment(one.at)}  {words.money(one.balance):>12}  {one.source}  {one.kind}  {moved}".rstrip()
        )
    if not found:
        context.say("no balance yet")


def _moves(entry: LedgerEntry) -> tuple[tuple[str, Decimal], ...]:
    return (
        ("spent", entry.spent),
        ("unmeasured", entry.unmeasured if entry.measured else Decimal(0)),
        ("added", entry.added),
        ("expired", entry.expired),
        ("corrected", entry.corrected),
    )


def _told(ctx: click.Context, as_json: bool, tell: "context.Telling[BalanceByHand]") -> None:
    async def work(parts: Parts) -> tuple[Status, bool]:
        await tell(parts.kept.by_hand(parts.clock))
        await parts.kept.watcher.check()
        return await parts.board.status(), parts.monitored()

    known, monitored = context.run(ctx, work, "status" if as_json else None)
    if as_json:
        context.say_json("status", **contract.status(known, monitored))
    else:
        context.say(f"{words.money(known.left)}: {known.assessment.reason}")


def _amount(text: str) -> Decimal:
    """Raises: SettingRefused."""
    try:
        amount = decimal(text.strip().removeprefix("$"))
        Money(amount).micros()
    except ValueError:
        raise SettingRefused("The balance is a number such as 42.50, with at most six decimals.") from None
    return amount


def _code(text: str) -> str:
    """Raises: SettingRefused."""
    code = text.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise SettingRefused("The currency is three letters, such as USD.")
    return code
