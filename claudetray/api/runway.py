"""The runway over the local API: forecast, ledger, budgets, rules, recommendations; a balance told by hand."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from aiohttp import web

from claudetray.api.desk import Desk
from claudetray.api.endpoint import bodied, numbered, queried, said
from claudetray.api.runway_shapes import (
    AlertsSeen,
    BalanceEntry,
    BudgetEntry,
    BudgetLift,
    LedgerFilters,
    RuleChange,
    TopUpEntry,
)
from claudetray.api.state import status
from claudetray.core import alert_rules, runway_contract
from claudetray.core.budget import Budget, checked
from claudetray.core.errors import NotFound
from claudetray.core.money import Money


async def forecast(request: web.Request, desk: Desk) -> web.StreamResponse:
    await desk.settled()
    known = await desk.kept.board.status()
    return said(runway_contract.forecast(known.outlook.forecast, known.left))


async def ledger(request: web.Request, desk: Desk) -> web.StreamResponse:
    account = await desk.kept.accounts.watched()
    limit = queried(request, LedgerFilters).limit
    found = await desk.kept.ledger.latest(account.id, limit) if account else ()
    return said({"items": [runway_contract.entry(one) for one in found], "next_cursor": None})


async def set_balance(request: web.Request, desk: Desk) -> web.StreamResponse:
    """So much is left; the next look goes before it."""
    entry = await bodied(request, BalanceEntry)
    left = Money(Decimal(entry.amount), entry.currency)
    total = Money(Decimal(entry.total), entry.currency) if entry.total is not None else None
    await desk.kept.by_hand(desk.clock).set(left, entry.at, total, entry.expires_at)
    return await _after(request, desk)


async def top_up(request: web.Request, desk: Desk) -> web.StreamResponse:
    entry = await bodied(request, TopUpEntry)
    await desk.kept.by_hand(desk.clock).top_up(Money(Decimal(entry.amount), entry.currency), entry.expires_at)
    return await _after(request, desk)


async def correct(request: web.Request, desk: Desk) -> web.StreamResponse:
    entry = await bodied(request, TopUpEntry)
    await desk.kept.by_hand(desk.clock).correct(Money(Decimal(entry.amount), entry.currency))
    return await _after(request, desk)


async def budgets(request: web.Request, desk: Desk) -> web.StreamResponse:
    """Those whose period holds now with what is spent of them; fixed ones that rest are named beside them."""
    await desk.settled()
    states = (await desk.kept.board.status()).outlook.budgets
    active = {state.budget.id for state in states}
    resting = [one for one in await desk.kept.budgets.all() if one.id not in active]
    return said(
        {
            "items": [runway_contract.budget_state(state) for state in states],
            "resting": [runway_contract.budget(one) for one in resting],
            "next_cursor": None,
        }
    )


async def add_budget(request: web.Request, desk: Desk) -> web.StreamResponse:
    return await _keep(desk, await bodied(request, BudgetEntry), 0, 201)


async def change_budget(request: web.Request, desk: Desk) -> web.StreamResponse:
    number = numbered(request)
    return await _keep(desk, await bodied(request, BudgetEntry), number, 200)


async def delete_budget(request: web.Request, desk: Desk) -> web.StreamResponse:
    if not await desk.kept.budgets.delete(numbered(request)):
        raise NotFound("There is no budget of that number.")
    await desk.changed()
    return said({"deleted": 1})


async def lift(request: web.Request, desk: Desk) -> web.StreamResponse:
    """Lift a hard stop until the period ends, or set it again."""
    number, again = numbered(request), (await bodied(request, BudgetLift)).again
    states = (await desk.kept.board.status()).outlook.budgets
    until = next((state.until for state in states if state.budget.id == number), None)
    if until is None:
        raise NotFound("There is no budget of that number whose period holds now.")
    kept = await desk.kept.budgets.lift(number, None if again else until)
    await desk.changed()
    return said(runway_contract.budget(kept))


async def rules(request: web.Request, desk: Desk) -> web.StreamResponse:
    found = await desk.kept.preferences.rules()
    return said({"items": [runway_contract.rule(one) for one in found], "next_cursor": None})


async def change_rule(request: web.Request, desk: Desk) -> web.StreamResponse:
    """What is left out stays as it is."""
    change = await bodied(request, RuleChange)
    found = next(one for one in await desk.kept.preferences.rules() if one.kind.value == change.kind.value)
    if change.enabled is not None:
        found = replace(found, enabled=change.enabled)
    if change.marks is not None:
        found = replace(found, marks=tuple(Decimal(mark) for mark in change.marks))
    if change.all_channels:
        found = replace(found, channels=None)
    elif change.channels is not None:
        found = replace(found, channels=tuple(change.channels))
    if change.quiet is not None:
        found = replace(found, quiet=change.quiet)
    if change.cooldown_minutes is not None:
        found = replace(found, cooldown=timedelta(minutes=change.cooldown_minutes))
    if change.snoozed_until is not None:
        found = replace(found, snoozed_until=change.snoozed_until)
    kept = alert_rules.checked(found)
    await desk.kept.preferences.keep_rules([kept])
    return said(runway_contract.rule(kept))


async def acknowledge(request: web.Request, desk: Desk) -> web.StreamResponse:
    """Somebody has seen these alerts."""
    ids = (await bodied(request, AlertsSeen)).ids
    return said({"acknowledged": await desk.kept.alerts.acknowledge(ids, desk.clock())})


async def advice(request: web.Request, desk: Desk) -> web.StreamResponse:
    from claudetray.services.advisor import advice as found  # seldom asked for

    await desk.settled()
    items = await found(desk.kept, await desk.kept.board.status(), desk.clock)
    return said({"items": [runway_contract.recommendation(one) for one in items], "next_cursor": None})


async def _keep(desk: Desk, entry: BudgetEntry, number: int, status: int) -> web.StreamResponse:
    wanted = checked(
        Budget(
            id=number,
            name=entry.name,
            amount=Decimal(entry.amount),
            period=entry.period,
            scope=entry.scope,
            scope_name=entry.scope_name or "",
            levels=tuple(entry.levels),
            hard_stop=entry.hard_stop,
            begins=entry.begins,
            ends=entry.ends,
        )
    )
    kept = await desk.kept.budgets.keep(wanted)
    await desk.changed()
    return said(runway_contract.budget(kept), status)


async def _after(request: web.Request, desk: Desk) -> web.StreamResponse:
    await desk.kept.watcher.check()
    await desk.changed()
    return await status(request, desk)
