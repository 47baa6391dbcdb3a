"""What one answer of the Messages API costs: as JSON, as a stream of events, or as a line of a batch's results."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from claudetray.core.billing import Bill, bill
from claudetray.core.errors import NotAnAnswer
from claudetray.core.rates import PriceTable
from claudetray.proxy.answer import BatchResults, Reader, Tally

_STREAM = re.compile(rb"(?m)^(?:data|event):|^:")


def priced(text: bytes, prices: PriceTable, at: datetime) -> Bill:
    """The bill of one answer. Raises: NotAnAnswer."""
    readings = list(islice(_readings(text), 2))
    if len(readings) > 1:
        raise NotAnAnswer("There is more than one result here. Give one line at a time.")
    for tally, batch in readings:
        return of(tally, prices, at, batch)
    raise NotAnAnswer(
        "This is neither a message in JSON, nor its stream of events, nor a line of a batch's results. "
        "Give the whole answer, as the API sent it."
    )


def of(tally: Tally, prices: PriceTable, at: datetime, batch: bool = False, asked_for: str | None = None) -> Bill:
    """The bill of what an answer said: errors, and answers that are free by their kind, cost nothing."""
    found = bill(tally.answered(batch, asked_for), prices, at)
    if tally.free or (tally.error is not None and tally.usage is None):
        return replace(found, cost_pico=0, parts=(), flags=(), estimated=False)
    return found


def _readings(text: bytes) -> Iterator[tuple[Tally, bool]]:
    whole = text.removeprefix(b"\xef\xbb\xbf").strip()
    streaming = _STREAM.search(whole) is not None and not whole.startswith(b"{")
    reader = Reader(streaming)
    reader.feed(text if streaming else whole)
    reader.close()
    if streaming or not reader.unread:
        yield reader.tally, False
        return
    results = BatchResults()
    yield from ((line, True) for _, line in results.feed(whole + b"\n"))
