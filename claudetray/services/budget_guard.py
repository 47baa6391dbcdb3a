"""The guard of hard stops: refuses further calls of a budget that is used up, from the very call that used it up on.

What was spent is known from the store, and from the calls that ended since then: no call waits for a row.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from claudetray.core import runway_words
from claudetray.core.budget import Budget, BudgetState, Scope
from claudetray.core.exchange import CallBegun, Refusal
from claudetray.core.rates import dollars
from claudetray.core.usage import REAL, UsageRecord
from claudetray.proxy.asked import Asked, asked_encoded
from claudetray.proxy.refusals import KINDS
from claudetray.services.call_ear import BATCHES, MESSAGES, TAGS_HEADER, route
from claudetray.services.tagging import Seen, Tagger, named
from claudetray.store.outlook import OutlookKept, StopFacts

STATUS = 402  # billing_error: the SDKs do not ask again
COSTLY = (MESSAGES, BATCHES, "/v1/complete")  # routes that can cost anything
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Stop:
    """A budget in its period. `asked_for`: the names that its model goes by."""

    state: BudgetState
    asked_for: frozenset[str]

    @property
    def budget(self) -> Budget:
        return self.state.budget

    def counts(self, record: UsageRecord) -> bool:
        if record.origin not in REAL or not self.state.since <= record.started_at < self.state.until:
            return False
        match self.budget.scope:
            case Scope.ALL:
                return True
            case Scope.TAG:
                return _same_tag(self.budget.scope_name, record.tags)
            case Scope.MODEL:
                return record.model == self.budget.scope_name
            case Scope.CLIENT:
                return record.client == self.budget.scope_name

    def add(self, records: Iterable[UsageRecord]) -> None:
        counted = [record for record in records if self.counts(record)]
        if self.budget.scope is Scope.MODEL:  # by whatever name it was asked for
            self.asked_for |= {record.requested_model for record in counted if record.requested_model}
        pico = sum(record.cost_pico or 0 for record in counted)
        if pico:
            self.state = replace(self.state, spent=self.state.spent + dollars(pico))


class BudgetGuard:
    """Knows which budgets stop calls. `tagger` and `read_prompts` are asked for anew each time."""

    def __init__(
        self,
        outlook: OutlookKept,
        account_id: Callable[[], Awaitable[int | None]],
        tagger: Callable[[], Tagger],
        read_prompts: Callable[[], bool],
        clock: Callable[[], datetime],
        zone: Callable[[], tzinfo],
    ) -> None:
        self._outlook, self._account_id = outlook, account_id
        self._tagger, self._read_prompts = tagger, read_prompts
        self._clock, self._zone = clock, zone
        self._stops: list[_Stop] = []
        self._last_id = 0
        self._pending: dict[str, UsageRecord] = {}  # ended, and not counted in the store yet
        self._meanwhile: list[UsageRecord] | None = None  # kept while the store is being read
        self._refreshing = asyncio.Lock()

    async def refresh(self) -> None:
        """Count from the store anew: after a budget, a call or the period changed. Raises: StoreError."""
        async with self._refreshing:
            await self._refresh()

    async def _refresh(self) -> None:
        self._meanwhile = []
        try:
            facts = await self._outlook.stops(await self._account_id(), self._clock(), self._zone())
            self._stops = [_stop(one, facts) for one in _states(facts)]
            self._last_id = facts.last_id
            late = [record for record in self._meanwhile if (record.id or 0) > facts.last_id]
            for stop in self._stops:
                stop.add((*late, *self._pending.values()))
        finally:
            self._meanwhile = None

    def heard(self, records: list[UsageRecord]) -> None:
        """A call has ended: it counts from now on."""
        for record in records:
            self._pending[record.key] = record
        for stop in self._stops:
            stop.add(records)

    def kept(self, records: tuple[UsageRecord, ...]) -> None:
        """Calls became rows: what they are counted as there is what counts."""
        for record in records:
            before = self._pending.pop(record.key, None)
            if before is None:
                continue
            # A row that the store counted already is counted twice; one that was delivered twice costs nothing.
            costs = 0 if (record.id or 0) <= self._last_id else record.cost_pico or 0
            if (more := costs - (before.cost_pico or 0)) != 0:
                for stop in self._stops:
                    stop.add([replace(before, cost_pico=more)])
        if self._meanwhile is not None:
            self._meanwhile += records

    @property
    def due(self) -> bool:
        """Has a period ended since the last count?"""
        now = self._clock()
        return any(not stop.state.since <= now < stop.state.until for stop in self._stops)

    @property
    def active(self) -> bool:
        return any(stop.state.used_up for stop in self._stops)

    def wants_body(self, call: CallBegun) -> bool:
        return _costly(call) and any(
            stop.budget.scope in (Scope.TAG, Scope.MODEL) for stop in self._stops if stop.state.used_up
        )

    def refusal(self, call: CallBegun, body: bytes) -> Refusal | None:
        try:
            now = self._clock()
            stopping = [stop for stop in self._stops if stop.state.stops(now)]
            if not stopping or not _costly(call):
                return None
            asked = asked_encoded(body, call.headers, self._read_prompts()) if body else Asked()
            found = next((stop for stop in stopping if self._concerns(stop, call, asked)), None)
            return _refusal(found.state, self._zone()) if found else None
        except Exception:  # whatever it is, the call goes on
            log.exception("a call could not be held against the budgets")
            return None

    def _concerns(self, stop: _Stop, call: CallBegun, asked: Asked) -> bool:
        scope, name = stop.budget.scope, stop.budget.scope_name
        if scope is Scope.ALL:
            return True
        if scope is Scope.MODEL:
            return asked.model is not None and (asked.model == name or asked.model in stop.asked_for)
        client = _header(call, b"user-agent")
        if scope is Scope.CLIENT:
            return client == name
        seen = Seen(
            model=asked.model or "",
            path=call.target.partition("?")[0],
            client=client,
            metadata=asked.metadata,
            prompt=asked.prompt,
        )
        by_header = named(_header(call, TAGS_HEADER.encode()))
        return _same_tag(name, by_header) or _same_tag(name, self._tagger().tags(seen))


def _same_tag(name: str, tags: Iterable[str]) -> bool:
    """Case does not count, as in the store."""
    return any(tag.casefold() == name.casefold() for tag in tags)


def _states(facts: StopFacts) -> Iterable[BudgetState]:
    return (
        BudgetState(budget=one.budget, since=one.since, until=one.until, spent=one.measured + one.unmeasured)
        for one in facts.budgets
    )


def _stop(state: BudgetState, facts: StopFacts) -> _Stop:
    return _Stop(state, facts.asked_for.get(state.budget.scope_name, frozenset()))


def _costly(call: CallBegun) -> bool:
    return call.method == "POST" and route(call.target.partition("?")[0]) in COSTLY


def _header(call: CallBegun, wanted: bytes) -> str:
    for name, value in call.headers:
        if name.lower() == wanted:
            return value.decode("utf-8", "replace").strip()
    return ""


def _refusal(state: BudgetState, tz: tzinfo) -> Refusal:
    budget = state.budget
    spent, amount = runway_words.dollars(state.spent), runway_words.dollars(budget.amount)
    until = f"{state.until.astimezone(tz):%Y-%m-%d %H:%M %Z}"
    message = (
        f"The budget “{budget.name}” is used up: {spent} of {amount}. claudetray refuses further calls of it until "
        f"{until}. To lift that, raise the budget, or run: claudetray budget lift '{budget.name}'"
    )
    return Refusal(status=STATUS, kind=KINDS[STATUS], message=message, headers={"x-should-retry": "false"})
