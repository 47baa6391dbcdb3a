"""Every error claudetray raises on purpose.

ClaudetrayError
├── SourceError              a source could not give a reading
│   ├── NotConfigured        nothing to ask with yet: paste a snippet
│   │   └── SecretsClosed    the vault does not open now: unlock the keyring
│   ├── SessionExpired       the cookie went bad: sign in again
│   ├── Challenged           Cloudflare wants a browser: keep the cookie, look through the page
│   ├── PageFailed           the web page could not be looked through: its helper hung, died or is not there
│   ├── WrongOrganization    this session has no credits there: choose again
│   ├── RateLimited          too many looks: wait as told
│   ├── Unreachable          offline, a timeout, or trouble at the other end
│   └── UnexpectedAnswer     the Console changed: a redacted sample is kept
├── SnippetRefused           pasted text that is not the one request we need
├── SettingRefused           a value that a setting cannot take
├── QueryRefused             a question about usage that cannot be answered
│   └── NotFound             a record, a tag or a page that is not there
├── NotAnAnswer              text that is not an answer of the Messages API
├── ServeFailed              the proxy and the local API cannot be served
├── UpstreamFailed           a call got no answer from the API, or half of one
│   ├── NotReached           nobody is there
│   ├── TookTooLong          nobody answered in time
│   └── BrokeOff             it hung up in the middle
├── ChannelError             an alert did not get through
├── StartupFailed            starting with the session cannot be switched
├── SelfTestFailed           a part of this installation does not work
├── SignInFailed             nobody was signed in: no window, or it was closed
├── VaultError               secrets cannot be kept or read
└── StoreError               the data file cannot be used
    ├── StoreTooNew          written by a newer claudetray
    ├── StoreDamaged         no longer a whole database
    └── StoreFailed          full, locked or read-only
"""

from datetime import timedelta


class ClaudetrayError(Exception):
    """What went wrong (`str(error)`), with a `title` and an `advice` a person can act on."""

    kind = "failed"
    title = "Something went wrong"
    advice = ""

    @property
    def message(self) -> str:
        """The sentence shown to people: what happened, then what to do about it."""
        return " ".join(part for part in (str(self), self.advice) if part)


class SourceError(ClaudetrayError):
    """A look that gave no reading. `may_pass`: would asking again in seconds make sense?

    `retry_after` is how long the other side asked us to wait, or None when it did not say.
    """

    may_pass = False
    needs_person = False

    def __init__(self, what: str, retry_after: timedelta | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class NotConfigured(SourceError):
    kind = "not_configured"
    title = "Not set up yet"
    advice = "Sign in with “Sign in…” or “claudetray login”, or paste the credits request of your browser in Settings."
    needs_person = True


class SecretsClosed(NotConfigured):
    """There is a request, but the vault does not open now: a keyring that is still locked, mostly."""

    title = "The keyring is closed"
    advice = "Unlock it; claudetray keeps trying."
    needs_person = False


class SessionExpired(SourceError):
    kind = "session_expired"
    title = "Session expired"
    advice = "Sign in again with “Sign in…” or “claudetray login”, or paste a fresh credits request in Settings."
    needs_person = True


class Challenged(SourceError):
    kind = "challenged"
    title = "Cloudflare wants a browser"
    advice = (
        "Your session may be perfectly good. claudetray keeps it and tries again later; "
        "if this goes on, sign in again, or paste a fresh request."
    )


class PageFailed(SourceError):
    """The login helper is an ordinary thing to fail: it is tried again like a network that is down."""

    kind = "page_failed"
    title = "The web page could not be opened"
    advice = "claudetray keeps the session and tries again later."


class WrongOrganization(SourceError):
    kind = "wrong_organization"
    title = "Wrong organization"
    advice = "Choose the organization again in Settings."
    needs_person = True


class RateLimited(SourceError):
    kind = "rate_limited"
    title = "Asked too often"
    advice = "claudetray waits as long as it was told, then looks again."


class Unreachable(SourceError):
    kind = "unreachable"
    title = "Console not reachable"
    advice = "claudetray keeps trying; check the network, or status.claude.com if that is fine."
    may_pass = True


class UnexpectedAnswer(SourceError):
    """`sample` is a redacted outline of the answer: keys and types, never values."""

    kind = "unexpected_answer"
    title = "The Console answers differently now"
    advice = "Its format may have changed: look for a claudetray update, and attach `claudetray doctor` to a report."

    def __init__(self, what: str, sample: str = "") -> None:
        super().__init__(what)
        self.sample = sample


class SnippetRefused(ClaudetrayError):
    """Pasted text that cannot be used. `reason` is a stable word for --json; no value is ever quoted."""

    kind = "snippet_refused"
    title = "This text cannot be used"

    def __init__(self, reason: str, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.reason = reason
        self.advice = advice


class SettingRefused(ClaudetrayError):
    kind = "setting_refused"
    title = "This value cannot be used"


class QueryRefused(ClaudetrayError):
    kind = "query_refused"
    title = "This cannot be answered"


class NotFound(QueryRefused):
    kind = "not_found"
    title = "There is no such thing"


class NotAnAnswer(ClaudetrayError):
    kind = "not_an_answer"
    title = "This is not an answer of the Messages API"


class ServeFailed(ClaudetrayError):
    kind = "serve_failed"
    title = "The proxy cannot run"


class UpstreamFailed(ClaudetrayError):
    """The upstream gave no answer, or half of one. `kind` is the word in `Ear.broke`, `status` what the client gets."""

    status = 502
    title = "No answer from the API"


class NotReached(UpstreamFailed):
    kind = "unreachable"
    advice = "Check the network, and the upstream address in claudetray's settings."


class TookTooLong(UpstreamFailed):
    kind = "timeout"
    status = 504
    advice = "Check the network, then try again."


class BrokeOff(UpstreamFailed):
    kind = "broken_off"
    advice = "Try again."


class ChannelError(ClaudetrayError):
    """An alert that did not get through. `retry_after`: how long the channel asked us to wait."""

    kind = "channel_failed"
    title = "The alert did not get through"

    def __init__(self, what: str, advice: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(what)
        self.advice = advice
        self.retry_after = retry_after


class StartupFailed(ClaudetrayError):
    kind = "startup_failed"
    title = "Starting with the session"


class SelfTestFailed(ClaudetrayError):
    kind = "self_test_failed"
    title = "The self-test failed"


class SignInFailed(ClaudetrayError):
    kind = "sign_in_failed"
    title = "Signing in did not work"


class VaultError(ClaudetrayError):
    kind = "vault_failed"
    title = "Secrets cannot be kept"


class StoreError(ClaudetrayError):
    kind = "store_failed"
    title = "The data file cannot be used"


class StoreTooNew(StoreError):
    kind = "store_too_new"
    title = "Written by a newer claudetray"
    advice = "Update claudetray, or start it with another CLAUDETRAY_HOME. Nothing was changed."


class StoreDamaged(StoreError):
    kind = "store_damaged"
    title = "The data file is damaged"
    advice = (
        "Move claudetray.db out of its folder and start again: claudetray makes a new one. Keep the old one for rescue."
    )


class StoreFailed(StoreError):
    advice = "Check that the disk is not full and that the folder belongs to you."
