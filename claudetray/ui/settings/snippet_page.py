"""The Console's page: the session, and the snippet as the other way in: paste, verdict, organization, test."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from claudetray.core.account import Organization
from claudetray.core.errors import ClaudetrayError
from claudetray.core.redaction import HIDDEN
from claudetray.core.request import Snippet
from claudetray.core.session import SessionState, described
from claudetray.core.status import Status
from claudetray.ui.settings.draft import SettingsShown
from claudetray.ui.settings.word_label import WordLabel

SHOWN = {"accept", "accept-language", "user-agent", "referer", "anthropic-client-platform"}  # no secret's place
PAUSE_MS = 150  # after the last key, before the text is read


class SnippetPage(QWidget):
    """Signals: `text_changed` (to be judged); `test_asked`, `organizations_asked` (of a text, "" for the kept one);
    `sign_in_asked`, `sign_out_asked`.
    """

    text_changed = Signal(str)
    test_asked = Signal(str)
    organizations_asked = Signal(str)
    sign_in_asked = Signal()
    sign_out_asked = Signal()

    def __init__(self, session: bool = True, parent: QWidget | None = None) -> None:
        """`session`: with the row that says what is known of it."""
        super().__init__(parent)
        self._snippet: Snippet | None = None
        self._text = ""
        self._current = ""  # the organization of the request that is kept, or pasted
        self._shown = False
        self._field = QPlainTextEdit()
        self._field.setTabChangesFocus(True)
        self._field.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._field.textChanged.connect(self._on_field_changed)
        label = QLabel(self.tr("Credits re&quest, as copied from your browser:"))
        label.setBuddy(self._field)
        instead = self.tr("Or without signing in here.") + " " if session else ""
        how = QLabel(
            instead
            + self.tr(
                "Open the Console's billing page with the network panel (F12), right-click the request “credits”, "
                "choose Copy › Copy as cURL, and paste it here. It is read and never run, kept encrypted on this "
                "machine, and sent to the Console alone."
            )
        )
        how.setWordWrap(True)
        self._verdict = WordLabel(self.tr("Verdict on the snippet"))
        self._another = QPushButton(self.tr("Paste &another one"))
        self._another.clicked.connect(self._clear)
        self._test = QPushButton(self.tr("&Test now"))
        self._test.clicked.connect(self._on_test_clicked)
        self._result = WordLabel(self.tr("Result of the test"))
        self._organization = QComboBox()
        organization_label = QLabel(self.tr("&Organization:"))
        organization_label.setBuddy(self._organization)
        self._look_up = QPushButton(self.tr("&Look up"))
        self._look_up.clicked.connect(lambda: self.organizations_asked.emit(self._text))
        choice = QHBoxLayout()
        choice.addWidget(organization_label)
        choice.addWidget(self._organization, 1)
        choice.addWidget(self._look_up)
        tests = QHBoxLayout()
        tests.addWidget(self._test)
        tests.addWidget(self._result, 1)
        tests.addWidget(self._another)
        page = QVBoxLayout(self)
        row, line = self._session_row(), _line()
        page.addWidget(row)
        page.addWidget(line)
        row.setVisible(session)
        line.setVisible(session)
        page.addWidget(how)
        page.addWidget(label)
        page.addWidget(self._field, 1)
        page.addWidget(self._verdict)
        page.addLayout(choice)
        page.addLayout(tests)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(lambda: self.text_changed.emit(self._text))

    def show_settings(self, shown: SettingsShown) -> None:
        self._clear()
        kept = shown.request_kept
        self._field.setPlaceholderText(
            self.tr("A session is kept, encrypted. Paste a request to replace it.")
            if kept
            else self.tr("curl 'https://platform.claude.com/api/organizations/…/prepaid/credits' …")
        )
        self.show_session(shown.status)
        account = shown.status.account
        self._organization.clear()
        self._current = account.organization if account else ""
        if account is not None and account.organization:
            self._organization.addItem(account.name or account.organization, None)
        self._organization.setEnabled(self._organization.count() > 0)
        self._test.setEnabled(kept)
        self._look_up.setEnabled(kept)

    def show_session(self, status: Status) -> None:
        """What is known of the session now."""
        text = self.tr("Session: {0}").format(described(status.session, status.now))
        self._session.setText(text)
        self._session.setAccessibleName(text)
        self._sign_out.setEnabled(status.session.state is not SessionState.SIGNED_OUT)

    def show_verdict(self, snippet: Snippet | None, error: ClaudetrayError | None) -> None:
        """What the text holds: the request in brief, its secrets hidden; or why it cannot be used."""
        self._snippet = snippet
        if error is not None:
            self._verdict.say(error.message, good=False)
        elif snippet is not None:
            words = [self.tr("{0} understood.").format(snippet.copied_as), *snippet.notes]
            self._verdict.say(" ".join(words))
            self._show_redacted(snippet)
            self._offer(snippet)
        self._test.setEnabled(snippet is not None)
        self._look_up.setEnabled(snippet is not None)

    def show_organizations(self, organizations: Sequence[Organization]) -> None:
        self._organization.clear()
        for found in organizations:
            self._organization.addItem(f"{found.name} ({found.uuid[:8]}…)", found)
        # Another organization is other people's money: it is only ever taken when it was chosen.
        here = next((n for n, found in enumerate(organizations) if found.uuid == self._current), -1)
        self._organization.setCurrentIndex(here)
        self._organization.setEnabled(bool(organizations))
        if not organizations:
            self._result.say(self.tr("This session sees no organization with API credit."), good=False)

    def show_result(self, text: str, good: bool) -> None:
        self._test.setEnabled(True)
        self._result.say(text, good)

    def problem(self) -> str | None:
        """Why this page cannot be saved, if so."""
        if self._text and self._snippet is None:
            return self.tr("The snippet cannot be used.")
        return None

    @property
    def snippet(self) -> str | None:
        """The text to keep; None where nothing was pasted."""
        return self._text or None

    @property
    def organization(self) -> Organization | None:
        chosen = self._organization.currentData()
        return chosen if isinstance(chosen, Organization) and chosen.uuid != self._current else None

    def focus(self) -> None:
        self._field.setFocus()

    def _session_row(self) -> QWidget:
        self._session = QLabel()
        self._session.setWordWrap(True)
        self._sign_in = QPushButton(self.tr("Sign &in…"))
        self._sign_in.clicked.connect(self.sign_in_asked)
        self._sign_out = QPushButton(self.tr("Sign o&ut"))
        self._sign_out.clicked.connect(self.sign_out_asked)
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._session, 1)
        row.addWidget(self._sign_in)
        row.addWidget(self._sign_out)
        return made

    def _on_field_changed(self) -> None:
        if self._shown:
            return
        self._text = self._field.toPlainText().strip()
        self._snippet = None
        self._result.say("")
        if self._text:
            self._pause.start()
        else:
            self._pause.stop()
            self._verdict.say("")

    def _on_test_clicked(self) -> None:
        self._test.setEnabled(False)
        self._result.say(self.tr("asking the Console…"))
        self.test_asked.emit(self._text)

    def _show_redacted(self, snippet: Snippet) -> None:
        """From here on the field shows no secret, to nobody who looks over a shoulder."""
        request = snippet.request
        lines = [f"GET {request.origin}{request.path() if request.organization else ''}"]
        lines += [f"{name}: {value if name.lower() in SHOWN else HIDDEN}" for name, value in request.headers]
        lines.append("cookie: " + "; ".join(f"{cookie.name}={HIDDEN}" for cookie in request.cookies))
        self._shown = True
        self._field.setPlainText("\n".join(lines))
        self._field.setReadOnly(True)
        self._shown = False
        self._another.setVisible(True)

    def _offer(self, snippet: Snippet) -> None:
        self._organization.clear()
        self._current = snippet.request.organization or ""
        if snippet.request.organization:
            self._organization.addItem(snippet.request.organization, None)
        self._organization.setEnabled(self._organization.count() > 0)

    def _clear(self) -> None:
        self._pause.stop()
        self._field.setReadOnly(False)
        self._field.clear()
        self._field.document().clearUndoRedoStacks()
        self._text, self._snippet = "", None
        self._verdict.say("")
        self._result.say("")
        self._another.setVisible(False)


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
