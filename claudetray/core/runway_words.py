"""The runway in words: when the money ends, as exactly as that can be said."""

from datetime import datetime, tzinfo
from decimal import Decimal

from claudetray.core import words
from claudetray.core.forecast import Forecast
from claudetray.core.ledger import MEASURED_IN
from claudetray.core.money import Money

NEAR_DAYS = 7  # within these a weekday says it best


def line(forecast: Forecast, tz: tzinfo) -> str:
    """`empty about Thursday (Wed to Sat) at $2.10 a day`, or why nobody can say."""
    if forecast.runs_out_at is None or forecast.burn_rate is None:
        return forecast.reason.rstrip(".") or words.DASH
    return f"empty {around(forecast, tz)} at {per_day(forecast)}"


def around(forecast: Forecast, tz: tzinfo) -> str:
    """`about Thursday (Wed to Sat)`, `about 17:00 (14:00 to tomorrow 09:00)`, `about 3 Dec (28 Nov or later)`."""
    middle = forecast.runs_out_at
    if middle is None:
        return words.DASH
    said = _when(middle, forecast.at, tz, long=True)
    low, high = (None if at is None else _when(at, forecast.at, tz) for at in (forecast.low, forecast.high))
    if low is None or low == high:
        return f"about {said}"
    return f"about {said} ({low} or later)" if high is None else f"about {said} ({low} to {high})"


def per_day(forecast: Forecast) -> str:
    return f"{money(forecast.burn_rate, forecast.currency)} a day"


def money(amount: Decimal | None, currency: str) -> str:
    """`$2.10`, to the cent; a dash for what is not known."""
    return words.DASH if amount is None else words.money(Money(amount.quantize(Decimal("0.01")), currency))


def dollars(amount: Decimal | None) -> str:
    """What calls cost, and what budgets are of."""
    return money(amount, MEASURED_IN)


def _when(at: datetime, now: datetime, tz: tzinfo, long: bool = False) -> str:
    local, today = at.astimezone(tz), now.astimezone(tz).date()
    days = (local.date() - today).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return f"tomorrow {local:%H:%M}"
    if days < NEAR_DAYS:
        return f"{local:%A}" if long else f"{local:%a}"
    return f"{local.day} {local:%b}" if local.year == now.astimezone(tz).year else f"{local.day} {local:%b %Y}"
