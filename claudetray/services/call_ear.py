"""One call, heard out: what went by becomes a usage record. Never waits, and never fails the call."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from claudetray.core.billing import Bill, Flag, with_flag
from claudetray.core.body import Bodies, Copy
from claudetray.core.exchange import CallBegun, Headers
from claudetray.core.rates import PriceTable
from claudetray.core.redaction import HIDDEN, SHORTEST_SECRET, redacted
from claudetray.core.usage import COUNT_TOKENS, MOST_NAME, CallError, CallState, Origin, Tokens, UsageRecord
from claudetray.proxy.answer import BatchResults, Reader, Tally
from claudetray.proxy.asked import MOST_READ, Asked, asked_encoded
from claudetray.proxy.decoding import CannotDecode, Decoder, decoder
from claudetray.services import cost
from claudetray.services.tagging import Seen, Tagger, named

TAGS_HEADER = "x-claudetray-tags"
MESSAGES, BATCHES = "/v1/messages", "/v1/messages/batches"
ENDED = "claudetray_ended"  # it was us who broke off
NEVER_ASKED = ("unreachable", "timeout")  # the upstream never saw the call
MOST_RESULTS = 200  # of a batch, handed over together
_KEPT_HEADERS = ("anthropic-", "retry-after", "x-amzn-requestid", "x-should-retry")
_BODIED = (COUNT_TOKENS, MESSAGES, BATCHES, "/v1/complete")
log = logging.getLogger(__name__)


class Rules(Protocol):
    """What a call is measured by. An ear asks for them anew each time: they may be replaced while the call goes on."""

    @property
    def prices(self) -> PriceTable: ...

    @property
    def tagger(self) -> Tagger: ...

    @property
    def read_prompts(self) -> bool: ...

    @property
    def keep_bodies(self) -> bool: ...

    def fingerprint(self, key: str) -> str: ...


class Kept(Protocol):
    """Where records go."""

    def held(self, size: int) -> bool:
        """So many bytes more (or fewer) are held for reading requests; False when that is too much altogether."""

    def results(self, key: str, records: list[UsageRecord]) -> None:
        """Calls that an answer tells about."""

    def noted(self, key: str, record: UsageRecord) -> None:
        """What is known of a call that is still under way."""

    def finished(self, key: str, records: list[UsageRecord], bodies: Bodies | None = None) -> None:
        """The call is over. The first record is the call's own, and so are the bodies, if they are to be kept."""


def begun(call: CallBegun, key: str) -> UsageRecord:
    """What is known of a call when it goes out."""
    return UsageRecord(
        key=key,
        origin=Origin.PROXY,
        state=CallState.INTERRUPTED,
        started_at=call.at,
        method=call.method[:MOST_NAME],
        path=call.target.partition("?")[0][: 4 * MOST_NAME],
        estimated=True,
    )


def route(path: str) -> str:
    """A path as it is told apart: some gateways have a prefix, and some clients a slash too many."""
    plain = "/" + "/".join(part for part in path.split("/") if part)
    at = plain.find("/v1/")
    return plain[at:] if at > 0 else plain


class CallEar:
    """Hears one exchange. See core/exchange.py for the order."""

    def __init__(
        self,
        call: CallBegun,
        key: str,
        rules: Callable[[], Rules],
        kept: Kept,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._call, self._key, self._rules, self._kept = call, key, rules, kept
        self._clock, self._monotonic = clock, monotonic
        self._began = monotonic()
        self._first_token: float | None = None
        self._path = call.target.partition("?")[0]
        self._route = route(self._path)
        self._headers = {name.decode("latin-1").lower(): value for name, value in call.headers}
        self._body: list[bytes] | None = [] if call.method == "POST" and self._route in _BODIED else None
        self._size = self._held = 0
        self._copies = (Copy(), Copy()) if rules().keep_bodies else None
        self._asked: Asked | None = None
        self._status: int | None = None
        self._answer_headers: dict[str, str] = {}
        self._decoder: Decoder | None = None
        self._reader: Reader | None = None
        self._results: BatchResults | None = None
        self._batch: list[tuple[str, Tally]] = []
        self._unread = False
        self._streaming = False
        self._over = False

    def asked(self, piece: bytes) -> None:
        if self._copies is not None:
            self._copies[0].add(bytes(piece))
        if self._body is None:
            return
        self._size += len(piece)
        self._held += len(piece)
        if not self._kept.held(len(piece)) or self._size > MOST_READ:
            self._let_go()
        else:
            self._body.append(bytes(piece))

    def answering(self, status: int, headers: Headers) -> None:
        self._careful(lambda: self._take_head(status, headers))

    def answered(self, piece: bytes) -> None:
        if self._reader is not None or self._results is not None or self._copies is not None:
            self._careful(lambda: self._take_piece(bytes(piece)))

    def ended(self) -> None:
        self._end(lambda: self._ended())

    def left(self) -> None:
        gone = CallError(kind="client_left", message="The client went away before the answer was whole.")
        self._end(lambda: self._finish(CallState.INTERRUPTED, gone))

    def broke(self, kind: str, message: str) -> None:
        state = CallState.INTERRUPTED if kind == ENDED else CallState.FAILED
        self._end(lambda: self._finish(state, CallError(kind=kind, message=message)))

    def record(self, state: CallState = CallState.INTERRUPTED, error: CallError | None = None) -> UsageRecord:
        """The call as it is known now."""
        asked_for = self._read_request()
        tally = self._reader.tally if self._reader is not None else Tally()
        bill = self._bill(tally, error)
        if self._unread:
            bill = with_flag(bill, Flag.NOT_READ)
        if self._bearer().startswith("sk-ant-oat"):
            bill = with_flag(bill, Flag.API_EQUIVALENT)
        model = tally.model or asked_for.model
        client = self._client()
        own, ruled = self._tags(model, client)
        first = self._first_token
        return UsageRecord(
            key=self._key,
            origin=Origin.PROXY,
            state=state,
            started_at=self._call.at,
            duration=timedelta(seconds=self._monotonic() - self._began),
            first_token_after=timedelta(seconds=first - self._began) if first is not None else None,
            method=self._call.method[:MOST_NAME],
            path=self._path[: 4 * MOST_NAME],
            status=self._status,
            streaming=self._streaming or (self._status is None and asked_for.streaming),
            model=model,
            requested_model=asked_for.model or tally.requested,
            tokens=Tokens() if tally.usage is None or tally.free else bill.tokens,
            usage=None if tally.free else tally.usage_text,  # what costs nothing by its kind is not priced again
            cost_pico=bill.cost_pico,
            estimated=bill.estimated,
            flags=bill.flags,
            stop_reason=tally.stop_reason,
            request_id=self._answer_headers.get("request-id") or tally.request_id,
            message_id=tally.message_id,
            client=client,
            key_fingerprint=self._fingerprint(),
            session=asked_for.session,
            project=asked_for.project,
            tools=tuple(tally.tools),
            headers={name: value for name, value in self._answer_headers.items() if name.startswith(_KEPT_HEADERS)},
            tags=(*own, *ruled),
            ruled=ruled,
            error=self._shown(error or tally.error),
            prices=self._rules().prices.version,
        )

    def _take_head(self, status: int, headers: Headers) -> None:
        self._status = status
        self._read_request()
        seen = [(name.decode("latin-1").lower(), value.decode("utf-8", "replace")) for name, value in headers]
        for name, value in seen:  # what stands there twice is a list
            before = self._answer_headers.get(name)
            self._answer_headers[name] = value if before is None else f"{before}, {value}"
        kind = self._answer_headers.get("content-type", "")
        self._streaming = kind.lower().startswith("text/event-stream")
        asked_for_one = self._call.method == "POST" and (self._streaming or self._route in _BODIED)
        if self._route.startswith(f"{BATCHES}/") and self._route.endswith("/results") and status == 200:
            self._results = BatchResults()
        elif asked_for_one or status >= 400:
            self._reader = Reader(self._streaming)
        try:
            self._decoder = decoder([value for name, value in seen if name == "content-encoding"])
        except CannotDecode:
            self._give_up()

    def _take_piece(self, piece: bytes) -> None:
        try:
            plain = self._decoder.feed(piece) if self._decoder is not None else piece
        except CannotDecode:
            self._give_up()
            return
        if self._copies is not None:
            self._copies[1].add(plain)
        if self._results is not None:
            self._batch += self._results.feed(plain)
            if len(self._batch) >= MOST_RESULTS:
                self._hand_over_results()
        elif self._reader is not None:
            tally = self._reader.tally
            silent, unbegun = not tally.produced, tally.usage is None
            self._reader.feed(plain)
            if self._streaming and silent and tally.produced:
                self._first_token = self._monotonic()
            if self._streaming and unbegun and tally.usage is not None:
                # From here on the input is billed, whatever becomes of this process.
                self._kept.noted(self._key, self.record())

    def _give_up(self) -> None:
        """The copy cannot be read; the call goes on all the same, and what was read of it counts."""
        self._unread = True
        self._decoder = _Deaf()

    def _ended(self) -> None:
        self._close_readers()
        tally = self._reader.tally if self._reader is not None else None
        error = tally.error if tally else None
        if error is None and self._status is not None and self._status >= 400:
            error = CallError(kind=f"http_{self._status}", message=f"The API answered with status {self._status}.")
        broken_off = self._streaming and not self._unread and tally is not None and tally.usage and not tally.whole
        if broken_off and error is None:
            error = CallError(kind="incomplete_stream", message="The stream ended before its last event.")
        self._finish(CallState.COMPLETE if error is None else CallState.FAILED, error)

    def _close_readers(self) -> None:
        if self._results is not None:
            self._batch += self._results.close()
        if self._reader is not None and not self._unread:
            self._reader.close()
            self._unread = self._reader.unread and self._route == MESSAGES and (self._status or 0) < 400

    def _finish(self, state: CallState, error: CallError | None) -> None:
        if state is not CallState.COMPLETE:
            self._close_readers()
        self._hand_over_results()
        own = self.record(state, error)
        self._let_go()
        self._kept.finished(self._key, [own], self._bodies())

    def _bodies(self) -> Bodies | None:
        if self._copies is None:
            return None
        request, answer = self._copies
        return Bodies(request=request.whole(), answer=answer.whole(), request_cut=request.cut, answer_cut=answer.cut)

    def _hand_over_results(self) -> None:
        """The results of a batch, some at a time: there may be a hundred thousand."""
        if self._batch:
            results, self._batch = self._batch, []
            self._kept.results(f"{self._key}+{results[0][0]}", [self._result(name, tally) for name, tally in results])

    def _result(self, name: str, tally: Tally) -> UsageRecord:
        """One result of a batch, on the first time it passes through: fetched again it is the same call."""
        now = self._clock()
        bill = cost.of(tally, self._rules().prices, now, batch=True)
        client = self._client()
        own, ruled = self._tags(tally.model, client)
        batch = self._route.removeprefix(f"{BATCHES}/").removesuffix("/results")
        return UsageRecord(
            key=f"batch:{batch}:{name}",
            origin=Origin.PROXY,
            state=CallState.COMPLETE,
            started_at=now,
            method=self._call.method[:MOST_NAME],
            path=self._path[: 4 * MOST_NAME],
            status=self._status,
            model=tally.model,
            requested_model=tally.requested,
            tokens=bill.tokens,
            usage=tally.usage_text,
            cost_pico=bill.cost_pico,
            estimated=bill.estimated,
            flags=bill.flags,
            stop_reason=tally.stop_reason,
            message_id=tally.message_id,
            client=client,
            key_fingerprint=self._fingerprint(),
            tools=tuple(tally.tools),
            tags=(*own, *ruled),
            ruled=ruled,
            prices=self._rules().prices.version,
        )

    def _bill(self, tally: Tally, error: CallError | None) -> Bill:
        """Only a message costs: an error, a list, a count do not. One that broke off cost what was seen, at least."""
        free = Bill(model=tally.model, cost_pico=0)
        refused = self._status is not None and self._status >= 400
        if self._route != MESSAGES and not self._streaming and tally.usage is None:
            return free
        if tally.usage is None and (refused or tally.error is not None):
            return free
        if self._call.method != "POST" or (error is not None and error.kind in NEVER_ASKED):
            return free
        return cost.of(tally, self._rules().prices, self._clock(), asked_for=self._read_request().model)

    def _tags(self, model: str | None, client: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The tags that the client names, and those that rules give beside them."""
        asked_for = self._read_request()
        own = named(self._header(TAGS_HEADER))
        seen = Seen(
            model=model or "",
            path=self._path,
            client=client or "",
            metadata=asked_for.metadata,
            prompt=asked_for.prompt,
        )
        return own, tuple(name for name in self._rules().tagger.tags(seen) if name not in own)

    def _read_request(self) -> Asked:
        """Once, when the answer begins: until then the request may still be on its way."""
        if self._asked is None:
            body = b"".join(self._body or ())
            self._let_go()
            self._asked = asked_encoded(body, self._call.headers, self._rules().read_prompts)
        return self._asked

    def _fingerprint(self) -> str | None:
        key = self._api_key()
        return self._rules().fingerprint(key) if key else None

    def _api_key(self) -> str:
        return self._header("x-api-key") or self._bearer()

    def _shown(self, error: CallError | None) -> CallError | None:
        """An error without the key: some gateways repeat it."""
        if error is None:
            return None
        key = self._api_key()
        message = error.message.replace(key, HIDDEN) if len(key) >= SHORTEST_SECRET else error.message
        return CallError(kind=error.kind, message=redacted(message))

    def _client(self) -> str | None:
        return self._header("user-agent")[:MOST_NAME] or None

    def _let_go(self) -> None:
        """The copy of the request is not needed any more, or is too much."""
        self._kept.held(-self._held)
        self._body, self._held = None, 0

    def _bearer(self) -> str:
        scheme, _, key = self._header("authorization").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""

    def _header(self, name: str) -> str:
        return self._headers.get(name, b"").decode("utf-8", "replace")

    def _end(self, finish: Callable[[], None]) -> None:
        if not self._over:
            self._over = True
            if not self._careful(finish):  # a row all the same, with what was known at first
                self._careful(lambda: self._kept.finished(self._key, [begun(self._call, self._key)]))

    def _careful(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except Exception:  # whatever it is, the call goes on
            log.exception("a call could not be measured")
            return False
        return True


class _Deaf:
    """After a copy that cannot be read: nothing more is heard."""

    def feed(self, piece: bytes) -> bytes:
        return b""
