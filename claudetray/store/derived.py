"""Whatever is made of the calls follows when they change: the roll-ups, the search text, the number of them.

For use inside the store's thread, within the transaction that changes the calls.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from claudetray.store import rollups, search
from claudetray.store.statements import change


@contextmanager
def following(ids: Sequence[int], reworded: Sequence[int] | None = None) -> Iterator[None]:
    """Around any change to these calls or their tags; a call that is gone afterwards leaves the roll-ups too.

    `reworded` are those of them whose search text changes; None: all.
    """
    texts = ids if reworded is None else reworded
    rollups.note(ids, -1)
    search.forget(texts)
    yield
    rollups.note(ids, 1)
    search.learn(texts)
    rollups.settle()


def added(ids: Sequence[int]) -> None:
    """These calls are new."""
    rollups.note(ids, 1)
    rollups.settle()
    search.learn(ids)
    counted(len(ids))
    change("UPDATE usage_count SET last = ?", (max(ids),))


def counted(more: int) -> None:
    """So many calls are kept more, or fewer."""
    change("UPDATE usage_count SET kept = kept + ?", (more,))
