"""`claudetray balance`: a balance set by hand, for those who do not sign in."""

from decimal import Decimal

import click

from claudetray.cli import context
from claudetray.core import contract, words
from claudetray.core.errors import SettingRefused
from claudetray.core.money import Money, decimal
from claudetray.core.status import Status
from claudetray.services.by_hand import BalanceByHand
from claudetray.services.parts import Parts


@click.group()
def balance() -> None:
    """The balance, set by hand."""


@balance.command("set")
@click.argument("amount")
@click.option("--currency", default="USD", show_default=True, help="ISO 4217.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def set_(ctx: click.Context, amount: str, currency: str, as_json: bool) -> None:
    """Set the balance to AMOUNT. A look at the Console goes before it."""
    left = Money(_amount(amount), _currency(currency))

    async def work(parts: Parts) -> tuple[Status, bool]:
        await BalanceByHand(parts.kept.accounts, parts.kept.looks, parts.preferences, parts.clock).set(left)
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


def _currency(text: str) -> str:
    """Raises: SettingRefused."""
    code = text.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise SettingRefused("The currency is three letters, such as USD.")
    return code
