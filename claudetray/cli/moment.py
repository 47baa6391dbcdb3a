"""A time on the command line."""

from datetime import UTC, date, datetime, time

import click

from claudetray.core.times import from_rfc3339


class Moment(click.ParamType[datetime]):
    """A day (its noon counts, in UTC), or a time in RFC 3339."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        try:
            return datetime.combine(date.fromisoformat(text), time(12), UTC)
        except ValueError:
            pass
        try:
            return from_rfc3339(text)
        except (ValueError, OverflowError):
            self.fail("Give a day such as 2026-11-21, or a time such as 2026-11-21T09:30:00Z.", param, ctx)
