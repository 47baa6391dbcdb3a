"""The keys of calls that retention took: brought in again, these calls would be summed up twice.

A key is kept as eight bytes of its hash, some 15 bytes of the file. For use inside the store's thread.
"""

from collections.abc import Iterable
from hashlib import blake2b

from claudetray.store.statements import change_each, listed, rows


def remember(keys: Iterable[str]) -> None:
    """Retention takes the calls of these keys."""
    change_each("INSERT OR IGNORE INTO purged VALUES (?)", [(_hash(key),) for key in keys])


def among(keys: Iterable[str]) -> set[str]:
    """Those of the keys that are remembered."""
    hashes = {_hash(key): key for key in keys}
    found = rows("SELECT hash FROM purged WHERE hash IN (SELECT value FROM json_each(?))", (listed(hashes),))
    return {hashes[hash] for (hash,) in found}


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
