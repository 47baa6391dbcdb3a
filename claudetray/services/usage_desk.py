"""Usage that does not come through the proxy: entered by hand, imported, simulated; and pricing the history again."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from claudetray.core.billing import Answered, Bill, Flag, bill, with_flag
from claudetray.core.rates import PriceTable
from claudetray.core.usage import COUNT_TOKENS, CallState, Origin, Tokens, UsageRecord
from claudetray.services.tagging import Tagger, seen
from claudetray.store.prices import PricesKept
from claudetray.store.tags import TagsKept
from claudetray.store.usage import UsageKept

BATCH = 500
_LASTING = (Flag.DUPLICATE, Flag.API_EQUIVALENT, Flag.NOT_READ)  # flags that no price list changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody says of a call."""

    model: str
    tokens: Tokens
    at: datetime
    tags: tuple[str, ...] = ()
    client: str | None = None
    session: str | None = None
    project: str | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """How many records were looked at, how many cost something else now, and how many are still unpriced."""

    seen: int
    changed: int
    unpriced: int


class UsageDesk:
    """Adds, prices and tags. `published` finds the published prices; it is asked when they are first needed."""

    def __init__(
        self,
        usage: UsageKept,
        tags: TagsKept,
        overrides: PricesKept,
        published: Callable[[], Awaitable[PriceTable]],
    ) -> None:
        self._usage, self._tags, self._overrides, self._published = usage, tags, overrides, published

    async def prices(self) -> PriceTable:
        """The published prices, with the person's own before them."""
        return (await self._published()).overridden(await self._overrides.all())

    async def add(self, entry: Entry) -> UsageRecord:
        """Keep a call that was entered by hand. Raises: StoreError."""
        prices = await self.prices()
        record = UsageRecord(
            key=f"entry:{uuid4().hex}",
            origin=Origin.SIMULATED if entry.simulated else Origin.MANUAL,
            state=CallState.COMPLETE,
            started_at=entry.at,
            model=entry.model,
            requested_model=entry.model,
            tokens=entry.tokens,
            usage=usage_text(entry.tokens),
            client=entry.client,
            session=entry.session,
            project=entry.project,
            tags=entry.tags,
        )
        kept = await self.keep([priced(record, prices)])
        assert kept[0] is not None  # its key is new
        return kept[0]

    async def keep(self, records: Iterable[UsageRecord]) -> list[UsageRecord | None]:
        """Keep records with the tags that the rules give them; None for each that was there before."""
        tagger = Tagger(await self._tags.all())
        kept: list[UsageRecord | None] = []
        waiting = list(records)
        for place in range(0, len(waiting), BATCH):
            some = [_tagged(record, tagger) for record in waiting[place : place + BATCH]]
            kept += await self._usage.add(some)
        return kept

    async def reprice(self) -> Repriced:
        """Price every record that has usage again, with the prices of today's table for the day of the call."""
        prices = await self.prices()
        looked_at = changed = unpriced = 0
        after = 0
        while records := await self._usage.to_reprice(after, BATCH):
            updates = []
            for record in records:
                fresh = priced(record, prices)
                unpriced += fresh.cost_pico is None
                if (fresh.cost_pico, fresh.estimated, fresh.flags) != (
                    record.cost_pico,
                    record.estimated,
                    record.flags,
                ):
                    changed += 1
                if fresh != record:
                    assert record.id is not None
                    updates.append((record.id, fresh.cost_pico, fresh.estimated, fresh.flags, fresh.prices))
            if updates:
                await self._usage.reprice(updates)
            looked_at += len(records)
            after = records[-1].id or after
        return Repriced(seen=looked_at, changed=changed, unpriced=unpriced)


def _tagged(record: UsageRecord, tagger: Tagger) -> UsageRecord:
    ruled = tuple(name for name in tagger.tags(seen(record)) if name not in record.tags)
    return replace(record, tags=(*record.tags, *ruled), ruled=ruled)


def priced(record: UsageRecord, prices: PriceTable) -> UsageRecord:
    """The record at the prices of its day. What it says of itself (a duplicate, say) stays."""
    if record.usage is None:
        return record
    found = repriced_bill(record, prices)
    named = record.cost_pico if Flag.IMPORTED_COST in record.flags else None
    if found.cost_pico is None and named is not None:  # still better than none
        found = replace(with_flag(found, Flag.IMPORTED_COST), cost_pico=named, estimated=True)
    lasting = tuple(flag for flag in record.flags if flag in _LASTING)
    return replace(
        record,
        cost_pico=0 if Flag.DUPLICATE in record.flags and found.cost_pico is not None else found.cost_pico,
        estimated=found.estimated,
        flags=tuple(dict.fromkeys((*found.flags, *lasting))),
        prices=prices.version,
    )


def repriced_bill(record: UsageRecord, prices: PriceTable) -> Bill:
    """The bill of what is on record, at the prices of when it was answered.

    A free refusal is known by its flag: the answer's content is not kept.
    """
    try:
        usage = json.loads(record.usage or "null")
    except (ValueError, RecursionError):
        usage = None
    answered = Answered(
        model=record.model,
        usage=usage if isinstance(usage, dict) else None,
        requested=record.requested_model,
        refused=record.stop_reason == "refusal",
        produced=False if Flag.REFUSED_FREE in record.flags else None,
        whole=Flag.INCOMPLETE not in record.flags,
        batch=record.key.startswith("batch:"),
    )
    if record.path.endswith(COUNT_TOKENS):
        return Bill(model=record.model, cost_pico=0, tokens=record.tokens)
    return bill(answered, prices, record.started_at + (record.duration or timedelta(0)))


def usage_text(tokens: Tokens) -> str:
    """Token counts as the API would name them, so that they can be priced like any answer."""
    return json.dumps(
        {
            "input_tokens": tokens.input or 0,
            "output_tokens": tokens.output or 0,
            "cache_read_input_tokens": tokens.cache_read or 0,
            "cache_creation_input_tokens": (tokens.cache_write_5m or 0) + (tokens.cache_write_1h or 0),
            "cache_creation": {
                "ephemeral_5m_input_tokens": tokens.cache_write_5m or 0,
                "ephemeral_1h_input_tokens": tokens.cache_write_1h or 0,
            },
        }
    )
