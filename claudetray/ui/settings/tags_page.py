"""The page of the tags: a list, and a window for each of them."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from claudetray.core.tag import MOST_TAGS, STARTERS, Tag
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.edited_list import EditedList
from claudetray.ui.settings.tag_dialog import TagDialog, swatch

NAME, RULES = 0, 1


class TagsPage(QWidget):
    """Nothing is kept before the settings are saved. Signals: `rules_changed`, `try_asked`: see TagDialog."""

    rules_changed = Signal(object)
    try_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: tuple[Tag, ...] = ()
        self._tags: list[Tag] = []
        self._editor: TagDialog | None = None
        titles = [self.tr("Tag"), self.tr("Rules")]
        self._list = EditedList(self.tr("Tags"), titles, {NAME: 22}, stretched=RULES)
        self._list.add_asked.connect(self._on_add_asked)
        self._list.edit_asked.connect(lambda row: self._open(self._tags[row], row))
        self._list.delete_asked.connect(self._on_delete_asked)
        label = QLabel(
            self.tr(
                "Calls are grouped by &tags: given by the rules here, by the header x-claudetray-tags, or by hand. "
                "They are never passed on."
            )
        )
        label.setWordWrap(True)
        label.setBuddy(self._list.table)
        page = QVBoxLayout(self)
        page.addWidget(label)
        page.addWidget(self._list, 1)

    def show_settings(self, shown: SettingsShown) -> None:
        if self._editor is not None:
            self._editor.hide()
        self._kept = shown.tags
        self._fill(shown.tags)

    def show_verdicts(self, problems: Sequence[str]) -> None:
        """What is wrong with each rule of the tag that is being edited."""
        if self._editor is not None:
            self._editor.show_verdicts(problems)

    def show_tried(self, fits: int, calls: int) -> None:
        """How many of the recent calls that tag's rules fit."""
        if self._editor is not None:
            self._editor.show_tried(fits, calls)

    def problem(self) -> str | None:
        """Nothing can be wrong here: the window of a tag gives none that is."""
        return None

    @property
    def changed(self) -> tuple[Tag, ...]:
        """Those that are new or not as they were kept."""
        return tuple(tag for tag in self._tags if tag not in self._kept)

    @property
    def gone(self) -> tuple[int, ...]:
        """The numbers of those that were deleted."""
        left = {tag.id for tag in self._tags}
        return tuple(tag.id for tag in self._kept if tag.id is not None and tag.id not in left)

    def focus(self) -> None:
        self._list.table.setFocus()

    def _fill(self, tags: Sequence[Tag], current: int = 0) -> None:
        self._tags = list(tags)
        self._list.fill([(tag.name, self._rules(tag, "   ")) for tag in tags], current)
        for row, tag in enumerate(tags):
            self._list.item(row, NAME).setIcon(swatch(tag.color, self.fontMetrics().height()))
            self._list.item(row, RULES).setToolTip(self._rules(tag, "\n"))
        self._list.add.setEnabled(len(tags) < MOST_TAGS)

    def _rules(self, tag: Tag, between: str) -> str:
        return between.join(f"{rule.field}: {rule.pattern}" for rule in tag.rules) or self.tr(
            "by header and by hand only"
        )

    def _open(self, tag: Tag, row: int | None) -> None:
        editor = self._editor = TagDialog(self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.rules_changed.connect(self.rules_changed)
        editor.try_asked.connect(self.try_asked)
        editor.tag_given.connect(lambda given: self._take(given, row))
        editor.finished.connect(self._on_editor_finished)
        editor.show_tag(tag, [other for number, other in enumerate(self._tags) if number != row])
        editor.open()

    def _take(self, tag: Tag, row: int | None) -> None:
        tags = list(self._tags)
        if row is None:
            tags.append(tag)
        else:
            tags[row] = replace(tag, id=tags[row].id)
        self._fill(tags, len(tags) - 1 if row is None else row)

    def _on_editor_finished(self) -> None:
        self._editor = None

    def _on_add_asked(self) -> None:
        color = STARTERS[len(self._tags) % len(STARTERS)].color
        self._open(Tag(name="", color=color), None)

    def _on_delete_asked(self, row: int) -> None:
        self._fill([tag for number, tag in enumerate(self._tags) if number != row], row)
