"""The burn-down: how the balance fell, and how it is likely to go on. pyqtgraph is loaded with this module.

The values are in the table of the ledger as well, for those who cannot see a chart.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from claudetray.core import runway_words, words
from claudetray.core.health import Health
from claudetray.core.ledger import LedgerEntry
from claudetray.core.money import Money
from claudetray.core.status import Status
from claudetray.services.local_zone import local_zone
from claudetray.ui import theme

SHOWN = timedelta(days=30)  # of the past
AHEAD = timedelta(days=60)  # of the forecast, at most
BAND_OPACITY, BAND_OPACITY_DARK = 60, 120  # of 255


class BurnDown(QWidget):
    """Shows the status it was last given; decides nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status: Status | None = None
        self._plot = pg.PlotWidget(axisItems={"bottom": pg.DateAxisItem()})
        self._plot.setMouseEnabled(x=True, y=False)
        self._plot.hideButtons()
        self._plot.setMenuEnabled(False)
        self._nothing = QLabel(self.tr("There is no balance to show yet."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(self._plot)

    def show_status(self, status: Status) -> None:
        self._status = status
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self._status is not None:
            self._draw()
        super().changeEvent(event)

    def _draw(self) -> None:
        status = self._status
        if status is None or status.left is None:
            self._stack.setCurrentWidget(self._nothing)
            return
        outlook, now = status.outlook, status.outlook.now
        entries = [entry for entry in outlook.entries if entry.at > now - SHOWN]
        entries = [entry for entry in entries if entry.balance.currency == status.left.currency]
        colors = theme.current()
        self._plot.clear()
        self._color(colors)
        left = float(status.left.amount)
        history = [(entry.at.timestamp(), float(entry.balance.amount)) for entry in entries]
        history.append((now.timestamp(), left))
        self._forecast(now, left, colors)
        line = pg.mkPen(colors.health(Health.HEALTHY), width=2)
        self._plot.plot([x for x, _ in history], [y for _, y in history], pen=line, stepMode=None)
        self._thresholds(status, colors)
        self._top_ups(entries, colors)
        most = max([y for _, y in history] + [left])
        room = 1.25 if any(entry.added for entry in entries) else 1.08  # a top-up has its amount above it
        self._plot.setYRange(0, most * room or 1, padding=0)
        self._plot.setXRange(history[0][0], self._end(now).timestamp(), padding=0.01)
        self._stack.setCurrentWidget(self._plot)
        self._describe(status, entries)

    def _end(self, now: datetime) -> datetime:
        assert self._status is not None
        forecast = self._status.outlook.forecast
        ends = [at for at in (forecast.runs_out_at, forecast.high) if at is not None]
        return min(max(ends, default=now + timedelta(days=1)), now + AHEAD)

    def _forecast(self, now: datetime, left: float, colors: theme.Theme) -> None:
        """The band of the 80 % range, and the median in it."""
        assert self._status is not None
        forecast = self._status.outlook.forecast
        if forecast.runs_out_at is None or forecast.low is None or left <= 0:
            return
        end = (forecast.high or now + AHEAD).timestamp()
        bottom = 0.0 if forecast.high is not None else left * 0.5  # beyond a year: it hardly falls
        pen = pg.mkPen(None)
        early = pg.PlotDataItem([now.timestamp(), forecast.low.timestamp(), end], [left, 0.0, 0.0], pen=pen)
        late = pg.PlotDataItem([now.timestamp(), end], [left, bottom], pen=pen)
        ground = QColor(colors.health(Health.HEALTHY))
        ground.setAlpha(BAND_OPACITY_DARK if colors.dark else BAND_OPACITY)
        for item in (early, late, pg.FillBetweenItem(early, late, brush=ground)):
            self._plot.addItem(item)
        dashed = pg.mkPen(colors.health(Health.HEALTHY), width=2, style=Qt.PenStyle.DashLine)
        self._plot.plot([now.timestamp(), forecast.runs_out_at.timestamp()], [left, 0.0], pen=dashed)

    def _thresholds(self, status: Status, colors: theme.Theme) -> None:
        for row in status.thresholds:
            mark = words.short_money(Money(row.at, status.left.currency)) if status.left else ""
            pen = pg.mkPen(colors.health(Health.WARNING), width=1, style=Qt.PenStyle.DotLine)
            ground = colors.palette.color(QPalette.ColorRole.Base)  # else the history may run through it
            label = {"position": 0.02, "color": colors.muted, "anchors": [(0, 1), (0, 1)], "fill": ground}
            self._plot.addItem(pg.InfiniteLine(pos=float(row.at), angle=0, pen=pen, label=mark, labelOpts=label))

    def _top_ups(self, entries: Sequence[LedgerEntry], colors: theme.Theme) -> None:
        added = [entry for entry in entries if entry.added > 0]
        if not added:
            return
        points = pg.ScatterPlotItem(
            x=[entry.at.timestamp() for entry in added],
            y=[float(entry.balance.amount) for entry in added],
            symbol="t1",  # a triangle that points up
            size=12,
            brush=colors.good,
            pen=pg.mkPen(None),
        )
        self._plot.addItem(points)
        for entry in added:
            more = runway_words.money(entry.added, entry.balance.currency)
            text = pg.TextItem(f"+{more}", color=colors.good, anchor=(0.5, 1.4))
            text.setPos(entry.at.timestamp(), float(entry.balance.amount))
            self._plot.addItem(text)

    def _color(self, colors: theme.Theme) -> None:
        self._plot.setBackground(colors.palette.color(QPalette.ColorRole.Base))
        ink = colors.palette.color(QPalette.ColorRole.Text)
        for name in ("bottom", "left"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(colors.muted))
            axis.setTextPen(pg.mkPen(ink))
        self._plot.showGrid(x=False, y=True, alpha=0.15)
        assert self._status is not None and self._status.left is not None  # noqa: PT018  # no test
        self._plot.setLabel("left", self.tr("Balance ({0})").format(self._status.left.currency), color=ink.name())

    def _describe(self, status: Status, entries: Sequence[LedgerEntry]) -> None:
        line = runway_words.line(status.outlook.forecast, local_zone())
        added = sum(1 for entry in entries if entry.added > 0)
        self._plot.setAccessibleName(
            self.tr("Balance over time: {0} now, {1}, top-ups: {2}").format(words.money(status.left), line, added)
        )
