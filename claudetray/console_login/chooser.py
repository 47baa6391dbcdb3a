"""The chooser: several organizations with API credit, each with its balance; the person says which one to watch."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from claudetray.core.browser import Choice

UUID = Qt.ItemDataRole.UserRole


class Chooser(QWidget):
    """Signals: `chosen` with the organization's id; `closed`."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = QLabel(
            self.tr(
                "You are signed in. Which &organization's balance should be watched? You can change it in Settings."
            )
        )
        label.setWordWrap(True)
        self._list = QTreeWidget()
        self._list.setHeaderLabels([self.tr("Organization"), self.tr("Balance")])
        self._list.setRootIsDecorated(False)
        self._list.setAlternatingRowColors(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setAccessibleName(self.tr("Organizations with API credit"))
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        label.setBuddy(self._list)
        self._watch = QPushButton(self.tr("&Watch this one"))
        self._watch.setDefault(True)
        self._watch.setAutoDefault(True)
        self._watch.clicked.connect(self._choose)
        self._list.itemActivated.connect(lambda *_: self._choose())
        self._list.currentItemChanged.connect(lambda item, _: self._watch.setEnabled(item is not None))
        cancel = QPushButton(self.tr("&Cancel"))
        cancel.clicked.connect(self.closed)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._watch)
        em = self.fontMetrics().height()
        page = QVBoxLayout(self)
        page.setContentsMargins(em * 2, em, em * 2, em)
        page.setSpacing(em)
        page.addWidget(label)
        page.addWidget(self._list, 1)
        page.addLayout(buttons)

    def show_choices(self, choices: Sequence[Choice], picked: str) -> None:
        """Fill the list; `picked` is selected, and still has to be confirmed."""
        self._list.clear()
        for choice in choices:
            item = QTreeWidgetItem(self._list, [choice.name or choice.uuid, choice.balance])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(0, UUID, choice.uuid)
            item.setToolTip(0, choice.uuid)
            item.setSizeHint(0, QSize(0, round(self.fontMetrics().height() * 1.8)))
            if choice.uuid == picked:
                self._list.setCurrentItem(item)
        self._watch.setEnabled(self._list.currentItem() is not None)
        self._list.setFocus()

    def _choose(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self.setEnabled(False)  # once is enough: the window closes by itself
            self.chosen.emit(item.data(0, UUID))
