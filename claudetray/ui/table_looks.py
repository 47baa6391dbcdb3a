"""How every table of ours looks and is walked through: a row at a time, the tab key leaves it, one column stretches."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView


def plain(table: QTableView, widths: Mapping[int, int], stretched: int, lines: float = 1.8) -> None:
    """Units: `widths` of columns are in digits, the height of a row in `lines` of text."""
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(round(table.fontMetrics().height() * lines))
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    em = table.fontMetrics().horizontalAdvance("0")
    for column, width in widths.items():
        header.resizeSection(column, em * width)
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)


def read_only(table: QTableView, striped: bool = True) -> None:
    """For a table that is read and not typed into."""
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setWordWrap(False)
    if striped:
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)


def typed_into(table: QTableView) -> None:
    """For a table whose cells are typed into, by mouse and by keyboard alike."""
    trigger = QAbstractItemView.EditTrigger
    table.setEditTriggers(
        trigger.DoubleClicked | trigger.SelectedClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed
    )
