"""The channels beside the desktop and Slack, as a part of the page of alerts: a list, and a window for each of them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGroupBox, QVBoxLayout, QWidget

from claudetray.core.channel import MOST_CHANNELS, NamedChannel
from claudetray.ui.settings.channel_dialog import ChannelDialog
from claudetray.ui.settings.draft import ChannelDraft
from claudetray.ui.settings.edited_list import EditedList


class ChannelsBox(QGroupBox):
    """Nothing is kept before the settings are saved. Signals: `test_asked` with a ChannelDraft."""

    test_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("More channels"))
        self._kept: tuple[NamedChannel, ...] = ()
        self._channels: list[ChannelDraft] = []
        self._editor: ChannelDialog | None = None
        titles = [self.tr("Name"), self.tr("Kind"), self.tr("On")]
        self._list = EditedList(self.tr("More channels"), titles, {1: 14, 2: 8}, stretched=0)
        self._list.add_asked.connect(lambda: self._open(None))
        self._list.edit_asked.connect(self._open)
        self._list.delete_asked.connect(self._on_delete_asked)
        QVBoxLayout(self).addWidget(self._list)

    def show_channels(self, channels: Sequence[NamedChannel]) -> None:
        self._kept = tuple(channels)
        self._fill([_kept(channel) for channel in channels])

    def show_test_result(self, text: str, good: bool) -> None:
        if self._editor is not None:
            self._editor.show_result(text, good)

    @property
    def changed(self) -> tuple[ChannelDraft, ...]:
        """Those that are new or not as they were kept."""
        before = {_kept(channel) for channel in self._kept}
        return tuple(draft for draft in self._channels if draft.values is not None or draft not in before)

    @property
    def gone(self) -> tuple[str, ...]:
        """The names of those that were deleted."""
        left = {draft.name for draft in self._channels}
        return tuple(channel.name for channel in self._kept if channel.name not in left)

    def _fill(self, drafts: Sequence[ChannelDraft], current: int = 0) -> None:
        self._channels = list(drafts)
        on = {True: self.tr("yes"), False: self.tr("no")}
        self._list.fill([(draft.name, draft.form.value, on[draft.enabled]) for draft in drafts], current)
        self._list.add.setEnabled(len(drafts) < MOST_CHANNELS)

    def _open(self, row: int | None) -> None:
        draft = None if row is None else self._channels[row]
        known = NamedChannel(name=draft.name, form=draft.form, enabled=draft.enabled) if draft else None
        taken = [other.name for number, other in enumerate(self._channels) if number != row]
        editor = self._editor = ChannelDialog(known, taken, self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.channel_given.connect(lambda given: self._take(given, row))
        editor.test_asked.connect(self.test_asked)
        editor.finished.connect(self._on_editor_finished)
        editor.open()

    def _take(self, draft: ChannelDraft, row: int | None) -> None:
        drafts = list(self._channels)
        if row is None:
            drafts.append(draft)
        else:  # what was typed before and not saved yet stays typed
            before = drafts[row].values if draft.form is drafts[row].form else None
            values = draft.values if draft.values is not None else before
            drafts[row] = ChannelDraft(name=draft.name, form=draft.form, values=values, enabled=draft.enabled)
        self._fill(drafts, len(drafts) - 1 if row is None else row)

    def _on_editor_finished(self) -> None:
        self._editor = None

    def _on_delete_asked(self, row: int) -> None:
        self._fill([draft for number, draft in enumerate(self._channels) if number != row], row)


def _kept(channel: NamedChannel) -> ChannelDraft:
    return ChannelDraft(name=channel.name, form=channel.form, values=None, enabled=channel.enabled)
