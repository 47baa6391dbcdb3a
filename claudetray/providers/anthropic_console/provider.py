"""What may be known of the Console without asking it. Source: docs/providers/anthropic-console.md."""

from datetime import timedelta

ID = "anthropic"
NAME = "Anthropic Console"
ADDRESS = "https://platform.claude.com"
BILLING_PATH = "/settings/billing"
BILLING_PAGE = f"{ADDRESS}{BILLING_PATH}"
LOGIN_PATH = "/login"
SOURCE = "console"
PAGE_SOURCE = "console_page"
ORGANIZATIONS = "/api/organizations"
SESSION_COOKIES = ("sessionKey", "sessionKeyV3")
WHOLE_LOOK = timedelta(seconds=60)
TRIES = 3
BETWEEN_TRIES = timedelta(seconds=5)
AFTER_SIGN_IN = tuple(
    timedelta(seconds=s) for s in (0, 1.5, 3, 4.5, *(5,) * 8)
)  # a fresh session may be refused for some seconds
CHALLENGE_AGAIN = timedelta(seconds=1.5)  # a page may pass Cloudflare's check by itself, as in any browser
CHALLENGE_TRIES = 16
AWAY_TRIES = 4  # a page that stays on another host is not only passing through it
PAGE_LOOK = timedelta(seconds=45)
EXTRAS = timedelta(seconds=2)  # what supplementary calls may take: they never fail a look
