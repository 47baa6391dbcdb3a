"""What changes usage records, each within a transaction that somebody else opens: `usage.py` is the door.

For use inside the store's thread.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from claudetray.core.usage import Origin, UsageRecord
from claudetray.store import purged, tags
from claudetray.store.derived import added, counted, following
from claudetray.store.statements import Row, change, change_each, listed, number, rows
from claudetray.store.usage_rows import (
    DUPLICATE,
    INSERT,
    MOST_COST_PICO,
    ODD_USAGE,
    SELECTED,
    as_json,
    as_kept,
    as_records,
    as_row,
)

# A call's number, its cost (None: unpriced), whether that is estimated, its flags, the version of the prices.
Repriced = tuple[int, int | None, bool, tuple[str, ...], str]
_Delivery = tuple[str | int | None, ...]


def add(records: Sequence[UsageRecord]) -> tuple[UsageRecord | None, ...]:
    """Keep records whose key is new. Raises: UnicodeEncodeError, OverflowError on what SQLite cannot hold."""
    kept: list[UsageRecord | None] = [None] * len(records)
    places = _new(records)
    new = [records[place] for place in places]
    # The recorder's rules may be seconds old: what they named is not made anew, it was deleted or renamed since.
    tags.make((name for record in new for name in record.tags if name not in record.ruled), tags.MOST_MADE)
    known, names = tags.numbers(name for record in new for name in record.tags), tags.names()
    delivered = _delivered(new)
    first = number("SELECT last FROM usage_count") + 1
    given: list[tuple[int, int, int, bool]] = []

    def as_rows() -> Iterator[Row]:  # one by one, between which the driver lets other threads run
        for id, place in enumerate(places, first):
            record = records[place]
            own = {known[name] for name in record.tags if name in known}
            by_hand = {known[name] for name in record.tags if name in known and name not in record.ruled}
            record = as_kept(
                _told_apart(record, delivered),
                id,
                tags.in_order(names[tag] for tag in own),
                tags.in_order(names[tag] for tag in own - by_hand),
            )
            kept[place] = record
            row = as_row(id, record)
            given.extend((id, tag, row[4], tag in by_hand) for tag in own)
            yield row

    if places:
        change_each(INSERT, as_rows())
        change_each("INSERT INTO usage_tag VALUES (?, ?, ?, ?)", given)
        added(range(first, first + len(places)))
    return tuple(kept)


def one(id: int) -> UsageRecord | None:
    found = as_records(rows(f"SELECT {SELECTED} FROM usage AS u WHERE id = ?", (id,)))
    return found[0] if found else None


def delete(ids: Sequence[int]) -> int:
    """The records are gone, and their sums with them."""
    with following(ids):
        gone = change("DELETE FROM usage WHERE id IN (SELECT value FROM json_each(?))", (listed(ids),))
    counted(-gone)
    return gone


def forget_sums() -> None:
    """The sums of calls whose records went before, once no record is left."""
    if not number("SELECT kept FROM usage_count"):
        change("DELETE FROM rollup")


def tag(id: int, add: Iterable[str], remove: Iterable[str]) -> UsageRecord | None:
    """Give and take tags by hand."""
    if one(id) is None:
        return None
    more = tuple(add)
    tags.make(more)
    with following([id]):
        _give([(id, number) for number in tags.numbers(more).values()], by_hand=True)
        change_each(
            "DELETE FROM usage_tag WHERE usage_id = ? AND tag_id = (SELECT id FROM tag WHERE name = ?)",
            [(id, name) for name in remove],
        )
    return one(id)


def set_rule_tags(updates: Mapping[int, frozenset[str]]) -> int:
    """Give records what the rules say, of what tags there are; what was given by hand stays. How many changed."""
    known = tags.numbers({name for names in updates.values() for name in names})
    before: dict[int, set[int]] = {id: set() for (id,) in _where_in("SELECT id FROM usage WHERE id", updates)}
    by_hand: set[tuple[int, int]] = set()
    for id, tag_id, hand in _where_in("SELECT usage_id, tag_id, by_hand FROM usage_tag WHERE usage_id", updates):
        before[id].add(tag_id)
        if hand:
            by_hand.add((id, tag_id))
    after = {id: {known[name] for name in updates[id] if name in known} for id in before}
    taken = [(id, one) for id in before for one in before[id] - after[id] if (id, one) not in by_hand]
    given = [(id, one) for id in before for one in after[id] - before[id]]
    changed = sorted({id for id, _ in (*taken, *given)})
    with following(changed):
        change_each("DELETE FROM usage_tag WHERE usage_id = ? AND tag_id = ?", taken)
        _give(given, by_hand=False)
    return len(changed)


def reprice(updates: Mapping[int, Repriced]) -> int:
    """Give records another price. How many records changed in more than the version of their prices."""
    changed, reworded, written = [], [], []
    for id, cost, estimated, flags, counts in _where_in(
        "SELECT id, cost_pico, estimated, flags, counted FROM usage WHERE id", updates
    ):
        _, new_cost, new_estimated, new_flags, prices = _within_bounds(updates[id])
        if not counts:
            new_cost = 0 if new_cost is not None else None
            new_flags = new_flags if DUPLICATE in new_flags else (*new_flags, DUPLICATE)
        words_differ = new_flags != tuple(json.loads(flags)) or (new_cost is None) != (cost is None)
        if words_differ:
            reworded.append(id)
        if words_differ or new_cost != cost or new_estimated != bool(estimated):
            changed.append(id)
        written.append((new_cost, new_estimated, as_json(new_flags), prices, id))
    with following(changed, reworded):
        change_each("UPDATE usage SET cost_pico = ?, estimated = ?, flags = ?, prices = ? WHERE id = ?", written)
    return len(changed)


def _within_bounds(update: Repriced) -> Repriced:
    id, cost, _, flags, prices = update
    if cost is None or 0 <= cost <= MOST_COST_PICO:
        return update
    return id, None, False, flags if ODD_USAGE in flags else (*flags, ODD_USAGE), prices


def _new(records: Sequence[UsageRecord]) -> list[int]:
    """The places of those whose key was never kept, or was deleted; of several with the same key, the first."""
    keys = [record.key for record in records]
    seen = {key for (key,) in _where_in("SELECT key FROM usage WHERE key", keys)} | purged.among(keys)
    places = []
    for place, record in enumerate(records):
        if record.key not in seen:
            seen.add(record.key)
            places.append(place)
    return places


def _delivered(records: Sequence[UsageRecord]) -> set[_Delivery]:
    """What was delivered already, of all that might be delivered once more by these records."""
    return set(
        _where_in(
            "SELECT request_id, message_id, model, coalesce(input_tokens, 0), coalesce(output_tokens, 0),"
            " coalesce(cache_read_tokens, 0), coalesce(cache_write_5m_tokens, 0), coalesce(cache_write_1h_tokens, 0)"
            " FROM usage INDEXED BY usage_request"
            f" WHERE origin = '{Origin.PROXY}' AND message_id IS NOT NULL AND request_id",
            [record.request_id for record in records if record.request_id and _delivery(record)],
        )
    )


def _delivery(record: UsageRecord) -> _Delivery | None:
    if record.origin is not Origin.PROXY or not record.request_id or not record.message_id:
        return None
    tokens = record.tokens
    counts = (tokens.input, tokens.output, tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h)
    return record.request_id, record.message_id, record.model, *(count or 0 for count in counts)


def _told_apart(record: UsageRecord, delivered: set[_Delivery]) -> UsageRecord:
    delivery = _delivery(record)
    if delivery is None:
        return record
    if delivery not in delivered:
        delivered.add(delivery)
        return record
    flags = record.flags if DUPLICATE in record.flags else (*record.flags, DUPLICATE)
    return replace(record, flags=flags, cost_pico=None if record.cost_pico is None else 0)


def _give(tags_of: Iterable[tuple[int, int]], by_hand: bool) -> None:
    change_each(
        "INSERT INTO usage_tag SELECT id, ?, started_at, ? FROM usage WHERE id = ?"
        " ON CONFLICT DO UPDATE SET by_hand = max(by_hand, excluded.by_hand)",
        [(tag_id, by_hand, id) for id, tag_id in tags_of],
    )


def _where_in(sql: str, values: Iterable[int | str]) -> list[Row]:
    return rows(f"{sql} IN (SELECT value FROM json_each(?))", (listed(values),))
