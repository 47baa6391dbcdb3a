import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from claudetray.core.announcement import Announcement
from claudetray.core.rates import PriceOverride
from claudetray.core.serving import ProxyState, ProxyStatus, Serving
from claudetray.core.tag import STARTERS, Field, Tag, TagRule
from claudetray.core.usage import UsageRecord
from claudetray.ui.calls import CallsTable
from claudetray.ui.proxy_front import ProxyFront, texts
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import SettingsDraft, SettingsShown
from claudetray.ui.status_window import StatusWindow
from claudetray.ui.tray import Tray
from tests.builders import a_price, a_record, a_status

RUNNING = ProxyStatus(state=ProxyState.RUNNING, serving=Serving(url="http://127.0.0.1:8377", pid=1))


class AtOnce:
    """Tasks that are over before anybody can look."""

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run(work)


class Keeper:
    def __init__(self) -> None:
        self.changed: Announcement[ProxyStatus] = Announcement()
        self.switched: list[bool] = []
        self.refreshed = 0

    async def switch(self, on: bool) -> None:
        self.switched.append(on)

    async def refresh(self) -> None:
        self.refreshed += 1


class Rows:
    """The tags, the prices and the calls that are kept; remembers what it was told."""

    def __init__(self, calls: tuple[UsageRecord, ...] = ()) -> None:
        self.calls = calls
        self.told: list[tuple[str, object]] = []

    async def latest(self, most: int) -> tuple[UsageRecord, ...]:
        return self.calls[:most]

    async def add(self, tag: Tag) -> None:
        self.told.append(("add", tag.name))

    async def change(self, tag: Tag) -> None:
        self.told.append(("change", tag.id))

    async def delete(self, id: int) -> None:
        self.told.append(("delete", id))

    async def keep(self, price: PriceOverride) -> None:
        self.told.append(("keep", price.model))

    async def remove(self, id: int) -> None:
        self.told.append(("remove", id))


class Setting:
    def __init__(self) -> None:
        self.tray, self.keeper, self.rows = Tray(), Keeper(), Rows()
        kept = SimpleNamespace(usage=self.rows, tags=self.rows, prices=self.rows)
        self.front = ProxyFront(self.tray, kept, AtOnce())  # type: ignore[arg-type]
        self.front.join(self.keeper)  # type: ignore[arg-type]


@pytest.fixture
def setting(qtbot: QtBot) -> Setting:
    return Setting()


def a_draft(**changes: Any) -> SettingsDraft:
    dialog = SettingsDialog()
    dialog.show_settings(SettingsShown(status=a_status(), webhook="", request_kept=True))
    drafts: list[SettingsDraft] = []
    dialog.save_asked.connect(drafts.append)
    dialog._on_save_clicked()
    return replace(drafts[0], **changes)


def test_the_menu_switches_copies_and_asks_for_fresh_numbers(setting: Setting) -> None:
    setting.keeper.changed(RUNNING)
    assert any("Copy" in action.text() for action in setting.tray._menu.actions())
    setting.tray.proxy_asked.emit(True)
    setting.tray.menu_opened.emit()
    setting.tray.copy_asked.emit("http://127.0.0.1:8377")
    assert setting.keeper.switched == [True]
    assert setting.keeper.refreshed == 1
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1:8377"


def test_the_window_is_filled_when_it_opens_and_when_another_call_is_over(qtbot: QtBot, setting: Setting) -> None:
    window = StatusWindow()
    qtbot.addWidget(window)
    setting.front.join_window(window)
    setting.keeper.changed(RUNNING)
    table = window.findChild(CallsTable).model()
    setting.rows.calls = (a_record(),)
    setting.keeper.changed(replace(RUNNING, last=a_record("claude-haiku-4-5")))
    assert table.rowCount() == 0  # hidden windows do no work
    setting.front.fill_window()
    window.show()
    assert table.rowCount() == 1
    setting.rows.calls = (a_record(), a_record())
    setting.keeper.changed(replace(RUNNING, last=a_record()))
    assert table.rowCount() == 2
    assert setting.keeper.refreshed == 1


def test_rules_are_judged_and_tried_on_the_calls_on_record(qtbot: QtBot, setting: Setting) -> None:
    dialog = SettingsDialog()
    qtbot.addWidget(dialog)
    setting.front.join_dialog(dialog)
    setting.rows.calls = (a_record(), a_record("claude-haiku-4-5"), a_record("claude-opus-4-8"))
    shown = SettingsShown(status=a_status(), webhook="", request_kept=True, tags=(replace(STARTERS[0], id=1),))
    dialog.show_settings(shown)
    dialog.show()
    dialog.tags._list._on_edit_clicked()
    form = dialog.tags._editor
    assert form is not None
    form._table.item(0, 1).setText("(unclosed")
    assert "cannot be used" in form._word.text()
    dialog.tags.try_asked.emit(Tag(name="opus", color="#000000", rules=(TagRule(field=Field.MODEL, pattern="OPUS"),)))
    assert form._result.text() == "✓ It would tag 2 of the last 3 calls."
    form.reject()


def test_what_was_edited_is_kept_and_only_that(qtbot: QtBot, setting: Setting) -> None:
    with qtbot.assertNotEmitted(setting.front.prices_changed):
        asyncio.run(setting.front.keep(a_draft()))
    assert setting.rows.told == []
    draft = a_draft(
        tags=(Tag(name="new", color="#000000"), replace(STARTERS[0], id=7)),
        tags_gone=(3,),
        prices=(a_price(),),
        prices_gone=(9,),
    )
    with qtbot.waitSignal(setting.front.prices_changed):
        asyncio.run(setting.front.keep(draft))
    assert setting.rows.told == [
        ("delete", 3),
        ("add", "new"),
        ("change", 7),
        ("remove", 9),
        ("keep", "claude-opus-5"),
    ]


def test_settings_are_kept_as_text_and_an_untouched_key_not_at_all(qtbot: QtBot) -> None:
    draft = a_draft().proxy
    kept = texts(draft)
    assert (kept["proxy.enabled"], kept["proxy.port"], kept["usage.keep_days"]) == ("false", "8377", "365")
    assert "proxy.key" not in kept
    assert texts(replace(draft, key=""))["proxy.key"] == ""
