"""The proxy and its calls in a few lines: for the menu of the tray, and for the status window."""

from datetime import datetime

from claudetray.core import words
from claudetray.core.analytics import Sums
from claudetray.core.serving import ProxyState, ProxyStatus
from claudetray.core.usage import CallState, Origin, Tokens, UsageRecord

MOST_TROUBLE, MOST_MODEL = 70, 32  # characters of them in a menu; the window has them all
_ORIGINS = {Origin.MANUAL: "by hand", Origin.IMPORT: "imported", Origin.SIMULATED: "simulated"}


def state_line(status: ProxyStatus) -> str:
    """`The proxy runs at http://127.0.0.1:8377.`, `The proxy is down: Port 8377 is taken. It is tried again …`"""
    match status.state:
        case ProxyState.OFF:
            return "The proxy is off."
        case ProxyState.STARTING:
            return f"The proxy is starting… {status.trouble}".rstrip()
        case ProxyState.RUNNING:
            where = f" at {status.serving.url}" if status.serving else ""
            return f"The proxy runs{where}. {status.trouble}".rstrip()
        case ProxyState.WAITING:
            return f"The proxy is down: {status.trouble} It is tried again within a minute."


def trouble_line(status: ProxyStatus) -> str:
    """What is wrong with the proxy, as short as a menu needs it; empty when nothing is."""
    return _short(status.trouble, MOST_TROUBLE)


def today_line(today: Sums) -> str:
    """`12 calls today · $0.42 and 3 unpriced`."""
    if not today.calls:
        return "No calls today"
    calls = f"{words.count(today.calls)} call{'' if today.calls == 1 else 's'} today"
    if today.unpriced == today.calls:
        return f"{calls} · unpriced"
    unpriced = f" and {words.count(today.unpriced)} unpriced" if today.unpriced else ""
    return f"{calls} · {words.about(today.cost_pico)}{unpriced}"


def last_line(record: UsageRecord, now: datetime) -> str:
    """`Last call: claude-opus-5 · 1,234 in / 340 out · $0.0123 · 2 min ago`."""
    parts = [
        _short(model(record), MOST_MODEL),
        f"{words.count(into(record.tokens))} in / {words.count(record.tokens.output)} out",
        cost(record),
        words.ago(now - record.started_at),
    ]
    if record.state is not CallState.COMPLETE:
        parts.insert(3, state(record))
    return f"Last call: {' · '.join(parts)}"


def model(record: UsageRecord) -> str:
    """The model that answered, else the one that was asked for; a dash where a call names none."""
    return record.model or record.requested_model or words.DASH


def into(tokens: Tokens) -> int | None:
    """All that went in, from the cache or not; None where the answer did not say."""
    parts = (tokens.input, tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h)
    return None if all(part is None for part in parts) else sum(part or 0 for part in parts)


def cost(record: UsageRecord) -> str:
    """`$0.0123`, `≈ $0.0123` where it is estimated, `unpriced`."""
    if record.cost_pico is None:
        return "unpriced"
    return f"≈ {words.about(record.cost_pico)}" if record.estimated else words.about(record.cost_pico)


def state(record: UsageRecord) -> str:
    """`complete`, `failed (overloaded_error)`, `complete, simulated`."""
    text = str(record.state)
    if record.state is CallState.FAILED and record.error is not None:
        text += f" ({record.error.kind})"
    return f"{text}, {_ORIGINS[record.origin]}" if record.origin in _ORIGINS else text


def details(record: UsageRecord) -> str:
    """The exact numbers of a call, a line each."""
    tokens = record.tokens
    lines = [
        words.moment(record.started_at),
        f"{record.method} {record.path}" + (f" · status {record.status}" if record.status else ""),
        f"Input {words.count(tokens.input)} · cache read {words.count(tokens.cache_read)} · cache write "
        f"{words.count(tokens.cache_write_5m)} (5 min), {words.count(tokens.cache_write_1h)} (1 h)",
        f"Output {words.count(tokens.output)}",
        f"Cost {words.pico(record.cost_pico)}" + (", estimated" if record.estimated else ""),
    ]
    if record.error is not None:
        lines.append(record.error.message)
    return "\n".join(lines)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
