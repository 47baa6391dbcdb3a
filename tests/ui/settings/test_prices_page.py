from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from claudetray.core.rates import PriceOverride
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.prices_page import INPUT, MODEL, OUTPUT, SINCE, PricesPage
from tests.builders import a_price, a_status


@pytest.fixture
def page(dialog: SettingsDialog) -> PricesPage:
    dialog.show_page("prices")
    return dialog.prices


def click(page: PricesPage, text: str) -> None:
    next(b for b in page.findChildren(QAbstractButton) if b.text().replace("&", "") == text).click()


def typed(page: PricesPage, row: int, **cells: str) -> None:
    columns = {"model": MODEL, "since": SINCE, "input": INPUT, "output": OUTPUT}
    for name, text in cells.items():
        page._table.item(row, columns[name]).setText(text)


def test_nothing_touched_is_nothing_changed(page: PricesPage, scheme: str) -> None:
    texts = [page._table.item(0, column).text() for column in range(7)]
    assert texts == ["claude-opus-5", "", "5", "25", "0.5", "6.25", "10"]
    assert (page.changed, page.gone, page.problem()) == ((), (), None)


def test_a_price_is_added_and_its_cache_rates_follow_from_the_input(page: PricesPage) -> None:
    click(page, "Add")
    typed(page, 1, model="my-model", since="2026-03-01", input="$3", output="15")
    assert page.changed == (
        PriceOverride(
            model="my-model",
            since=date(2026, 3, 1),
            input=Decimal(3),
            output=Decimal(15),
            cache_read=Decimal("0.3"),
            cache_write_5m=Decimal("3.75"),
            cache_write_1h=Decimal(6),
        ),
    )


def test_a_price_is_changed_with_its_number_and_deleted(qtbot: QtBot, page: PricesPage) -> None:
    typed(page, 0, since="2026-10-01")
    assert page.changed == (a_price(since=date(2026, 10, 1)),)
    page._table.setCurrentCell(0, 0)
    qtbot.keyClick(page._table, Qt.Key.Key_Delete)
    assert (page.changed, page.gone) == ((), (1,))


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({"input": "3", "output": "15"}, "name of a model"),
        ({"model": "two words", "input": "3", "output": "15"}, "name of a model"),
        ({"model": "m", "input": "abc", "output": "15"}, "Input must be a number"),
        ({"model": "m", "input": "3"}, "Output must be a number"),
        ({"model": "m", "input": "-3", "output": "15"}, "from 0 on"),
        ({"model": "m", "input": "0.0000001", "output": "15"}, "six decimals"),
        ({"model": "m", "since": "March", "input": "3", "output": "15"}, "2026-01-31"),
        ({"model": "claude-opus-5", "input": "3", "output": "15"}, "another price"),
    ],
)
def test_nonsense_is_said_and_not_saved(
    dialog: SettingsDialog, page: PricesPage, cells: dict[str, str], word: str
) -> None:
    click(page, "Add")
    typed(page, 1, **cells)
    assert word in page._word.text()
    asked: list[object] = []
    dialog.save_asked.connect(asked.append)
    dialog._buttons.button(dialog._buttons.StandardButton.Save).click()
    assert asked == []


def test_an_empty_row_is_left_out(page: PricesPage) -> None:
    click(page, "Add")
    assert page.problem() is None


def test_a_model_without_a_price_gets_one(page: PricesPage) -> None:
    assert page._unpriced.item(0).text() == "claude-unknown-9 (7 calls)"
    click(page, "Add a price")
    assert page._table.item(1, MODEL).text() == "claude-unknown-9"
    assert page._table.currentColumn() == INPUT
    typed(page, 1, input="1", output="2")
    assert [price.model for price in page.changed] == ["claude-unknown-9"]


def test_where_every_model_has_a_price_it_says_so(dialog: SettingsDialog, page: PricesPage) -> None:
    dialog.show_settings(SettingsShown(status=a_status(), webhook="", request_kept=True))
    dialog.show_page("prices")
    texts = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert "Every model that was called has a price." in texts
    assert not page._unpriced.isVisible()
