"""Hard stops: from the very call that used a budget up, whatever the store has written by then."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from claudetray.core.budget import Budget, Period, Scope
from claudetray.core.exchange import CallBegun, Refusal
from claudetray.core.tag import Field, Tag, TagRule
from claudetray.core.usage import Origin, UsageRecord
from claudetray.services.budget_guard import BudgetGuard
from claudetray.services.tagging import Tagger
from claudetray.store.budgets import BudgetsKept
from claudetray.store.database import Database
from claudetray.store.outlook import OutlookKept
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import a_call

MODEL = "claude-opus-4-6"
RULES = (Tag(name="web", color="#000000", rules=(TagRule(field=Field.METADATA, pattern="tool:web"),)),)


class Stage:
    def __init__(self, data: Database) -> None:
        self.data, self.now = data, NOW
        self.usage, self.budgets = UsageKept(data), BudgetsKept(data)

        async def nobody() -> None:
            return None

        self.guard = BudgetGuard(
            OutlookKept(data), nobody, lambda: Tagger(RULES), lambda: False, lambda: self.now, lambda: UTC
        )

    def budget(self, amount: str = "1", **more: Any) -> Budget:
        usual: dict[str, Any] = {"hard_stop": True, "period": Period.DAY}
        made = asyncio.run(self.budgets.keep(Budget(name="b", amount=Decimal(amount), **(usual | more))))
        self.refresh()
        return made

    def refresh(self) -> None:
        asyncio.run(self.guard.refresh())

    def ends(self, cost: str, key: str = "k", **more: Any) -> UsageRecord:
        """A call ends; it is no row yet."""
        record = a_call(f"{key}{cost}{more}", self.now, cost_pico=int(Decimal(cost).scaleb(12)), **more)
        self.guard.heard([record])
        return record

    def rows(self, *records: UsageRecord) -> None:
        """Calls become rows, and the guard is told so."""
        kept = asyncio.run(self.usage.add(records))
        self.guard.kept(tuple(one for one in kept if one is not None))

    def refused(
        self, body: Mapping[str, Any] | None = None, path: str = "/v1/messages", method: str = "POST", **headers: str
    ) -> Refusal | None:
        sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        call = CallBegun(at=self.now, method=method, target=path, headers=sent)
        asked = json.dumps({"model": MODEL, **(body or {})}).encode()
        return self.guard.refusal(call, asked if self.guard.wants_body(call) else b"")


@pytest.fixture
def stage(data: Database) -> Stage:
    return Stage(data)


def test_without_a_budget_that_is_used_up_no_call_is_looked_at(stage: Stage) -> None:
    assert not stage.guard.active
    stage.budget("1")
    stage.ends("0.99")
    assert not stage.guard.active
    assert stage.refused() is None


def test_the_call_that_uses_it_up_is_the_last_one(stage: Stage) -> None:
    stage.budget("1")
    stage.ends("0.99")
    stage.ends("0.02")
    assert stage.guard.active
    refusal = stage.refused()
    assert refusal is not None
    assert (refusal.status, refusal.kind) == (402, "billing_error")
    assert "The budget “b” is used up: $1.01 of $1.00." in refusal.message
    assert "until 2026-11-22 00:00 UTC" in refusal.message
    assert refusal.headers == {"x-should-retry": "false"}


def test_what_the_store_knows_counts_from_the_start(stage: Stage) -> None:
    stage.rows(a_call("x", NOW))
    stage.budget("1")
    assert stage.refused() is not None


def test_what_costs_nothing_passes(stage: Stage) -> None:
    stage.budget("1")
    stage.ends("2")
    assert stage.refused(path="/v1/messages/count_tokens") is None
    assert stage.refused(path="/v1/models", method="GET") is None
    assert stage.refused(path="/v1/messages/batches") is not None
    assert stage.refused(path="/prefix/v1/messages?beta=true") is not None


def test_a_row_counts_once_whenever_the_store_is_counted(stage: Stage) -> None:
    stage.budget("1")
    first = stage.ends("0.40", "a")
    stage.refresh()
    stage.rows(first)
    stage.refresh()
    second = stage.ends("0.40", "b")
    asyncio.run(stage.usage.add([second]))  # it is a row, and we have not heard of it
    stage.refresh()
    stage.guard.kept((asyncio.run(stage.usage.latest(1))[0],))
    stage.ends("0.10", "c")
    assert not stage.guard.active
    stage.ends("0.10", "d")
    assert stage.guard.active


def test_rows_that_come_while_the_store_is_being_counted_are_not_lost(stage: Stage) -> None:
    stage.budget("1")
    record = stage.ends("0.60", "a")

    async def meanwhile() -> None:
        counting = asyncio.create_task(stage.guard.refresh())
        await asyncio.sleep(0)
        kept = await stage.usage.add([record])
        stage.guard.kept(tuple(one for one in kept if one is not None))
        await counting

    for _ in range(3):
        asyncio.run(meanwhile())
    stage.ends("0.39", "b")
    assert not stage.guard.active
    stage.ends("0.01", "c")
    assert stage.guard.active


def test_a_call_that_was_delivered_twice_costs_once(stage: Stage) -> None:
    stage.budget("1")
    same = {"request_id": "r", "message_id": "m"}
    first, second = stage.ends("0.60", "a", **same), stage.ends("0.60", "b", **same)
    assert stage.guard.active  # until the store has compared them
    stage.rows(first, second)
    assert not stage.guard.active


def test_a_model_is_stopped_under_every_name_that_it_was_asked_for_by(stage: Stage) -> None:
    stage.rows(a_call("x", NOW, requested_model="opus-latest"))
    stage.budget("1", scope=Scope.MODEL, scope_name=MODEL)
    assert stage.refused() is not None
    assert stage.refused({"model": "opus-latest"}) is not None
    assert stage.refused({"model": "claude-haiku-4-5"}) is None
    assert stage.refused({"model": None}) is None


def test_a_client_is_stopped_by_its_name_without_a_look_at_the_body(stage: Stage) -> None:
    stage.budget("1", scope=Scope.CLIENT, scope_name="claude-cli/2.0")
    stage.ends("1", model="claude-haiku-4-5")
    assert stage.refused(user_agent="claude-cli/2.0") is not None
    assert stage.refused(user_agent="curl/8") is None
    call = CallBegun(at=NOW, method="POST", target="/v1/messages", headers=())
    assert not stage.guard.wants_body(call)


def test_a_tag_is_stopped_whether_a_header_or_a_rule_gives_it(stage: Stage) -> None:
    stage.budget("1", scope=Scope.TAG, scope_name="web")
    stage.ends("5", tags=("other",))
    assert stage.refused(x_claudetray_tags="web") is None
    stage.ends("1", tags=("web",))
    assert stage.refused(x_claudetray_tags="a, web") is not None
    assert stage.refused({"tools": [{"name": "web_search"}]}) is not None
    assert stage.refused({"tools": [{"name": "bash"}]}) is None


def test_what_is_simulated_or_of_another_day_does_not_count(stage: Stage) -> None:
    stage.budget("1")
    stage.ends("5", origin=Origin.SIMULATED)
    record = a_call("old", NOW - timedelta(days=1))
    stage.guard.heard([record])
    assert not stage.guard.active


def test_a_stop_that_was_lifted_lets_calls_pass(stage: Stage) -> None:
    made = stage.budget("1")
    stage.ends("2")
    asyncio.run(stage.budgets.lift(made.id, datetime(2026, 11, 22, tzinfo=UTC)))
    stage.refresh()
    assert stage.refused() is None
    asyncio.run(stage.budgets.lift(made.id, None))
    stage.refresh()
    assert stage.refused() is not None


def test_with_a_new_period_it_begins_anew(stage: Stage) -> None:
    stage.budget("1")
    stage.rows(stage.ends("2"))
    assert not stage.guard.due
    stage.now = NOW + timedelta(days=1)
    assert stage.refused() is None  # at once, whether or not it was counted
    assert stage.guard.due
    stage.refresh()
    assert not stage.guard.due
    assert not stage.guard.active


def test_a_body_that_cannot_be_read_is_passed_on(stage: Stage) -> None:
    stage.budget("1", scope=Scope.MODEL, scope_name=MODEL)
    stage.ends("2")
    call = CallBegun(at=NOW, method="POST", target="/v1/messages", headers=((b"content-encoding", b"gzip"),))
    assert stage.guard.refusal(call, b"no gzip") is None


def test_counting_anew_twice_at_once_loses_no_call(stage: Stage) -> None:
    stage.budget("1")
    stage.ends("2")

    async def both() -> None:
        await asyncio.gather(stage.guard.refresh(), stage.guard.refresh())

    asyncio.run(both())
    assert stage.refused() is not None


def test_the_case_of_a_tag_does_not_count(stage: Stage) -> None:
    stage.budget("1", scope=Scope.TAG, scope_name="Nightly")
    stage.ends("1.2", tags=("nightly",))
    assert stage.refused(x_claudetray_tags="NIGHTLY") is not None
    assert stage.refused(x_claudetray_tags="daily") is None


def test_a_model_is_known_by_the_name_that_it_was_asked_for_at_once(stage: Stage) -> None:
    stage.budget("1", scope=Scope.MODEL, scope_name=MODEL)
    stage.ends("1.2", model=MODEL, requested_model="opus-latest")
    assert stage.refused({"model": "opus-latest"}) is not None
    assert stage.refused({"model": "claude-haiku-4-5"}) is None
