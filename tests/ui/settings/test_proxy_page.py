import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from claudetray.core.serving import ProxyState, ProxyStatus, Serving
from claudetray.ui.settings.dialog import SettingsDialog
from claudetray.ui.settings.draft import ProxyDraft, SettingsDraft, SettingsShown
from claudetray.ui.settings.word_label import WordLabel
from tests.builders import a_status


def box(dialog: SettingsDialog, text: str) -> QCheckBox:
    return next(box for box in dialog.proxy.findChildren(QCheckBox) if box.text().replace("&", "") == text)


def saved(dialog: SettingsDialog) -> list[SettingsDraft]:
    asked: list[SettingsDraft] = []
    dialog.save_asked.connect(asked.append)
    dialog._buttons.button(dialog._buttons.StandardButton.Save).click()
    return asked


def words(dialog: SettingsDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(WordLabel))


AS_KEPT = ProxyDraft(
    on=False,
    port=8377,
    upstream="https://api.anthropic.com",
    key=None,
    keep_bodies=False,
    read_prompts=False,
    keep_days=365,
    keep_records=0,
)


def test_what_is_kept_is_shown_and_saved_as_it_was(dialog: SettingsDialog, scheme: str) -> None:
    (draft,) = saved(dialog)
    assert draft.proxy == AS_KEPT
    assert (draft.tags, draft.tags_gone, draft.prices, draft.prices_gone) == ((), (), (), ())


def test_everything_can_be_set(dialog: SettingsDialog) -> None:
    for text in ("Run the proxy", "Keep the text of requests and answers", "Rules of tags may read prompts"):
        box(dialog, text).click()
    for field, value in zip(dialog.proxy.findChildren(QSpinBox), (9000, 30, 1_000_000), strict=True):
        field.setValue(value)
    dialog.proxy._upstream.setText(" http://127.0.0.1:9 ")
    dialog.proxy._key.setText("sk-ant-new")
    (draft,) = saved(dialog)
    assert draft.proxy == ProxyDraft(
        on=True,
        port=9000,
        upstream="http://127.0.0.1:9",
        key="sk-ant-new",
        keep_bodies=True,
        read_prompts=True,
        keep_days=30,
        keep_records=1_000_000,
    )


@pytest.mark.parametrize(
    ("field", "text", "word"), [("_upstream", "http://elsewhere", "https://"), ("_key", "two words", "spaces")]
)
def test_nonsense_is_said_and_not_saved(dialog: SettingsDialog, field: str, text: str, word: str) -> None:
    getattr(dialog.proxy, field).setText(text)
    assert word in words(dialog)
    assert saved(dialog) == []
    assert dialog._tabs.currentWidget() is dialog.proxy


def test_the_key_is_hidden_masked_and_removed(dialog: SettingsDialog, shown: SettingsShown) -> None:
    field = dialog.proxy._key
    assert field.echoMode() == QLineEdit.EchoMode.Password
    assert "•••abcd" in field.placeholderText()
    field.setText("sk-ant-new")
    dialog.show_settings(shown)
    assert field.text() == ""
    dialog.show_page("proxy")
    box(dialog, "Remove the key that is kept").click()
    assert dialog.proxy.draft.key == ""
    dialog.show_settings(SettingsShown(status=a_status(), webhook="", request_kept=True))
    assert not box(dialog, "Remove the key that is kept").isVisible()


def test_what_the_proxy_is_doing_now_stands_beside_the_switch(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.proxy.show_proxy(ProxyStatus(state=ProxyState.RUNNING, serving=Serving(url="http://127.0.0.1:8377", pid=1)))
    texts = [label.text() for label in dialog.proxy.findChildren(QLabel)]
    assert "The proxy runs at http://127.0.0.1:8377." in texts
