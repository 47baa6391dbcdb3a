import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from claudetray.core.billing import Flag
from claudetray.core.rates import PriceTable
from claudetray.core.tag import Field, Tag, TagRule
from claudetray.core.usage import CallState, Origin, Tokens, UsageQuery, UsageRecord
from claudetray.services import usage_desk
from claudetray.services.usage_desk import Entry, Repriced, UsageDesk
from claudetray.store.database import Database
from claudetray.store.prices import PricesKept
from claudetray.store.tags import TagsKept
from claudetray.store.usage import UsageKept
from tests.answers import AT, COST, OPUS, OVERLOADED, SONNET, USAGE, body, delta, events, start, stream, table, text
from tests.builders import a_price
from tests.services.hearing import JSON, SSE, Heard, call

TOKENS = Tokens(input=100, output=40, cache_read=1000, cache_write_5m=40, cache_write_1h=20)


class Shop:
    """A desk and what it stands on; how often the published prices were asked for."""

    def __init__(self, data: Database) -> None:
        self.usage, self.tags, self.own_prices = UsageKept(data), TagsKept(data), PricesKept(data)
        self.asked = 0
        self.desk = UsageDesk(self.usage, self.tags, self.own_prices, self.published)

    async def published(self) -> PriceTable:
        self.asked += 1
        return table()

    async def records(self) -> list[UsageRecord]:
        return [record async for some in self.usage.stream(UsageQuery()) for record in some]

    async def only(self) -> UsageRecord:
        (record,) = await self.records()
        return record


def live(data: Database, work: Callable[[Shop], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work(Shop(data)))


def proxied(sent: bytes, headers: dict[str, str] = JSON, path: str = "/v1/messages") -> UsageRecord:
    return Heard(call(path)).asks({"model": OPUS}).is_answered(headers, sent).ends()


REFUSED = proxied(events(start(), delta("refusal", output_tokens=2), {"type": "message_stop"}), SSE)
LEFT = Heard().asks().is_answered(SSE, events(start(), *text("Hello"))).leaves()
CALLS = {
    "whole": proxied(body()),
    "streamed": proxied(stream(), SSE),
    "refused before output": REFUSED,
    "refused after output": proxied(body(stop_reason="refusal")),
    "left in the middle": LEFT,
    "left after the last event": Heard().asks().is_answered(SSE, stream()).leaves(),
    "failed in the middle": proxied(events(start(), OVERLOADED), SSE),
    "failed": Heard().asks().is_answered(JSON, json.dumps(OVERLOADED).encode(), status=529).ends(),
    "unread": proxied(b"?"),
    "never answered": Heard().asks().leaves(),
    "tokens counted": proxied(b'{"input_tokens": 2095}', path="/v1/messages/count_tokens"),
    "of a subscription": Heard(call(headers={"x-api-key": "", "Authorization": "Bearer sk-ant-oat01-x"}))
    .asks()
    .is_answered(JSON, body())
    .ends(),
    "priority": proxied(body(USAGE | {"service_tier": "priority"})),
    "batch of its own": proxied(body(USAGE | {"service_tier": "batch"})),
    "unknown": proxied(body(model="claude-opus-4-15")),
    "searched": proxied(body(USAGE | {"server_tool_use": {"web_search_requests": 2}})),
}


def measure(record: UsageRecord) -> tuple[object, ...]:
    return record.cost_pico, record.estimated, record.flags


def test_an_entry_by_hand_is_priced_and_tagged(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.tags.add(Tag(name="opus", color="#000000", rules=(TagRule(field=Field.MODEL, pattern="opus"),)))
        entry = Entry(model=OPUS, tokens=TOKENS, at=AT, tags=("own",), client="me", session="s", project="p")
        record = await shop.desk.add(entry)
        assert record == await shop.only()
        assert (record.origin, record.cost_pico, record.estimated) == (Origin.MANUAL, COST, False)
        assert (record.tags, record.client, record.project) == (("opus", "own"), "me", "p")

    live(data, work)


def test_the_same_entry_twice_is_two_calls(data: Database) -> None:
    async def work(shop: Shop) -> None:
        for _ in range(2):
            await shop.desk.add(Entry(model=OPUS, tokens=TOKENS, at=AT))
        assert len(await shop.records()) == 2

    live(data, work)


def test_what_is_simulated_is_labeled_so(data: Database) -> None:
    async def work(shop: Shop) -> None:
        record = await shop.desk.add(Entry(model=OPUS, tokens=TOKENS, at=AT, simulated=True))
        assert record.origin is Origin.SIMULATED

    live(data, work)


def test_an_entry_of_an_unknown_model_is_unpriced(data: Database) -> None:
    async def work(shop: Shop) -> None:
        record = await shop.desk.add(Entry(model="gpt-5", tokens=TOKENS, at=AT))
        assert (record.cost_pico, record.tokens.input) == (None, 100)

    live(data, work)


def test_what_was_there_before_is_none_in_its_place(data: Database) -> None:
    async def work(shop: Shop) -> None:
        first, second = (replace(CALLS["whole"], key=key, message_id=key) for key in ("a", "b"))
        assert [one is None for one in await shop.desk.keep([first])] == [False]
        assert [one is None for one in await shop.desk.keep([second, first, second])] == [False, True, True]

    live(data, work)


@pytest.mark.parametrize("name", CALLS)
def test_pricing_again_at_the_same_prices_changes_nothing(data: Database, name: str) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([replace(CALLS[name], key="x")])
        before = await shop.only()
        assert (await shop.desk.reprice()).changed == 0
        assert await shop.only() == before

    live(data, work)


@pytest.mark.parametrize("name", CALLS)
def test_a_price_of_the_persons_and_back_gives_the_original_cost(data: Database, name: str) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([replace(CALLS[name], key="x")])
        before = await shop.only()
        own = await shop.own_prices.keep(a_price(OPUS, None, "50"))
        await shop.desk.reprice()
        dear = await shop.only()
        if before.cost_pico and name != "searched":
            assert dear.cost_pico == 10 * before.cost_pico
        else:
            assert name == "searched" or dear.cost_pico == before.cost_pico
        assert dear.estimated is before.estimated
        assert own.id is not None
        await shop.own_prices.remove(own.id)
        await shop.desk.reprice()
        assert await shop.only() == before

    live(data, work)


def test_a_free_refusal_stays_free(data: Database) -> None:
    assert (REFUSED.cost_pico, REFUSED.tokens.output) == (0, 2)

    async def work(shop: Shop) -> None:
        await shop.desk.keep([REFUSED])
        await shop.own_prices.keep(a_price(OPUS, None, "50"))
        assert await shop.desk.reprice() == Repriced(seen=1, changed=0, unpriced=0)
        assert measure(await shop.only()) == measure(REFUSED)

    live(data, work)


def test_a_rate_for_an_unknown_model_prices_its_calls(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.add(Entry(model="a-model-of-mine", tokens=Tokens(input=10), at=AT))
        assert await shop.desk.reprice() == Repriced(seen=1, changed=0, unpriced=1)
        await shop.own_prices.keep(a_price("a-model-of-mine", date(2026, 11, 15), "2"))
        assert await shop.desk.reprice() == Repriced(seen=1, changed=1, unpriced=0)
        assert measure(await shop.only()) == (20_000_000, False, ())

    live(data, work)


def test_a_price_holds_from_its_day_on(data: Database) -> None:
    async def work(shop: Shop) -> None:
        for at in (AT - timedelta(milliseconds=1), AT):
            await shop.desk.add(Entry(model=OPUS, tokens=Tokens(input=1), at=at))
        await shop.own_prices.keep(a_price(OPUS, AT.date(), "7"))
        assert (await shop.desk.reprice()).changed == 1
        assert [record.cost_pico for record in await shop.records()] == [5_000_000, 7_000_000]

    live(data, work)


def test_the_day_of_a_call_is_that_of_its_answer(data: Database) -> None:
    """At the first time and at every later one."""
    midnight = datetime(2026, 10, 7, tzinfo=UTC)
    record = replace(
        proxied(body({"cache_read_input_tokens": 10}, SONNET)),
        started_at=midnight - timedelta(seconds=30),
        duration=timedelta(seconds=31),
    )
    assert record.cost_pico == 1_000_000
    assert usage_desk.priced(record, table()).cost_pico == 1_000_000


def test_a_duplicate_costs_nothing_at_any_price(data: Database) -> None:
    async def work(shop: Shop) -> None:
        await shop.desk.keep([replace(CALLS["whole"], key=key) for key in ("a", "b")])
        await shop.own_prices.keep(a_price(OPUS, None, "50"))
        assert (await shop.desk.reprice()).changed == 1
        first, second = await shop.records()
        assert (first.cost_pico, second.cost_pico, second.flags) == (10 * COST, 0, (Flag.DUPLICATE,))

    live(data, work)


def test_a_result_of_a_batch_stays_at_half_the_price(data: Database) -> None:
    record = replace(CALLS["whole"], key="batch:b:1", cost_pico=COST // 2, flags=(str(Flag.BATCH),))
    assert measure(usage_desk.priced(record, table())) == (COST // 2, False, (Flag.BATCH,))


def test_spoiled_usage_is_unpriced_and_no_trouble(data: Database) -> None:
    for spoiled in ("", "{", "[]", "5", "[" * 9_999):
        assert usage_desk.priced(replace(CALLS["whole"], usage=spoiled), table()).cost_pico is None


def test_many_records_are_priced_in_batches(data: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_desk, "BATCH", 7)

    async def work(shop: Shop) -> None:
        records = [replace(CALLS["whole"], key=f"{number}", message_id=f"{number}") for number in range(50)]
        assert len(await shop.desk.keep(records)) == 50
        await shop.own_prices.keep(a_price(OPUS, None, "50"))
        assert await shop.desk.reprice() == Repriced(seen=50, changed=50, unpriced=0)
        assert {record.cost_pico for record in await shop.records()} == {10 * COST}
        assert shop.asked == 1

    live(data, work)


def test_token_counts_are_named_as_the_api_names_them() -> None:
    record = replace(CALLS["never answered"], state=CallState.COMPLETE, usage=usage_desk.usage_text(TOKENS))
    assert usage_desk.repriced_bill(record, table()).tokens == TOKENS
    assert json.loads(usage_desk.usage_text(Tokens()))["input_tokens"] == 0
