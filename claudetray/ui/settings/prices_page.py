"""The page of the person's own prices, edited in place, and of the models that have none."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from claudetray.core import words
from claudetray.core.errors import SettingRefused
from claudetray.core.money import decimal
from claudetray.core.rates import READ, WRITE_1H, WRITE_5M, PriceOverride
from claudetray.core.usage import MOST_NAME
from claudetray.ui import table_looks, theme
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.word_label import WordLabel

MODEL, SINCE, INPUT, OUTPUT, CACHE_READ, CACHE_5M, CACHE_1H = range(7)
DERIVED = {CACHE_READ: READ, CACHE_5M: WRITE_5M, CACHE_1H: WRITE_1H}  # of the input's rate, where nothing is typed
UNPRICED_ROWS = 3


class PricesPage(QWidget):
    """A row for each price. A row without a model is left out; nothing is kept before the settings are saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self._kept: tuple[PriceOverride, ...] = ()
        self._table = self._price_table()
        label = QLabel(
            self.tr(
                "&Your own prices go before the published ones. Dollars per million tokens; a price holds from its day "
                "on (UTC), or always. Cache rates that are left out follow from the input."
            )
        )
        label.setWordWrap(True)
        label.setBuddy(self._table)
        self._word = WordLabel(self.tr("Problem with the prices"))
        add, self._delete = QPushButton(self.tr("&Add")), QPushButton(self.tr("&Delete"))
        add.clicked.connect(lambda: self._add(""))
        self._delete.clicked.connect(self._on_delete_clicked)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Delete),
            self._table,
            self._on_delete_clicked,
            context=Qt.ShortcutContext.WidgetShortcut,
        )
        buttons = QHBoxLayout()
        buttons.addWidget(add)
        buttons.addWidget(self._delete)
        buttons.addStretch(1)
        page = QVBoxLayout(self)
        page.addWidget(label)
        page.addWidget(self._table, 1)
        page.addWidget(self._word)
        page.addLayout(buttons)
        page.addSpacing(self.fontMetrics().height() // 2)
        page.addWidget(self._unpriced_label())
        page.addLayout(self._unpriced_row())

    def show_settings(self, shown: SettingsShown) -> None:
        self._kept = shown.prices
        self._filling = True
        self._table.setRowCount(0)
        for price in shown.prices:
            self._add_row(_texts(price), price.id)
        self._filling = False
        self._word.say("")
        self._unpriced.clear()
        for model, calls in shown.unpriced:
            text = self.tr("{0} ({1} calls)") if calls != 1 else self.tr("{0} ({1} call)")
            item = QListWidgetItem(text.format(model, words.count(calls)))
            item.setData(Qt.ItemDataRole.UserRole, model)
            self._unpriced.addItem(item)
        self._unpriced.setCurrentRow(0)
        self._unpriced.setVisible(bool(shown.unpriced))
        self._add_price.setVisible(bool(shown.unpriced))
        self._none_unpriced.setVisible(not shown.unpriced)
        self._unpriced_title.setVisible(bool(shown.unpriced))

    def problem(self) -> str | None:
        """Why this page cannot be saved, if so."""
        return self._judged()[1]

    @property
    def changed(self) -> tuple[PriceOverride, ...]:
        """Those that are new or not as they were kept."""
        return tuple(price for price in self._judged()[0] if price not in self._kept)

    @property
    def gone(self) -> tuple[int, ...]:
        """The numbers of those that were deleted."""
        left = {price.id for price in self._judged()[0]}
        return tuple(price.id for price in self._kept if price.id is not None and price.id not in left)

    def focus(self) -> None:
        self._table.setFocus()

    def _price_table(self) -> QTableWidget:
        titles = [
            self.tr("Model"),
            self.tr("From"),
            self.tr("Input"),
            self.tr("Output"),
            self.tr("Cache read"),
            self.tr("5 min write"),
            self.tr("1 h write"),
        ]
        table = QTableWidget(0, len(titles))
        table.setHorizontalHeaderLabels(titles)
        table.setAccessibleName(self.tr("Your prices"))
        table_looks.typed_into(table)
        widths = {SINCE: 12, INPUT: 8, OUTPUT: 8, CACHE_READ: 10, CACHE_5M: 10, CACHE_1H: 9}
        table_looks.plain(table, widths, stretched=MODEL)
        table.itemChanged.connect(self._on_item_changed)
        return table

    def _unpriced_label(self) -> QWidget:
        self._unpriced = QListWidget()
        self._unpriced.setAccessibleName(self.tr("Models without a price"))
        self._unpriced.setMaximumHeight(round(self.fontMetrics().height() * 1.6 * UNPRICED_ROWS))
        self._unpriced_title = QLabel(self.tr("&Models that were called and have no price:"))
        self._unpriced_title.setBuddy(self._unpriced)
        return self._unpriced_title

    def _unpriced_row(self) -> QHBoxLayout:
        self._none_unpriced = QLabel(self.tr("Every model that was called has a price."))
        self._add_price = QPushButton(self.tr("Add a p&rice"))
        self._add_price.clicked.connect(self._on_add_price_clicked)
        row = QHBoxLayout()
        row.addWidget(self._unpriced, 1)
        row.addWidget(self._none_unpriced, 1)
        row.addWidget(self._add_price, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _add_row(self, texts: Sequence[str], id: int | None) -> int:
        row = self._table.rowCount()
        self._table.insertRow(row)
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column == MODEL:
                item.setData(Qt.ItemDataRole.UserRole, id)
            if column >= INPUT:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._table.setItem(row, column, item)
        return row

    def _add(self, model: str) -> None:
        self._filling = True
        row = self._add_row((model, "", "", "", "", "", ""), None)
        self._filling = False
        column = INPUT if model else MODEL
        self._table.setCurrentCell(row, column)
        item = self._table.item(row, column)
        if item is not None:
            self._table.setFocus()
            self._table.editItem(item)

    def _cell(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text().strip() if item is not None else ""

    def _judged(self) -> tuple[list[PriceOverride], str | None]:
        valid: list[PriceOverride] = []
        first: str | None = None
        for row in range(self._table.rowCount()):
            word = ""
            if any(self._cell(row, column) for column in range(CACHE_1H + 1)):
                try:
                    made = self._price(row)
                    if any((made.model, made.since) == (other.model, other.since) for other in valid):
                        raise SettingRefused(self.tr("{0} has another price from that day on.").format(made.model))
                    valid.append(made)
                except SettingRefused as error:
                    word = error.message
            self._mark(row, word)
            first = first or word or None
        return valid, first

    def _price(self, row: int) -> PriceOverride:
        """Raises: SettingRefused."""
        model = self._cell(row, MODEL)
        if not model or len(model) > MOST_NAME or any(character.isspace() for character in model):
            raise SettingRefused(self.tr("A price needs the name of a model, as the API writes it."))
        try:
            since = date.fromisoformat(self._cell(row, SINCE)) if self._cell(row, SINCE) else None
        except ValueError:
            raise SettingRefused(self.tr("{0}: the day must look like 2026-01-31.").format(model)) from None
        rates = {column: self._rate(row, column, model) for column in (INPUT, OUTPUT)}
        for column, share in DERIVED.items():
            typed = self._cell(row, column)
            rates[column] = self._rate(row, column, model) if typed else rates[INPUT] * share
        item = self._table.item(row, MODEL)
        price = PriceOverride(
            model=model,
            since=since,
            input=rates[INPUT],
            output=rates[OUTPUT],
            cache_read=rates[CACHE_READ],
            cache_write_5m=rates[CACHE_5M],
            cache_write_1h=rates[CACHE_1H],
            id=item.data(Qt.ItemDataRole.UserRole) if item is not None else None,
        )
        try:
            price.price()
        except ValueError as error:
            raise SettingRefused(f"{model}: {error}.") from error
        return price

    def _rate(self, row: int, column: int, model: str) -> Decimal:
        """Raises: SettingRefused."""
        try:
            return decimal(self._cell(row, column).lstrip("$"))
        except ValueError:
            header = self._table.horizontalHeaderItem(column)
            name = header.text() if header is not None else ""
            raise SettingRefused(self.tr("{0}: {1} must be a number such as 3 or 0.30.").format(model, name)) from None

    def _mark(self, row: int, word: str) -> None:
        """The row that is meant: what is wrong with it stands below the table."""
        self._filling = True
        for column in range(CACHE_1H + 1):
            item = self._table.item(row, column)
            if item is not None:
                item.setToolTip(word)
                item.setData(Qt.ItemDataRole.ForegroundRole, QColor(theme.current().trouble) if word else None)
        self._filling = False

    def _on_item_changed(self) -> None:
        if not self._filling:
            self._word.say(self.problem() or "", good=False)

    def _on_delete_clicked(self) -> None:
        if self._table.currentRow() >= 0:
            self._table.removeRow(self._table.currentRow())
            self._on_item_changed()

    def _on_add_price_clicked(self) -> None:
        item = self._unpriced.currentItem()
        if item is not None:
            self._add(str(item.data(Qt.ItemDataRole.UserRole)))


def _texts(price: PriceOverride) -> tuple[str, ...]:
    rates = (price.input, price.output, price.cache_read, price.cache_write_5m, price.cache_write_1h)
    since = price.since.isoformat() if price.since else ""
    return (price.model, since, *(f"{rate.normalize():f}" for rate in rates))
