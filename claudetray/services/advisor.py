"""The advisor: recommendations from the records of the last 30 days."""

from collections.abc import Callable
from datetime import datetime

from claudetray.core.analytics import AnalyticsQuery
from claudetray.core.recommendations import OVER, Recommendation, recommendations
from claudetray.core.spending import HOUR
from claudetray.core.status import Status
from claudetray.services.kept import Kept


async def advice(kept: Kept, status: Status, clock: Callable[[], datetime]) -> tuple[Recommendation, ...]:
    """What the records suggest, the largest sum first. Raises: StoreError."""
    now = clock()
    models = await kept.analytics.by_model(AnalyticsQuery(since=now - OVER, until=now + HOUR))
    return recommendations(models, status.outlook.budgets)
