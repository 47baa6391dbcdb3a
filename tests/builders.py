"""Values for tests, with what a test does not care about already filled in."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from claudetray.core.account import Account
from claudetray.core.alert import Alert, AlertKind
from claudetray.core.alert_rules import Routes
from claudetray.core.cadence import NextLook
from claudetray.core.cookie import Cookie
from claudetray.core.forecast import Forecast
from claudetray.core.health import Health, assess
from claudetray.core.ledger import LiveBalance
from claudetray.core.look import Failure, Look, Plan, Trigger
from claudetray.core.money import Money
from claudetray.core.outlook import Outlook
from claudetray.core.rates import PriceOverride
from claudetray.core.reading import PAID, PROMOTIONAL, TOTAL, Balance, Reading, Spend
from claudetray.core.session import Session, SessionState, Way
from claudetray.core.settings import Preferences
from claudetray.core.status import Status
from claudetray.core.thresholds import Threshold, threshold
from claudetray.core.usage import CallState, Origin, Tokens, UsageRecord

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SOME_TOKENS = Tokens(input=1234, output=340)
NEXT = NextLook(timedelta(minutes=30), "below $20: every 30 min")


def dollars(text: str) -> Money:
    return Money(Decimal(text), "USD")


def cookies(**values: str) -> tuple[Cookie, ...]:
    return tuple(Cookie(name=name, value=value) for name, value in values.items())


def thresholds(*rows: str) -> tuple[Threshold, ...]:
    return tuple(sorted(threshold(*row.split("=")) for row in rows))


def a_reading(left: str | None = "60.36", at: datetime = NOW, bought: str | None = None) -> Reading:
    return Reading(
        taken_at=at,
        source="console",
        meters=(
            Balance(key=TOTAL, label="Balance", left=None if left is None else dollars(left)),
            Balance(key=PAID, label="Paid", left=dollars("55.36")),
            Balance(key=PROMOTIONAL, label="Promotional", left=dollars("5.00")),
            Spend(key="month", label="Spent this month", spent=dollars("151.07"), resets_at=NOW + timedelta(days=9)),
        ),
        next_expires_at=NOW + timedelta(days=300),
        last_purchase=None if bought is None else dollars(bought),
    )


def a_look(left: str | None = "60.36", at: datetime = NOW, failure: Failure | None = None) -> Look:
    money = None if left is None or failure else dollars(left)
    return Look(started_at=at, took=timedelta(seconds=0.4), trigger=Trigger.SCHEDULE, left=money, failure=failure)


def a_failure(kind: str = "session_expired") -> Failure:
    return Failure(kind=kind, title="Session expired", message="The Console does not accept this session. Sign in.")


def an_outlook(
    left: str | None = "60.36", at: datetime = NOW, forecast: Forecast | None = None, **more: Any
) -> Outlook:
    """Of a balance that was told three minutes ago, with too little history for a forecast."""
    taken = at - timedelta(minutes=3)
    live = (
        LiveBalance(left=dollars(left), since=taken, measured=Decimal(0), lapsed=Decimal(0), tranches=())
        if left is not None
        else None
    )
    nothing = Forecast(at=at, reason="Not enough history yet: 0 of 24 hours.")
    return Outlook(now=at, live=live, forecast=forecast or nothing, **more)


def routes(*channels: str, **more: Any) -> Routes:
    return Routes(channels=channels, tz=UTC, **more)


def a_status(
    left: str | None = "60.36",
    failure: Failure | None = None,
    paused: bool = False,
    stale: bool = False,
    rows: tuple[Threshold, ...] = (),
    never: bool = False,
    shows: str = "balance",
    now: datetime = NOW,
    session: Session | None = None,
    outlook: Outlook | None = None,
) -> Status:
    reading = None if never else a_reading(left, now - timedelta(minutes=3))
    looks = () if never and failure is None else (a_look(left, now - timedelta(minutes=3), failure),)
    return Status(
        now=now,
        account=Account(id=1, provider="anthropic", host="platform.claude.com", organization="o-1", name="Example"),
        reading=reading,
        assessment=assess(reading.left if reading else None, rows),
        stale=stale,
        session=session or Session(state=SessionState.SIGNED_IN, way=Way.SNIPPET, since=now - timedelta(days=2)),
        visits=0,
        looks=looks,
        plan=Plan(next_look_at=None if paused else now + timedelta(minutes=30), reason=NEXT.reason, paused=paused),
        thresholds=rows,
        preferences=Preferences(interval=timedelta(minutes=120), native=True, tray_shows=shows, page_looks=24),
        webhook_kept=False,
        outlook=outlook or an_outlook(None if never else left, now),
    )


def an_alert(title: str = "$18.20 of credit left", health: Health = Health.WARNING) -> Alert:
    return Alert(
        kind=AlertKind.THRESHOLD,
        health=health,
        title=title,
        body="The balance is at or below $20.",
        facts=(("Balance", "$18.20"), ("Threshold", "$20.00")),
        raised_at=NOW,
    )


def a_record(
    model: str | None = "claude-opus-5",
    cost: str | None = "0.0123",
    at: datetime = NOW,
    state: CallState = CallState.COMPLETE,
    tokens: Tokens = SOME_TOKENS,
    **more: Any,
) -> UsageRecord:
    """A call; `cost` in dollars, None: unpriced."""
    return UsageRecord(
        key=f"{model} {at.isoformat()}",
        origin=more.pop("origin", Origin.PROXY),
        state=state,
        started_at=at,
        duration=more.pop("duration", timedelta(seconds=2.5)),
        status=more.pop("status", 200),
        model=model,
        tokens=tokens,
        cost_pico=None if cost is None else int(Decimal(cost).scaleb(12)),
        **more,
    )


def a_price(model: str = "claude-opus-5", since: date | None = None, input: str = "5") -> PriceOverride:
    """A price that the person set, and that is kept."""
    rate = Decimal(input)
    return PriceOverride(
        model=model,
        since=since,
        input=rate,
        output=rate * 5,
        cache_read=rate / 10,
        cache_write_5m=rate * Decimal("1.25"),
        cache_write_1h=rate * 2,
        id=1,
    )
