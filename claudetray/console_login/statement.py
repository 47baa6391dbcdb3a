"""What signing in means, in plain words, before anything is opened: what is kept, where, and what is not."""

from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from claudetray.console_login.labels import heading


class Statement(QWidget):
    """Signals: `agreed`; `snippet_asked`; `closed`."""

    agreed = Signal()
    snippet_asked = Signal()
    closed = Signal()

    def __init__(self, origin: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        host = urlsplit(origin).netloc
        title = heading(self.tr("Before you sign in"))
        text = QLabel(
            "<p>"
            + "</p><p>".join(
                (
                    self.tr(
                        "You sign in to your own account at <b>{0}</b>, in a browser window of claudetray. Your "
                        "password or code goes to that site alone; claudetray neither reads nor keeps it."
                    ).format(host),
                    self.tr(
                        "<b>What is kept:</b> the cookies that the site gives to this window, which are your session. "
                        "<b>Where:</b> on this machine only, encrypted, under a key that your system's keyring keeps; "
                        "without a keyring, in memory until you quit. They are sent to {0} and to nobody else."
                    ).format(host),
                    self.tr(
                        "<b>What for:</b> to read your credit balance, now and then. Nothing is ever changed or "
                        "bought. The addresses that are asked are the ones that the Console's own pages use; they are "
                        "unofficial, and may change without notice. claudetray is not made by Anthropic."
                    ),
                    self.tr(
                        "<b>Google's sign-in refuses browser windows inside other programs.</b> Use the e-mail link or "
                        "code instead; or paste a request that you copied from your own browser."
                    ),
                    self.tr("<b>Sign out</b> in the menu wipes all of it at once."),
                )
            )
            + "</p>"
        )
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.addWidget(title)
        column.addSpacing(self.fontMetrics().height() // 2)
        column.addWidget(text, 1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._go = QPushButton(self.tr("&Continue to the sign-in page"))
        self._go.setDefault(True)
        self._go.setAutoDefault(True)
        self._go.clicked.connect(self.agreed)
        snippet = QPushButton(self.tr("&Paste a snippet instead"))
        snippet.clicked.connect(self.snippet_asked)
        cancel = QPushButton(self.tr("Ca&ncel"))
        cancel.clicked.connect(self.closed)
        buttons = QHBoxLayout()
        buttons.addWidget(snippet)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._go)
        em = self.fontMetrics().height()
        page = QVBoxLayout(self)
        page.setContentsMargins(em * 2, em, em * 2, em)
        page.addWidget(scroll, 1)
        page.addLayout(buttons)

    def focus(self) -> None:
        self._go.setFocus()
