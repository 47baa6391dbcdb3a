"""The bodies of calls: kept only where the person wants it, compressed, and gone with their record."""

import zlib
from collections.abc import Iterable
from typing import Any

from claudetray.core.body import Bodies
from claudetray.store.database import Database
from claudetray.store.schema import BodyRow


class BodiesKept:
    """Bodies by the number of their record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, bodies: Iterable[tuple[int, Bodies]]) -> None:
        wanted = tuple(bodies)
        if wanted:
            await self._database.run(lambda: BodyRow.replace_many([_row(id, one) for id, one in wanted]).execute())

    async def one(self, id: int) -> Bodies | None:
        """None where they were not kept."""

        def work() -> Bodies | None:
            row = BodyRow.get_or_none(BodyRow.usage_id == id)
            if row is None:
                return None
            return Bodies(
                request=zlib.decompress(row.request),
                answer=zlib.decompress(row.answer),
                request_cut=row.request_cut,
                answer_cut=row.answer_cut,
            )

        return await self._database.read(work)


def _row(id: int, bodies: Bodies) -> dict[str, Any]:
    return {
        "usage_id": id,
        "request": zlib.compress(bodies.request, 1),
        "answer": zlib.compress(bodies.answer, 1),
        "request_cut": bodies.request_cut,
        "answer_cut": bodies.answer_cut,
    }
