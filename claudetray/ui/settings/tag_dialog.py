"""The window of one tag: its name, its color, its rules, and how many of the recent calls they would tag."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from claudetray.core.tag import MOST_TAG_NAME, Field, Tag, TagRule
from claudetray.ui import table_looks, theme
from claudetray.ui.settings.word_label import WordLabel

FIELD, PATTERN = 0, 1


class TagDialog(QDialog):
    """Signals: `rules_changed` (to be judged: `show_verdicts`), `try_asked` (a Tag: `show_tried`), `tag_given` (a
    valid one, on OK).
    """

    rules_changed = Signal(object)
    try_asked = Signal(object)
    tag_given = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id: int | None = None
        self._others: frozenset[str] = frozenset()
        self._color = ""
        self._filling = False
        self._verdicts: tuple[str, ...] = ()
        self.setWindowTitle(self.tr("Tag"))
        self._result = WordLabel(self.tr("Result of the trial"))
        self._word = WordLabel(self.tr("Problem with the tag"))
        self._name = QLineEdit()
        self._name.setMaxLength(MOST_TAG_NAME)
        self._name.textChanged.connect(lambda: self._word.say(""))
        self._swatch = QPushButton()
        self._swatch.clicked.connect(self._on_swatch_clicked)
        self._table = self._rules_table()
        rules = QLabel(self.tr("&Rules: a call gets the tag when one of them is found in it, whatever the case."))
        rules.setBuddy(self._table)
        rules.setWordWrap(True)
        hint = QLabel(
            self.tr(
                "Patterns are regular expressions (RE2). Metadata is lines such as tool:bash, user:…, session:…, "
                "project:… and beta:…. Prompts are looked at only where the page Proxy allows it."
            )
        )
        hint.setWordWrap(True)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal
        )
        self._buttons.accepted.connect(self._on_accepted)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(self.tr("&Name:"), self._name)
        form.addRow(self.tr("&Color:"), self._swatch)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(rules)
        column.addWidget(self._table, 1)
        column.addLayout(self._rule_buttons())
        column.addWidget(self._result)
        column.addWidget(hint)
        column.addWidget(self._word)
        column.addWidget(self._buttons)
        em = self.fontMetrics().height()
        self.resize(em * 38, em * 26)

    def show_tag(self, tag: Tag, others: Sequence[Tag]) -> None:
        """Fill it; no name of the others can be given."""
        self._id, self._others = tag.id, frozenset(other.name.casefold() for other in others)
        self._name.setText(tag.name)
        self._show_color(tag.color)
        self._filling = True
        self._table.setRowCount(0)
        for rule in tag.rules:
            self._add_row(rule)
        self._filling = False
        self._judge_rules()
        self._result.say("")
        self._word.say("")
        self._name.setFocus()

    def show_verdicts(self, problems: Sequence[str]) -> None:
        """What is wrong with each rule; empty where nothing is."""
        self._verdicts = tuple(problems)
        self._filling = True
        for row, problem in enumerate(self._verdicts):
            item = self._table.item(row, PATTERN)
            if item is not None:
                item.setToolTip(problem)
                color = QColor(theme.current().trouble) if problem else None
                item.setData(Qt.ItemDataRole.ForegroundRole, color)
        self._filling = False
        self._word.say(self._first_problem() or "", good=False)

    def show_tried(self, fits: int, calls: int) -> None:
        """How many of the recent calls the rules would tag."""
        if not calls:
            self._result.say(self.tr("There are no calls yet to try it on."), good=False)
            return
        text = self.tr("It would tag {0} of the last {1} calls.").format(fits, calls)
        if any(rule.field is Field.PROMPT for rule in self._rules()):
            text += self.tr(" Prompts are not kept, so rules over them were not tried.")
        self._result.say(text)

    def problem(self) -> str | None:
        """Why this tag cannot be kept, if so."""
        name = self._given_name()
        if not name:
            return self.tr("A tag needs a name.")
        if "," in name or not name.isprintable():
            return self.tr("The name of a tag has no commas and no line breaks.")
        if name.casefold() in self._others:
            return self.tr("There is another tag of this name.")
        return self._first_problem()

    @property
    def tag(self) -> Tag:
        return Tag(id=self._id, name=self._given_name(), color=self._color, rules=self._rules())

    def _rules_table(self) -> QTableWidget:
        table = QTableWidget(0, 2)
        table.setHorizontalHeaderLabels([self.tr("Looks at"), self.tr("Pattern")])
        table.setAccessibleName(self.tr("Rules"))
        table_looks.typed_into(table)
        table_looks.plain(table, {FIELD: 16}, stretched=PATTERN, lines=1.9)
        table.itemChanged.connect(self._on_item_changed)
        return table

    def _rule_buttons(self) -> QHBoxLayout:
        add, delete = QPushButton(self.tr("&Add rule")), QPushButton(self.tr("&Delete rule"))
        attempt = QPushButton(self.tr("&Try it"))
        add.clicked.connect(self._on_add_clicked)
        delete.clicked.connect(self._on_delete_clicked)
        attempt.clicked.connect(self._on_try_clicked)
        row = QHBoxLayout()
        for button in (add, delete):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(attempt)
        for button in (add, delete, attempt):
            button.setAutoDefault(False)
        self._swatch.setAutoDefault(False)
        return row

    def _add_row(self, rule: TagRule) -> int:
        names = {
            Field.MODEL: self.tr("Model"),
            Field.PATH: self.tr("Path"),
            Field.CLIENT: self.tr("Client"),
            Field.METADATA: self.tr("Metadata"),
            Field.PROMPT: self.tr("Prompt"),
        }
        row = self._table.rowCount()
        self._table.insertRow(row)
        field = QComboBox()
        field.setAccessibleName(self.tr("What the rule looks at"))
        for each, name in names.items():
            field.addItem(name, each)
        field.setCurrentIndex(list(names).index(rule.field))
        field.currentIndexChanged.connect(self._on_item_changed)
        self._table.setCellWidget(row, FIELD, field)
        self._table.setItem(row, PATTERN, QTableWidgetItem(rule.pattern))
        return row

    def _rules(self, blank: bool = False) -> tuple[TagRule, ...]:
        """As they stand; those without a pattern are left out."""
        rules = []
        for row in range(self._table.rowCount()):
            field, item = self._table.cellWidget(row, FIELD), self._table.item(row, PATTERN)
            assert isinstance(field, QComboBox)
            pattern = item.text() if item is not None else ""
            if pattern or blank:
                rules.append(TagRule(field=Field(field.currentData()), pattern=pattern))
        return tuple(rules)

    def _first_problem(self) -> str | None:
        return next((problem for problem in self._verdicts if problem), None)

    def _given_name(self) -> str:
        return " ".join(self._name.text().split())

    def _judge_rules(self) -> None:
        self._verdicts = ()
        self.rules_changed.emit(self._rules(blank=True))

    def _show_color(self, color: str) -> None:
        self._color = color
        self._swatch.setIcon(swatch(color, self.fontMetrics().height()))
        self._swatch.setText(color)
        self._swatch.setAccessibleName(self.tr("Color: {0}").format(color))

    def _on_item_changed(self) -> None:
        if not self._filling:
            self._result.say("")
            self._judge_rules()

    def _on_add_clicked(self) -> None:
        self._filling = True
        row = self._add_row(TagRule(field=Field.CLIENT, pattern=""))
        self._filling = False
        self._table.setCurrentCell(row, PATTERN)
        item = self._table.item(row, PATTERN)
        if item is not None:
            self._table.editItem(item)

    def _on_delete_clicked(self) -> None:
        if self._table.currentRow() >= 0:
            self._table.removeRow(self._table.currentRow())
            self._on_item_changed()

    def _on_try_clicked(self) -> None:
        if self._first_problem() is not None:
            return  # it stands below
        if not self._rules():
            self._result.say(self.tr("There is no rule to try."), good=False)
        else:
            self.try_asked.emit(self.tag)

    def _on_swatch_clicked(self) -> None:
        chooser = QColorDialog(QColor(self._color), self)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.colorSelected.connect(lambda color: self._show_color(color.name()))
        chooser.open()

    def _on_accepted(self) -> None:
        problem = self.problem()
        if problem is None:
            self.tag_given.emit(self.tag)
            self.accept()
        else:
            self._word.say(problem, good=False)


def swatch(color: str, size: int) -> QIcon:
    """A square of that color; an empty icon where it is none."""
    pixmap = QPixmap(size, size)
    pixmap.fill(QColor(color) if QColor.isValidColorName(color) else Qt.GlobalColor.transparent)
    return QIcon(pixmap)
