"""Values as the JSON of the contract shows them: money as decimal strings, times in RFC 3339, null for not known."""

from typing import Any

from claudetray.core import runway_contract
from claudetray.core.alert import Alert, Delivery
from claudetray.core.billing import Bill
from claudetray.core.json_values import money, pico, time
from claudetray.core.look import Look
from claudetray.core.reading import PAID, PROMOTIONAL, Reading
from claudetray.core.session import SessionState, renew_at
from claudetray.core.status import Status
from claudetray.core.thresholds import Threshold


def threshold(row: Threshold) -> dict[str, Any]:
    return {"balance": f"{row.at:f}", "minutes": row.minutes}


def look(value: Look) -> dict[str, Any]:
    failure = value.failure
    return {
        "at": time(value.started_at),
        "took_ms": int(value.took.total_seconds() * 1000),
        "trigger": value.trigger,
        "ok": failure is None,
        "balance": money(value.left),
        "error": {"kind": failure.kind, "title": failure.title, "message": failure.message} if failure else None,
    }


def reading(value: Reading | None) -> dict[str, Any]:
    """The parts of a balance; all null where there is no reading."""
    if value is None:
        return {"balance": None, "paid": None, "promotional": None, "spend": None, "next_expires_at": None,
                "taken_at": None, "tranches": [], "auto_reload": None}  # fmt: skip
    paid, promotional, spend, reload = (value.balance(PAID), value.balance(PROMOTIONAL), value.spend, value.auto_reload)
    return {
        "balance": money(value.left),
        "paid": money(paid.left if paid else None),
        "promotional": money(promotional.left if promotional else None),
        "spend": {**(money(spend.spent) or {}), "resets_at": time(spend.resets_at)} if spend else None,
        "next_expires_at": time(value.next_expires_at),
        "taken_at": time(value.taken_at),
        "tranches": [
            {
                "lot": lot.lot,
                "name": lot.name,
                "remaining": money(lot.remaining),
                "granted": money(lot.granted),
                "expires_at": time(lot.expires_at),
            }
            for lot in value.tranches
        ],
        "auto_reload": {"on": reload.on, "trouble": reload.trouble} if reload else None,
    }


def session(known: Status) -> dict[str, Any]:
    """What is known of the session. `organization` is the one whose balance is watched."""
    value, account = known.session, known.account
    watched = account is not None and value.state is not SessionState.SIGNED_OUT
    return {
        "state": value.state,
        "way": value.way,
        "since": time(value.since),
        "organization": {"uuid": account.organization, "name": account.name} if account and watched else None,
        "renewed_at": time(value.renewed_at),
        "ends_at": time(value.ends_at),
        "renews_at": time(renew_at(value)),
        "through_page_until": time(value.page_until) if value.through_page(known.now) else None,
        "page_looks_left_today": max(0, known.preferences.page_looks - known.visits),
    }


def status(value: Status, monitored: bool) -> dict[str, Any]:
    """Everything known now. `monitored`: does a monitor run for this home?"""
    account = value.account
    return {
        "health": value.health,
        "health_reason": value.assessment.reason,
        "condition": value.condition,
        "stale": value.stale,
        **reading(value.reading),
        "account": {"host": account.host, "organization": account.organization, "name": account.name}
        if account
        else None,
        "session": session(value),
        "last_look": look(value.looks[0]) if value.looks else None,
        "next_fetch_at": time(value.plan.next_look_at),
        "reason": value.plan.reason,
        "monitored": monitored,
        "paused": value.plan.paused and monitored,
        "thresholds": [threshold(row) for row in value.thresholds],
        **runway_contract.outlook(value.outlook),
    }


def spoken(value: Alert) -> dict[str, Any]:
    """An alert as a webhook is told it."""
    return {
        "id": value.id,
        "kind": value.kind,
        "health": value.health,
        "title": value.title,
        "body": value.body,
        "facts": [{"label": label, "text": text} for label, text in value.facts],
        "raised_at": time(value.raised_at),
    }


def alert(value: Alert, deliveries: tuple[Delivery, ...]) -> dict[str, Any]:
    """An alert as history has it."""
    return {
        **spoken(value),
        "acknowledged_at": time(value.acknowledged_at),
        "deliveries": [
            {
                "channel": delivery.channel,
                "state": delivery.state,
                "tries": delivery.tries,
                "due_at": time(delivery.due_at),
                "done_at": time(delivery.done_at),
                "trouble": delivery.trouble,
            }
            for delivery in deliveries
        ],
    }


def bill(value: Bill) -> dict[str, Any]:
    """The price of one answer; null where it is unpriced."""
    return {
        "model": value.model,
        "priced": value.cost_pico is not None,
        "cost": pico(value.cost_pico),
        "cost_pico_usd": value.cost_pico,
        "estimated": value.estimated,
        "parts": [
            {
                "what": part.what,
                "model": part.model,
                "count": part.count,
                "cost": pico(part.cost_pico),
                "cost_pico_usd": part.cost_pico,
            }
            for part in value.parts
        ],
        "flags": list(value.flags),
    }
