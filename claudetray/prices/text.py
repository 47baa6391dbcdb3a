"""Prices as JSON text, and back: a helper process reads the library, so that the server need not carry it."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from claudetray.core.rates import LongPrompt, Price, PriceTable, Rates


def to_json(table: PriceTable) -> str:
    return json.dumps({"version": table.version, "prices": [asdict(price) for price in table.prices]}, default=str)


def from_json(text: str | bytes) -> PriceTable:
    """Raises: ValueError when it is not what `to_json` wrote."""
    try:
        kept = json.loads(text)
        return PriceTable(kept["version"], [_price(price) for price in kept["prices"]])
    except (KeyError, TypeError) as error:
        raise ValueError("not a price table") from error


def _price(kept: dict[str, Any]) -> Price:
    long, fast = kept["long"], kept["fast"]
    return Price(
        names=tuple(kept["names"]),
        rates=Rates(**kept["rates"]),
        since=_day(kept["since"]),
        until=_day(kept["until"]),
        long=LongPrompt(above=long["above"], rates=Rates(**long["rates"])) if long else None,
        fast=Rates(**fast) if fast else None,
        web_search=kept["web_search"],
        source=kept["source"],
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
