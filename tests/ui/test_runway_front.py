"""What the windows ask for reaches the services, and what comes of it the windows."""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from claudetray import app, assembly
from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import Rule
from claudetray.core.budget import Budget, Period
from claudetray.core.channel import ChannelForm, NamedChannel
from claudetray.core.errors import ChannelError
from claudetray.core.health import Limits
from claudetray.core.settings import Preferences
from claudetray.services.parts import Parts
from claudetray.store import keys
from claudetray.ui.balance_dialog import BalanceDialog, Telling, Told
from claudetray.ui.runway_front import RunwayFront, limit_texts, quiet_texts
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import ChannelDraft, QuietDraft, SettingsShown
from claudetray.ui.settings.word_label import WordLabel
from claudetray.ui.status_window import StatusWindow
from tests.builders import a_record, a_status, dollars
from tests.services.pages import Browser
from tests.ui.settings.filled import saved


class Home:
    """Every part on real files; the loop runs only while somebody works."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._folder = folder
        folder.mkdir(mode=0o700)

    def __enter__(self) -> "Home":
        environ = {"CLAUDETRAY_VAULT_KEY": keys.made()}
        self._kept = app.kept_opened(self._folder, environ)
        self._opened = assembly.parts_opened(self._kept.__enter__(), environ, [], Browser(), app.clock)
        self.parts: Parts = self._runner.run(self._opened.__aenter__())
        return self

    def __exit__(self, *about: object) -> None:
        self._runner.run(self._opened.__aexit__(None, None, None))
        self._kept.__exit__(None, None, None)
        self._runner.close()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        self.done(work)

    def done(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path / "parts") as home:
        yield home


@pytest.fixture
def front(home: Home) -> RunwayFront:
    return RunwayFront(home.parts, home)  # type: ignore[arg-type]  # as much of tasks as it uses


@pytest.fixture
def window(qtbot: QtBot, front: RunwayFront) -> StatusWindow:
    window = StatusWindow()
    qtbot.addWidget(window)
    front.join_window(window)
    window.show()
    return window


@pytest.fixture
def dialog(qtbot: QtBot) -> SettingsDialog:
    dialog = SettingsDialog()
    qtbot.addWidget(dialog)
    dialog.show_settings(SettingsShown(status=a_status(), webhook="", request_kept=True))
    dialog.show()
    return dialog


def words(page: Any) -> str:
    return "\n".join(label.text() for label in page.findChildren(WordLabel))


def test_alerts_and_advice_are_shown_and_acknowledged(home: Home, front: RunwayFront, window: StatusWindow) -> None:
    parts = home.parts
    home.done(parts.kept.budgets.keep(Budget(name="day", amount=Decimal(2), period=Period.DAY)))
    home.done(parts.kept.usage.add([a_record("claude-opus-5", "1.90", at=app.clock(), duration=None)]))
    home.done(parts.kept.watcher.check())
    front.fill_window()
    assert window._alerts._table.item(0, 1).text() == "Budget “day”: 95 % spent"
    assert len(window._budgets._advice) == 2
    window.seen_asked.emit()
    ((alert, _),) = home.done(parts.alerts.latest())
    assert alert.acknowledged_at is not None
    assert not window._alerts._seen.isEnabled()


def test_a_stop_is_lifted_until_its_period_ends_and_set_again(
    home: Home, front: RunwayFront, window: StatusWindow
) -> None:
    budgets = home.parts.kept.budgets
    made = home.done(budgets.keep(Budget(name="day", amount=Decimal(1), period=Period.DAY, hard_stop=True)))
    window.lift_asked.emit(made.id, True)
    (lifted,) = home.done(budgets.all())
    assert lifted.lifted_until is not None
    window.lift_asked.emit(made.id, False)
    assert home.done(budgets.all()) == (made,)
    troubles: list[str] = []
    front.trouble.connect(lambda title, text: troubles.append(text))
    window.lift_asked.emit(99, True)
    assert troubles == ["There is no such budget."]


@pytest.mark.parametrize(
    ("telling", "left"), [(Telling.LEFT, "5.00"), (Telling.BOUGHT, "25.00"), (Telling.CORRECTED, "5.00")]
)
def test_a_balance_that_is_told_is_kept(
    home: Home, front: RunwayFront, window: StatusWindow, telling: Telling, left: str
) -> None:
    home.done(home.parts.kept.by_hand(app.clock).set(dollars("20")))
    told: list[None] = []
    front.told.connect(lambda: told.append(None))
    window.tell_asked.emit()
    dialog = window.findChild(BalanceDialog)
    dialog.told.emit(Told(telling=telling, money=dollars("5")))
    assert home.done(home.parts.board.status()).left == dollars(left)
    assert told == [None]


def test_budgets_lead_to_their_page(front: RunwayFront, window: StatusWindow) -> None:
    asked: list[str] = []
    front.settings_asked.connect(asked.append)
    window.budgets_asked.emit()
    assert asked == ["budgets"]


def test_what_was_edited_is_kept(home: Home, front: RunwayFront, dialog: SettingsDialog) -> None:
    parts = home.parts
    old = home.done(parts.kept.budgets.keep(Budget(name="old", amount=Decimal(1))))
    home.done(parts.channels.keep("gone", ChannelForm.WEBHOOK, {"url": "https://example.org"}))
    draft = replace(
        saved(dialog),
        budgets=(Budget(name="new", amount=Decimal(2)),),
        budgets_gone=(old.id,),
        rules=(Rule(kind=AlertKind.SPIKE, enabled=False, marks=(Decimal(4),)),),
        channels=(
            ChannelDraft(name="hook", form=ChannelForm.WEBHOOK, values={"url": "https://example.org/x"}, enabled=False),
        ),
        channels_gone=("gone",),
    )
    home.done(front.keep(draft))
    assert [budget.name for budget in home.done(parts.kept.budgets.all())] == ["new"]
    assert home.done(parts.channels.all()) == (NamedChannel(name="hook", form=ChannelForm.WEBHOOK, enabled=False),)
    spike = next(rule for rule in home.done(parts.preferences.rules()) if rule.kind is AlertKind.SPIKE)
    assert (spike.enabled, spike.marks) == (False, (4,))


def test_a_channel_is_tried_before_it_is_kept(home: Home, front: RunwayFront, dialog: SettingsDialog) -> None:
    front.join_dialog(dialog)
    dialog.show_page("alerts")
    dialog.alerts.channels._list.add.click()
    editor = dialog.alerts.channels._editor
    assert editor is not None
    draft = ChannelDraft(name="hook", form=ChannelForm.WEBHOOK, values={"url": "http://127.0.0.1:1/x"}, enabled=True)
    dialog.alerts.channels.test_asked.emit(draft)
    assert "hook cannot be reached" in words(editor)
    tried: list[object] = []

    async def sends(channel: object) -> None:
        tried.append(channel)
        if len(tried) == 2:
            raise ChannelError("It failed.")

    home.parts.outbox.test = sends  # type: ignore[method-assign]
    dialog.alerts.channels.test_asked.emit(replace(draft, values=None))
    assert tried == ["hook"]
    assert "It got through." in words(editor)


def test_quiet_hours_and_limits_are_kept_as_settings() -> None:
    kept = {
        **quiet_texts(QuietDraft(begins="22:00", ends="07:00", critical_breaks_through=False)),
        **limit_texts(Limits(critical_below=Decimal("2.50"), busy=Decimal(3))),
    }
    read = Preferences.of(kept)
    assert read.quiet is not None
    assert (f"{read.quiet.begins:%H}", read.critical_breaks_through) == ("22", False)
    assert read.limits == Limits(critical_below=Decimal("2.50"), busy=Decimal(3))
