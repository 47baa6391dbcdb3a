"""The settings window: its pages, saved together or not at all."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QVBoxLayout, QWidget

from claudetray.core.errors import ClaudetrayError
from claudetray.ui.settings.alerts_page import AlertsPage
from claudetray.ui.settings.budgets_page import BudgetsPage
from claudetray.ui.settings.draft import SettingsDraft, SettingsShown
from claudetray.ui.settings.general_page import GeneralPage
from claudetray.ui.settings.prices_page import PricesPage
from claudetray.ui.settings.proxy_page import ProxyPage
from claudetray.ui.settings.rules_page import RulesPage
from claudetray.ui.settings.snippet_page import SnippetPage
from claudetray.ui.settings.tags_page import TagsPage
from claudetray.ui.settings.thresholds_page import ThresholdsPage
from claudetray.ui.settings.word_label import WordLabel


class SettingsDialog(QDialog):
    """Signals: `save_asked` with a valid SettingsDraft; cancel changes nothing."""

    save_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("claudetray settings"))
        self.snippet, self.thresholds = SnippetPage(), ThresholdsPage()
        self.alerts, self.general = AlertsPage(), GeneralPage()
        self.rules, self.budgets = RulesPage(), BudgetsPage()
        self.proxy, self.tags, self.prices = ProxyPage(), TagsPage(), PricesPage()
        self._pages: dict[
            str,
            SnippetPage
            | ThresholdsPage
            | AlertsPage
            | RulesPage
            | BudgetsPage
            | GeneralPage
            | ProxyPage
            | TagsPage
            | PricesPage,
        ]
        self._pages = {
            "snippet": self.snippet,
            "thresholds": self.thresholds,
            "alerts": self.alerts,
            "rules": self.rules,
            "budgets": self.budgets,
            "general": self.general,
            "proxy": self.proxy,
            "tags": self.tags,
            "prices": self.prices,
        }
        self._tabs = QTabWidget()
        titles = (
            self.tr("&Console"),
            self.tr("T&hresholds"),
            self.tr("Al&erts"),
            self.tr("Rules"),
            self.tr("Budgets"),
            self.tr("&General"),
            self.tr("Pro&xy"),
            self.tr("Tag&s"),
            self.tr("&Prices"),
        )
        for page, title in zip(self._pages.values(), titles, strict=True):
            self._tabs.addTab(page, title)
        self._word = WordLabel(self.tr("Problem with the settings"))
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, Qt.Orientation.Horizontal
        )
        self._save = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        self._buttons.accepted.connect(self._on_save_clicked)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._tabs, 1)
        column.addWidget(self._word)
        column.addWidget(self._buttons)
        em = self.fontMetrics().height()
        self.resize(em * 48, em * 40)

    def show_settings(self, shown: SettingsShown) -> None:
        """Fill every page with what is kept."""
        for page in self._pages.values():
            page.show_settings(shown)
        self._word.say("")
        self.allow_saving()
        if not shown.request_kept:
            self._tabs.setCurrentWidget(self.snippet)

    def show_page(self, name: str) -> None:
        """Bring a page to the front: `snippet`, `thresholds`, `alerts`, `rules`, `budgets`, `general`, `proxy`, `tags`
        or `prices`.
        """
        page = self._pages[name]
        self._tabs.setCurrentWidget(page)
        page.focus()

    def allow_saving(self) -> None:
        """*Save* is off while saving; *Cancel* never is."""
        self._save.setEnabled(True)

    def show_saved(self) -> None:
        self.accept()

    def show_refusal(self, error: ClaudetrayError) -> None:
        """What could not be saved: the window stays as it is, nothing typed is lost."""
        self.allow_saving()
        self._word.say(error.message, good=False)

    def _on_save_clicked(self) -> None:
        for page in self._pages.values():
            if (problem := page.problem()) is not None:
                self._tabs.setCurrentWidget(page)
                page.focus()
                self._word.say(problem, good=False)
                return
        self._save.setEnabled(False)
        self._word.say("")
        self.save_asked.emit(
            SettingsDraft(
                snippet=self.snippet.snippet,
                organization=self.snippet.organization,
                webhook=self.alerts.webhook,
                thresholds=self.thresholds.thresholds,
                interval_minutes=self.general.interval_minutes,
                native=self.alerts.native,
                tray_shows=self.general.tray_shows,
                page_looks=self.general.page_looks,
                autostart=self.general.autostart,
                updates=self.general.updates,
                limits=self.general.limits,
                proxy=self.proxy.draft,
                tags=self.tags.changed,
                tags_gone=self.tags.gone,
                prices=self.prices.changed,
                prices_gone=self.prices.gone,
                budgets=self.budgets.changed,
                budgets_gone=self.budgets.gone,
                rules=self.rules.changed,
                quiet=self.rules.quiet,
                channels=self.alerts.channels.changed,
                channels_gone=self.alerts.channels.gone,
            )
        )
